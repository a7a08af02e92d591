using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// The hot question, in one round trip: what a message needs before it is reconciled. Messages that wait at the same time are asked
/// for together.
/// </summary>
internal sealed class PostgresLoader : IAsyncDisposable
{
    /// <summary>Round trips at the same time: while one is on its way, another is read.</summary>
    private const int RoundTripsMax = 2;

    /// <summary>Messages that are asked for together at most.</summary>
    private const int TogetherMax = 64;

    private readonly NpgsqlDataSource _source;
    private readonly ReadingRoom _room;
    private readonly StoreOptions _options;
    private readonly WaitingLine<LoadJob> _line;

    /// <param name="source">The connections.</param>
    /// <param name="room">How many of them may be read on at once: some are left for the writer.</param>
    /// <param name="options">Limits.</param>
    public PostgresLoader(NpgsqlDataSource source, ReadingRoom room, StoreOptions options)
    {
        (_source, _room, _options) = (source, room, options);
        _line = new WaitingLine<LoadJob>(RoundTripsMax, Take, ServeAsync, Fail);
    }

    /// <exception cref="StoreUnavailableException">The database can't be read.</exception>
    public async ValueTask<LoadedRecords> LoadAsync(SealedQuery query, PracticeKeys keys, long now, CancellationToken cancellationToken)
    {
        var job = new LoadJob(query, keys, now);
        if (!await _line.TryAddAsync(job).AsTask().WaitAsync(cancellationToken))
        {
            throw new StoreUnavailableException("The store is closed.");
        }

        await job.Answered.WaitAsync(cancellationToken);
        return job.Open(_options.LookUpRecordsMax);
    }

    /// <summary>Answers what was asked, and takes no more.</summary>
    public ValueTask DisposeAsync() => _line.DisposeAsync();

    private static List<LoadJob> Take(Queue<LoadJob> waiting)
    {
        var jobs = new List<LoadJob>(Math.Min(waiting.Count, TogetherMax));
        while (jobs.Count < TogetherMax && waiting.TryDequeue(out var job))
        {
            jobs.Add(job);
        }

        return jobs;
    }

    private async Task ServeAsync(IReadOnlyList<LoadJob> jobs)
    {
        await _room.EnterAsync(CancellationToken.None);
        try
        {
            await using var connection = await _source.OpenConnectionAsync();
            await new LoadQuestions(jobs, _options).AskAsync(connection);
        }
        finally
        {
            _room.Leave();
        }

        foreach (var job in jobs)
        {
            job.Complete();
        }
    }

    private static void Fail(IReadOnlyList<LoadJob> jobs, Exception failure)
    {
        var told = failure.IsOfTheServer() || failure is PostgresException ? new StoreUnavailableException($"The store can't be read: {failure.InWords()}.", failure) : failure;
        foreach (var job in jobs)
        {
            job.Fail(told);
        }
    }
}
