using System.Data;
using System.Globalization;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// A month's part that is not there yet. It is made beside its table and then attached, and while PostgreSQL searches the rest for
/// rows of the month it keeps everybody out. So a large rest gets a rule first, that it holds no row of this month: that is proved
/// beside the traffic, and then there is nothing to search.
/// </summary>
/// <param name="connection">Used by nobody else meanwhile.</param>
/// <param name="table">The table.</param>
/// <param name="month">The part's.</param>
internal sealed class NewPart(NpgsqlConnection connection, PartitionedTable table, DateTimeOffset month)
{
    /// <summary>A rest of this size is searched in a few milliseconds.</summary>
    public const long SearchedBytesMax = 8 * 1024 * 1024;

    /// <summary>
    /// Until the part is there, the rule refuses rows of the month: so none is made when any could come soon. Receipts lie in weeks,
    /// clocks differ, and somebody may keep the table for days.
    /// </summary>
    public static readonly TimeSpan RuledAhead = TimeSpan.FromDays(14);

    /// <summary>Held while parts are made. Any number that nobody else uses.</summary>
    private const long PartitionLock = 0x49456E67_0003;

    private static readonly string _waitBriefly = $"SET LOCAL lock_timeout = {(int)Partitions.LockWait.TotalMilliseconds}";

    public string Name => table.Part(month);

    private string Rule => string.Create(CultureInfo.InvariantCulture, $"no_{month:yyyy_MM}");

    private long First => table.Begin(month);

    private long End => table.Begin(month.AddMonths(1));

    /// <summary>Makes it, where nobody has. What was begun and broken off is gone on with.</summary>
    /// <param name="isAlone">Nobody else uses the table: it may be locked for as long as the search takes.</param>
    /// <param name="mayTakeLong">A large rest may be searched beside the traffic.</param>
    /// <param name="now">The time by which rows come.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <returns>Why it can't be made; null when it is there, or another is at it.</returns>
    /// <exception cref="PostgresException">Others held the table for longer than anybody may be kept waiting.</exception>
    public async Task<string?> MakeAsync(bool isAlone, bool mayTakeLong, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await AskAsync($"SELECT pg_try_advisory_lock({PartitionLock})", cancellationToken) is not true)
        {
            return null;
        }

        try
        {
            return isAlone || await AskAsync($"SELECT pg_relation_size('{table.Rest}') <= {SearchedBytesMax}", cancellationToken) is true
                ? await AttachAsync(cancellationToken)
                : await MakeBesideLargeAsync(mayTakeLong, now, cancellationToken);
        }
        finally
        {
            // A connection that broke has given it up already.
            if (connection.FullState == ConnectionState.Open)
            {
                await ExecuteAsync($"SELECT pg_advisory_unlock({PartitionLock})", CancellationToken.None);
            }
        }
    }

    private async Task<string?> MakeBesideLargeAsync(bool mayTakeLong, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isProved = await AskAsync($"SELECT convalidated FROM pg_constraint WHERE conrelid = '{table.Rest}'::regclass AND conname = '{Rule}'", cancellationToken);
        if (isProved is not true)
        {
            if (month - now < RuledAhead)
            {
                if (isProved is false)
                {
                    await ReleaseAsync(cancellationToken);
                }

                return $"{Name}: {table.Rest} is too large to be searched for rows of that month";
            }

            if (!mayTakeLong)
            {
                return $"{Name}: {table.Rest} is large, and is searched for rows of that month later";
            }

            if (isProved is null && await RuleOutAsync(cancellationToken) is { } why)
            {
                return why;
            }

            await ExecuteAsync($"ALTER TABLE {table.Rest} VALIDATE CONSTRAINT {Rule}", cancellationToken);
        }

        return await AttachAsync(cancellationToken);
    }

    /// <summary>From here on no row of the month comes to the rest.</summary>
    private Task<string?> RuleOutAsync(CancellationToken cancellationToken) => ChangeAsync(
        $"LOCK TABLE {table.Rest} IN ACCESS EXCLUSIVE MODE",
        $"ALTER TABLE {table.Rest} ADD CONSTRAINT {Rule} CHECK ({table.Column} < {First} OR {table.Column} >= {End}) NOT VALID",
        cancellationToken);

    /// <summary>What was begun when there was time and was not finished: rows of the month may come again.</summary>
    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"{_waitBriefly}; ALTER TABLE {table.Rest} DROP CONSTRAINT {Rule}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private Task<string?> AttachAsync(CancellationToken cancellationToken) => ChangeAsync(
        "",
        $"""
        CREATE TABLE {Name} (LIKE {table.Name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE);
        ALTER TABLE {table.Name} ATTACH PARTITION {Name} FOR VALUES FROM ({First}) TO ({End});
        ALTER TABLE {table.Rest} DROP CONSTRAINT IF EXISTS {Rule}
        """,
        cancellationToken);

    /// <summary>One change in a transaction, if the part is missing and the rest has nothing of it.</summary>
    private async Task<string?> ChangeAsync(string first, string change, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"{_waitBriefly}; {first}", cancellationToken);
        if (await AskAsync($"SELECT to_regclass('{Name}') IS NOT NULL", cancellationToken) is true)
        {
            return null;
        }

        if (await AskAsync($"SELECT EXISTS (SELECT 1 FROM {table.Rest} WHERE {table.Column} >= {First} AND {table.Column} < {End})", cancellationToken) is true)
        {
            return $"{Name}: rows of that month lie in {table.Rest}";
        }

        await ExecuteAsync(change, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool?> AskAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (bool?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
