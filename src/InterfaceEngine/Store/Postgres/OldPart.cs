using System.Globalization;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>A month's part that is old enough to go.</summary>
internal sealed class OldPart(PartitionedTable table, DateTimeOffset month)
{
    public string Name => table.Part(month);

    private bool HoldsMessages => table.Name == "messages";

    private string Range => RangeOf("message_id");

    private string RangeOf(string column) => string.Create(CultureInfo.InvariantCulture, $"{column} >= {table.Begin(month)} AND {column} < {table.Begin(month.AddMonths(1))}");

    /// <returns>What of it is still needed; null when all of it may go.</returns>
    public async Task<string?> WhyItStaysAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var (sql, why) in Needs())
        {
            await using var command = new NpgsqlCommand(sql, connection);
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            {
                return $"{Name}: {why}";
            }
        }

        return null;
    }

    /// <summary>The ledger's last entry. Whatever a message of a closed day becomes is an entry, so later ones say whether the counts are still right.</summary>
    public static async Task<long> LastEntryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(sequence), 0) FROM ledger_entries", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Counts its rows, messages as the ledger does. Takes as long as reading them; holds back nobody.</summary>
    public async Task<(long Rows, List<DayCount> Counts)> CountAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var counts = new List<DayCount>();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var whole = new NpgsqlCommand("SET LOCAL enable_seqscan = on", connection))
        {
            await whole.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand(
            HoldsMessages
                ? $"SELECT count(*), received_at / {LedgerDay.Milliseconds}, source, run_id, state FROM {Name} GROUP BY 2, 3, 4, 5"
                : $"SELECT count(*) FROM {Name}",
            connection)
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            rows += reader.GetInt64(0);
            if (HoldsMessages)
            {
                counts.Add(new DayCount(reader.GetInt64(1), reader.GetString(2), reader.GetInt64(3), MessageStates.Parse(reader.GetString(4)), reader.GetInt64(0)));
            }
        }

        return (rows, counts);
    }

    /// <summary>Drops it in the connection's transaction, if nothing of it came to be needed since it was counted.</summary>
    /// <param name="connection">Inside a transaction.</param>
    /// <param name="entry">The ledger's last entry before it was counted.</param>
    /// <returns>Why it stays; null when it is dropped.</returns>
    /// <exception cref="PostgresException">Others held it, or its table, for longer than anybody may be kept waiting.</exception>
    public string? DropUnlessNeeded(NpgsqlConnection connection, long entry)
    {
        Execute($"SET LOCAL lock_timeout = {(int)Partitions.LockWait.TotalMilliseconds}");
        Execute($"LOCK TABLE {Name} IN ACCESS EXCLUSIVE MODE");
        IEnumerable<(string Sql, string Why)> needs = HoldsMessages
            ? Needs().Append(($"SELECT EXISTS (SELECT 1 FROM ledger_entries WHERE sequence > {entry} AND {Range})", "a message of it has changed its state just now"))
            : Needs();
        foreach (var (sql, why) in needs)
        {
            using var command = new NpgsqlCommand(sql, connection);
            if ((bool)command.ExecuteScalar()!)
            {
                return $"{Name}: {why}";
            }
        }

        Execute($"DROP TABLE {Name}");
        return null;

        void Execute(string sql)
        {
            using var command = new NpgsqlCommand(sql, connection);
            command.ExecuteNonQuery();
        }
    }

    private IEnumerable<(string Sql, string Why)> Needs()
    {
        if (!HoldsMessages)
        {
            yield break;
        }

        yield return ($"SELECT EXISTS (SELECT 1 FROM {Name} WHERE {PartialIndexes.MessagesWaiting})", "messages in it are not finished: errors list and messages list show them");
        yield return ($"SELECT EXISTS (SELECT 1 FROM deliveries WHERE {PartialIndexes.DeliveriesOpen} AND {Range})", "deliveries that came from it are waiting or held");
        yield return ($"SELECT EXISTS ({RetentionWriter.OfOpenReviews("JOIN", RangeOf("m.message_id"))})", "open review items name messages in it: review list shows them");
        var last = LedgerDay.Of(month.AddMonths(1)) - 1;
        yield return (string.Create(CultureInfo.InvariantCulture, $"SELECT coalesce(max(day), -1) < {last} FROM ledger_seals"), "the ledger has not closed its days");
    }
}
