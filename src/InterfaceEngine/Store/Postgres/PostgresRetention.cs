using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// Retention on PostgreSQL. A month's part goes as a whole, once everything in it may go: its rows are counted beside the traffic,
/// and then it is looked at once more under its lock and dropped in the same transaction, which takes as long for a large part as
/// for a small one. That transaction is nobody else's: it waits for readers, and fails where they stay, and no message may fail with
/// it. What lies in no part, and deliveries, go row by row.
/// </summary>
internal sealed class PostgresRetention(NpgsqlDataSource source, IStoreWriter writer, KeyRing keys, StoreOptions options, TimeProvider time) : IRetentionStore
{
    private const int AttemptsMax = 20;
    private const string IsRest = "rest";

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly SqlRetention _rows = new(writer, keys);

    public async Task<IReadOnlyList<string>> PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await new Partitions(connection) { MayTakeLong = true }.MakeAheadAsync(time.GetUtcNow(), AttemptsMax, cancellationToken);
        }
        catch (Exception failure) when (failure.IsOfTheServer() || failure is PostgresException)
        {
            throw new StoreUnavailableException($"The months ahead can't be made ready: {failure.InWords()}.", failure);
        }
    }

    public async Task<DropTurn?> DropAsync(Lease lease, Dropping dropping, CancellationToken cancellationToken)
    {
        var table = PartitionedTable.All.FirstOrDefault(table => table.Name == dropping.Kind);
        if (table is null || dropping.After.Part == IsRest)
        {
            return await _rows.DropAsync(lease, dropping, cancellationToken);
        }

        try
        {
            return await NextPartAsync(table, dropping, cancellationToken) is { } month
                ? await DropPartAsync(lease, table, month, dropping, cancellationToken)
                : new DropTurn(0, DropPlace.Start with { Part = IsRest }, []);
        }
        catch (Exception failure) when (failure.IsOfTheServer() || failure is PostgresException)
        {
            throw new StoreUnavailableException($"{table.Name} can't be looked through: {failure.InWords()}.", failure);
        }
    }

    /// <summary>The oldest month that is over by the time and that no turn has looked at yet.</summary>
    private async Task<DateTimeOffset?> NextPartAsync(PartitionedTable table, Dropping dropping, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (await new Partitions(connection).PartsAsync(cancellationToken))
            .Select(table.MonthOf)
            .OfType<DateTimeOffset>()
            .Where(month => month.AddMonths(1) <= dropping.Before && string.CompareOrdinal(table.Part(month), dropping.After.Part) > 0)
            .Order().Select(month => (DateTimeOffset?)month).FirstOrDefault();
    }

    private async Task<DropTurn?> DropPartAsync(Lease lease, PartitionedTable table, DateTimeOffset month, Dropping dropping, CancellationToken cancellationToken)
    {
        var next = DropPlace.Start with { Part = table.Part(month) };
        var part = new OldPart(table, month);
        List<DayCount> counts;
        long rows;
        long entry;
        await using (var connection = await source.OpenConnectionAsync(cancellationToken))
        {
            if (await part.WhyItStaysAsync(connection, cancellationToken) is { } why)
            {
                return new DropTurn(0, next, [why]);
            }

            entry = await OldPart.LastEntryAsync(connection, cancellationToken);
            (rows, counts) = await part.CountAsync(connection, cancellationToken);
        }

        var audit = SqlRetention.AuditOf(dropping.What, month.AddMonths(1), keys);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await WatchedConnection.OpenAsync(source);
                using var database = new PostgresDatabase(connection.Inner);
                var turn = await Task.Run(() => DropAlone(new PostgresSession(database, keys, options)), CancellationToken.None);
                connection.ThrowIfOnlyHere();
                return turn;
            }
            catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                if (attempt == AttemptsMax)
                {
                    return new DropTurn(0, next, [$"{part.Name}: others held {table.Name} all the time"]);
                }
            }

            await Task.Delay(_pause, cancellationToken);
        }

        DropTurn? DropAlone(PostgresSession session)
        {
            session.Begin(() => time.GetUtcNow().ToUnixTimeMilliseconds());
            var isOurs = session.Leases.IsHeld(lease);
            var why = isOurs ? Drop(session) : null;
            if (isOurs && why is null)
            {
                session.Commit();
            }
            else
            {
                session.Undo(); // The part's lock goes with it.
            }

            return isOurs ? new DropTurn(why is null ? rows : 0, next, why is null ? [] : [why]) : null;
        }

        string? Drop(PostgresSession session)
        {
            // The part's lock, which holds up everybody, is taken last. Where it has to stay, all of this is undone.
            counts.ForEach(session.Retention.Count);
            session.Retention.Note(dropping.What, month.AddMonths(1).ToUnixTimeMilliseconds(), rows, audit);
            return part.DropUnlessNeeded(((PostgresDatabase)session.Database).Connection, entry);
        }
    }
}
