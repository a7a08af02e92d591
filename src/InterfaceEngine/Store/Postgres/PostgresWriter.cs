using System.Threading.Channels;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// This node's writer. Plain units that wait together go in one round trip (<see cref="PlainUnits"/>); whatever else there is runs
/// one by one (<see cref="PostgresSession"/>). Other nodes do the same: what they have in common are rows and locks of the database.
/// </summary>
internal sealed class PostgresWriter : IStoreWriter, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly KeyRing _keys;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<WriterJob> _waiting;
    private readonly Task _running;
    private readonly Lock _gate = new();
    private StoreCounters _counters;

    public PostgresWriter(NpgsqlDataSource source, KeyRing keys, StoreOptions options, TimeProvider time)
    {
        (_source, _keys, _options, _time) = (source, keys, options, time);
        _waiting = Channel.CreateBounded<WriterJob>(new BoundedChannelOptions(options.QueueUnitsMax) { SingleReader = true });
        _running = Task.Run(RunAsync);
    }

    public StoreCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return _counters;
            }
        }
    }

    public Task<T> RunAsync<T>(Func<WriterSession, T> action, CancellationToken cancellationToken) => RunAsync(new ActionJob<T>(action), cancellationToken);

    public async Task<T> RunApartAsync<T>(Func<WriterSession, T> action, CancellationToken cancellationToken)
    {
        try
        {
            using var database = new PostgresDatabase(await _source.OpenConnectionAsync(cancellationToken));
            return await Task.Run(() => new PostgresSession(database, _keys, _options).RunApart(Now(), action), CancellationToken.None);
        }
        catch (Exception failure) when (failure.IsOfTheServer() || failure is PostgresException)
        {
            throw PostgresFaults.Unavailable(failure);
        }
    }

    /// <summary>Waits for a place in the queue, and then for the sync.</summary>
    public async Task<T> RunAsync<T>(WriterJob<T> job, CancellationToken cancellationToken)
    {
        try
        {
            if (!_waiting.Writer.TryWrite(job))
            {
                await _waiting.Writer.WriteAsync(job, cancellationToken);
            }
        }
        catch (ChannelClosedException)
        {
            throw new StoreUnavailableException("The store is closed.");
        }

        return await job.Answer;
    }

    /// <summary>Takes no more, commits what waits, and returns when that is done.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        var plain = new List<CommitJob>();
        var others = new List<WriterJob>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            TakeBatch(plain, others);
            await CommitPlainAsync(plain, others);
            foreach (var job in others)
            {
                await RunAloneAsync(job);
            }
        }
    }

    /// <summary>Takes what waits, up to the limits. Two units that touch the same thing never go together: the second could only be given back.</summary>
    private void TakeBatch(List<CommitJob> plain, List<WriterJob> others)
    {
        plain.Clear();
        others.Clear();
        var touched = new HashSet<object>();
        var bytes = 0L;
        while (plain.Count + others.Count < _options.BatchUnitsMax && bytes < _options.BatchBytesMax && _waiting.Reader.TryRead(out var job))
        {
            bytes += job.Size;
            if (job is CommitJob { Unit: var unit } commit && PlainUnits.IsPlain(unit) && PlainUnits.Touched(unit).All(touched.Add))
            {
                plain.Add(commit);
            }
            else
            {
                others.Add(job);
            }
        }
    }

    /// <summary>Commits units together; when one of them can't be, in halves, until it stands alone.</summary>
    private async Task CommitPlainAsync(List<CommitJob> jobs, List<WriterJob> others)
    {
        if (jobs.Count == 0)
        {
            return;
        }

        try
        {
            var now = Now();
            await using var connection = await _source.OpenConnectionAsync();
            var sequences = await new PlainUnits([.. jobs.Select(job => job.Unit)], now, now - (long)_options.ReceiptMemory.TotalMilliseconds).WriteAsync(connection, CancellationToken.None);
            Count(new StoreCounters { Transactions = 1, Units = jobs.Count });
            for (var index = 0; index < jobs.Count; index++)
            {
                jobs[index].Complete(new CommitResult(CommitOutcome.Committed, sequences[index], []));
            }
        }
        catch (Exception failure) when (failure.IsOfTheServer())
        {
            Count(new StoreCounters { Failures = jobs.Count });
            foreach (var job in jobs)
            {
                job.Fail(PostgresFaults.Unavailable(failure));
            }
        }
        catch (PostgresException) when (jobs.Count > 1)
        {
            var half = jobs.Count / 2;
            await CommitPlainAsync([.. jobs.Take(half)], others);
            await CommitPlainAsync([.. jobs.Skip(half)], others);
        }
        catch (PostgresException failure)
        {
            Answer(jobs[0], failure, others);
        }
        catch (Exception failure)
        {
            Count(new StoreCounters { Failures = jobs.Count });
            foreach (var job in jobs)
            {
                job.Fail(failure);
            }
        }
    }

    private void Answer(CommitJob job, PostgresException failure, List<WriterJob> others)
    {
        if (failure.SqlState == Refusals.Duplicate)
        {
            Count(new StoreCounters { Duplicates = 1 });
            job.Complete(new CommitResult(CommitOutcome.Duplicate, 0, []));
        }
        else if (failure.SqlState == Refusals.RunEnded)
        {
            Count(new StoreCounters { Failures = 1 });
            job.Fail(new StoreUnavailableException(NumberWriter.Ended));
        }
        else if (failure.SqlState is Refusals.Conflict or PostgresErrorCodes.UniqueViolation)
        {
            Count(new StoreCounters { Conflicts = 1 });
            job.Complete(new CommitResult(CommitOutcome.Conflict, 0, []));
        }
        else
        {
            // Not plain after all, or a passing fault; what is neither fails there again, and says so.
            Count(new StoreCounters { Retries = failure.SqlState == Refusals.NotPlain ? 0 : 1 });
            others.Add(job);
        }
    }

    private async Task RunAloneAsync(WriterJob job)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var database = new PostgresDatabase(await _source.OpenConnectionAsync());
                await Task.Run(() => new PostgresSession(database, _keys, _options).Run(Now(), job.Run));
                Count(CountOf(job));
                job.Complete();
                return;
            }
            catch (PostgresException failure) when (failure.IsPassing() && attempt == 1)
            {
                Count(new StoreCounters { Retries = 1 });
            }
            catch (Exception failure)
            {
                Count(new StoreCounters { Failures = 1 });
                job.Fail(failure.IsOfTheServer() || failure is PostgresException ? PostgresFaults.OfUnit(failure) : failure);
                return;
            }
        }
    }

    private static StoreCounters CountOf(WriterJob job)
    {
        var counted = new StoreCounters { Transactions = 1 };
        return job is CommitJob { Outcome: var outcome }
            ? outcome switch
            {
                CommitOutcome.Committed => counted with { Units = 1 },
                CommitOutcome.Conflict or CommitOutcome.OutOfSequence => counted with { Conflicts = 1 },
                _ => counted with { Duplicates = 1 },
            }
            : counted;
    }

    private void Count(StoreCounters more)
    {
        lock (_gate)
        {
            _counters += more;
        }
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
