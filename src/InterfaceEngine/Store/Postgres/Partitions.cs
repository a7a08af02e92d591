using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// Makes the months' parts ahead of time. A part is made beside its table and then attached, which locks the rest against everybody:
/// so it waits for no longer than nobody notices, gives way, and tries again.
/// </summary>
internal sealed class Partitions(NpgsqlConnection connection)
{
    /// <summary>This month and those after it that have their parts.</summary>
    public const int MonthsAhead = 2;

    /// <summary>Held while parts are made or dropped. Any number that nobody else uses.</summary>
    private const long PartitionLock = 0x49456E67_0003;

    /// <summary>Whoever waits for a lock on a table makes everybody behind it wait: no longer than this.</summary>
    public static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the rest, which is locked meanwhile, may be searched for rows of the new part.</summary>
    private static readonly TimeSpan _searchesFor = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes the parts that are missing from now on.</summary>
    /// <param name="now">The time by which ids are given.</param>
    /// <param name="attempts">How often it tries to get a lock.</param>
    /// <param name="cancellationToken">Ends it between two parts.</param>
    /// <returns>Why a part could not be made, for each such part. What belongs there goes to the rest, and is found there.</returns>
    /// <exception cref="NpgsqlException">The database failed.</exception>
    public Task<IReadOnlyList<string>> MakeAheadAsync(DateTimeOffset now, int attempts, CancellationToken cancellationToken) => MakeAsync(now, now, attempts, cancellationToken);

    /// <summary>Makes the parts that are missing of a time in the past and since.</summary>
    /// <param name="since">The first moment that is to have a part.</param>
    /// <inheritdoc cref="MakeAheadAsync"/>
    public async Task<IReadOnlyList<string>> MakeAsync(DateTimeOffset since, DateTimeOffset now, int attempts, CancellationToken cancellationToken)
    {
        var last = PartitionedTable.MonthOf(now).AddMonths(MonthsAhead);
        var problems = new List<string>();
        var known = await PartsAsync(cancellationToken);
        foreach (var table in PartitionedTable.All)
        {
            for (var month = PartitionedTable.MonthOf(since); month <= last; month = month.AddMonths(1))
            {
                if (!known.Contains(table.Part(month)) && await MakeAsync(table, month, attempts, cancellationToken) is { } problem)
                {
                    problems.Add(problem);
                }
            }
        }

        return problems;
    }

    /// <summary>The names of all parts there are.</summary>
    public async Task<HashSet<string>> PartsAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = ANY ($1::regclass[])", connection)
        {
            Parameters = { new() { Value = PartitionedTable.All.Select(table => table.Name).ToArray() } },
        };
        var parts = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            parts.Add(reader.GetString(0));
        }

        return parts;
    }

    /// <returns>Why it could not be made; null when it is there.</returns>
    private async Task<string?> MakeAsync(PartitionedTable table, DateTimeOffset month, int attempts, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryMakeAsync(table, month, cancellationToken);
            }
            catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                if (attempt == attempts)
                {
                    return $"{table.Part(month)}: others held {table.Name} all the time";
                }
            }
            catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.QueryCanceled)
            {
                return $"{table.Part(month)}: {table.Rest} is too large to be searched for rows of that month";
            }

            await Task.Delay(_pause, cancellationToken);
        }
    }

    private async Task<string?> TryMakeAsync(PartitionedTable table, DateTimeOffset month, CancellationToken cancellationToken)
    {
        var (first, end) = (table.Begin(month), table.Begin(month.AddMonths(1)));
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"SET LOCAL lock_timeout = {(int)LockWait.TotalMilliseconds}; SET LOCAL statement_timeout = {(int)_searchesFor.TotalMilliseconds}", cancellationToken);
        if (!await AskAsync($"SELECT pg_try_advisory_xact_lock({PartitionLock})", cancellationToken) || await AskAsync($"SELECT to_regclass('{table.Part(month)}') IS NOT NULL", cancellationToken))
        {
            // Another node is at it, or was.
            return null;
        }

        if (await AskAsync($"SELECT EXISTS (SELECT 1 FROM {table.Rest} WHERE {table.Column} >= {first} AND {table.Column} < {end})", cancellationToken))
        {
            return $"{table.Part(month)}: rows of that month lie in {table.Rest}";
        }

        await ExecuteAsync(
            $"""
            CREATE TABLE {table.Part(month)} (LIKE {table.Name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE);
            ALTER TABLE {table.Name} ATTACH PARTITION {table.Part(month)} FOR VALUES FROM ({first}) TO ({end})
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> AskAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
