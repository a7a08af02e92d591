using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// This node's writer. Plain units that wait together go in one round trip (<see cref="PlainUnits"/>); whatever else there is shares
/// transactions in which each may fail alone (<see cref="PostgresSession"/>). Other nodes do the same: what they have in common are rows and locks of the database.
/// </summary>
internal sealed class PostgresWriter : IStoreWriter, IAsyncDisposable
{
    /// <summary>What is not plain and shares a transaction at most: while it runs, no other node's does.</summary>
    private const int TogetherMax = 32;

    private readonly NpgsqlDataSource _source;
    private readonly KeyRing _keys;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _room;
    private readonly WaitingLine<WriterJob> _line;
    private readonly Lock _gate = new();
    private StoreCounters _counters;

    public PostgresWriter(NpgsqlDataSource source, KeyRing keys, StoreOptions options, TimeProvider time)
    {
        (_source, _keys, _options, _time) = (source, keys, options, time);
        _room = new SemaphoreSlim(options.QueueUnitsMax);
        _line = new WaitingLine<WriterJob>(servers: 1, TakeBatch, ServeAsync, Fail);
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
        if (!_room.Wait(0, CancellationToken.None))
        {
            await _room.WaitAsync(cancellationToken);
        }

        if (!await _line.TryAddAsync(job))
        {
            _room.Release();
            throw new StoreUnavailableException("The store is closed.");
        }

        return await job.Answer;
    }

    /// <summary>Takes no more, commits what waits, and returns when that is done.</summary>
    public ValueTask DisposeAsync() => _line.DisposeAsync();

    /// <summary>Takes what waits, up to the limits.</summary>
    private List<WriterJob> TakeBatch(Queue<WriterJob> waiting)
    {
        var batch = new List<WriterJob>();
        var bytes = 0L;
        while (batch.Count < _options.BatchUnitsMax && bytes < _options.BatchBytesMax && waiting.TryDequeue(out var job))
        {
            bytes += job.Size;
            batch.Add(job);
        }

        return batch;
    }

    private async Task ServeAsync(IReadOnlyList<WriterJob> batch)
    {
        try
        {
            var (plain, others) = Sorted(batch);
            await CommitPlainAsync(plain, others);
            foreach (var jobs in others.Where(job => job is not ChunkJob).Chunk(TogetherMax))
            {
                await RunTogetherAsync(jobs);
            }

            foreach (var chunk in others.OfType<ChunkJob>())
            {
                await new PlainChunk(_source, chunk, Now, _options).CommitAsync(Count, rest => RunTogetherAsync([rest]));
            }
        }
        finally
        {
            _room.Release(batch.Count);
        }
    }

    private static void Fail(IReadOnlyList<WriterJob> batch, Exception failure)
    {
        foreach (var job in batch)
        {
            job.Fail(failure);
        }
    }

    /// <summary>Two units that touch the same thing never go together as plain ones: the second could only be given back.</summary>
    private static (List<CommitJob> Plain, List<WriterJob> Others) Sorted(IReadOnlyList<WriterJob> batch)
    {
        var plain = new List<CommitJob>(batch.Count);
        var others = new List<WriterJob>();
        var touched = new HashSet<object>();
        foreach (var job in batch)
        {
            if (job is CommitJob { Unit: var unit } commit && PlainUnits.IsPlain(unit) && PlainUnits.Touched(unit).All(touched.Add))
            {
                plain.Add(commit);
            }
            else
            {
                others.Add(job);
            }
        }

        return (plain, others);
    }

    /// <summary>Commits units together; when one of them can't be, in halves, until it stands alone.</summary>
    private async Task CommitPlainAsync(IReadOnlyList<CommitJob> jobs, List<WriterJob> others)
    {
        if (jobs.Count == 0)
        {
            return;
        }

        try
        {
            var now = Now();
            await using var connection = await WatchedConnection.OpenAsync(_source);
            var sequences = await new PlainUnits([.. jobs.Select(job => job.Unit)], now, _options).WriteAsync(connection.Inner);
            connection.ThrowIfOnlyHere();
            Count(new StoreCounters { Transactions = 1, Units = jobs.Count });
            for (var index = 0; index < jobs.Count; index++)
            {
                jobs[index].Complete(new CommitResult(CommitOutcome.Committed, sequences[index], []));
            }
        }
        catch (PostgresException failure) when (failure.IsAboutUnits() && jobs.Count > 1)
        {
            var half = jobs.Count / 2;
            await CommitPlainAsync([.. jobs.Take(half)], others);
            await CommitPlainAsync([.. jobs.Skip(half)], others);
        }
        catch (PostgresException failure) when (failure.IsAboutUnits())
        {
            Answer(jobs[0], failure, others);
        }
        catch (PostgresException failure) when (failure.IsPassing() && Practices(jobs) is { Length: > 1 } practices)
        {
            // A practice that somebody holds on to must not keep the others waiting.
            foreach (var practice in practices)
            {
                await CommitPlainAsync(practice, others);
            }
        }
        catch (Exception failure)
        {
            Count(new StoreCounters { Failures = jobs.Count });
            foreach (var job in jobs)
            {
                job.Fail(failure.IsOfTheServer() || failure is PostgresException ? PostgresFaults.Unavailable(failure) : failure);
            }
        }
    }

    private static CommitJob[][] Practices(IReadOnlyList<CommitJob> jobs) =>
        [.. jobs.GroupBy(job => job.Unit.Practice, StringComparer.Ordinal).Select(practice => practice.ToArray())];

    private void Answer(CommitJob job, PostgresException failure, List<WriterJob> others)
    {
        switch (failure.SqlState)
        {
            case Refusals.Duplicate:
                Count(new StoreCounters { Duplicates = 1 });
                job.Complete(new CommitResult(CommitOutcome.Duplicate, 0, []));
                break;
            case Refusals.RunEnded:
                Count(new StoreCounters { Failures = 1 });
                job.Fail(new StoreUnavailableException(NumberWriter.Ended));
                break;
            case Refusals.Conflict:
            case PostgresErrorCodes.UniqueViolation when failure.IsOfIds():
                Count(new StoreCounters { Conflicts = 1 });
                job.Complete(new CommitResult(CommitOutcome.Conflict, 0, []));
                break;
            default:
                // Not plain after all; what breaks a rule of the schema breaks it there again, and is told.
                others.Add(job);
                break;
        }
    }

    /// <summary>One transaction over jobs of which each may fail alone; one more attempt when it was in another's way.</summary>
    private async Task RunTogetherAsync(WriterJob[] jobs)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await WatchedConnection.OpenAsync(_source);
                using var database = new PostgresDatabase(connection.Inner);
                await Task.Run(() => Run(database, jobs));
                connection.ThrowIfOnlyHere();
                Count(CountOf(jobs));
                foreach (var job in jobs)
                {
                    Answer(job);
                }

                return;
            }
            catch (PostgresException failure) when (failure.IsPassing() && attempt == 1)
            {
                Count(new StoreCounters { Retries = 1 });
            }
            catch (Exception failure)
            {
                Count(new StoreCounters { Failures = jobs.Length });
                foreach (var job in jobs)
                {
                    job.Fail(failure.IsOfTheServer() || failure is PostgresException ? PostgresFaults.Unavailable(failure) : failure);
                }

                return;
            }
        }
    }

    private void Run(PostgresDatabase database, WriterJob[] jobs)
    {
        var session = new PostgresSession(database, _keys, _options);
        session.Begin(Now);
        foreach (var job in jobs)
        {
            job.Failure = null;
            try
            {
                session.TryUnit(job.Run, isAlone: false);
            }
            catch (Exception failure) when (!failure.IsOfTheServer() && !(failure is PostgresException refused && refused.IsPassing()))
            {
                if (!session.IsOpen)
                {
                    throw PostgresFaults.Unavailable(failure);
                }

                job.Failure = failure is PostgresException ? PostgresFaults.OfUnit(failure) : failure;
            }
        }

        session.Commit();
    }

    private static void Answer(WriterJob job)
    {
        if (job.Failure is { } own)
        {
            job.Fail(own);
        }
        else
        {
            job.Complete();
        }
    }

    private static StoreCounters CountOf(WriterJob[] jobs) => jobs.Aggregate(
        new StoreCounters { Transactions = 1 }, static (counted, job) => counted + (job.Failure is null ? job.Counted : new StoreCounters { Failures = 1 }));

    private void Count(StoreCounters more)
    {
        lock (_gate)
        {
            _counters += more;
        }
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
