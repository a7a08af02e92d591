using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// Makes the months' parts ahead of time. What a part needs (<see cref="NewPart"/>) locks the rest against everybody: so it waits for
/// no longer than nobody notices, gives way, and tries again.
/// </summary>
internal sealed class Partitions(NpgsqlConnection connection)
{
    /// <summary>This month and those after it that have their parts.</summary>
    public const int MonthsAhead = 2;

    /// <summary>Whoever waits for a lock on a table makes everybody behind it wait: no longer than this.</summary>
    public static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Nobody else uses the tables: they may be locked for long.</summary>
    public bool IsAlone { get; init; }

    /// <summary>A large rest may be searched beside the traffic, which takes as long as reading it; if not, its parts are left for later.</summary>
    public bool MayTakeLong { get; init; }

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
                if (!known.Contains(table.Part(month)) && await MakeAsync(table, month, now, attempts, cancellationToken) is { } problem)
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
    private async Task<string?> MakeAsync(PartitionedTable table, DateTimeOffset month, DateTimeOffset now, int attempts, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await new NewPart(connection, table, month).MakeAsync(IsAlone, MayTakeLong, now, cancellationToken);
            }
            catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                if (attempt == attempts)
                {
                    return $"{table.Part(month)}: others held {table.Name} all the time";
                }
            }

            await Task.Delay(_pause, cancellationToken);
        }
    }
}
