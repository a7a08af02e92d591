using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// What several messages ask for, as one batch. Each key is sought by itself (<c>LATERAL … LIMIT</c>): a plan that was made while the
/// tables were small would go on reading them whole. The first column of an answer is the place of its key.
/// </summary>
/// <param name="jobs">The messages.</param>
/// <param name="options">Limits.</param>
internal sealed class LoadQuestions(IReadOnlyList<LoadJob> jobs, StoreOptions options)
{
    private const string Columns = "n.ordinal, r.record_id, r.type, r.version, r.changed_sequence, r.key_version, r.document, f.sources, f.said_at, f.confirmed_at";

    /// <summary>What files said again of the record as it is.</summary>
    private const string Confirmed = """
        CROSS JOIN LATERAL (
            SELECT array_agg(c.source) AS sources, array_agg(c.said_at) AS said_at, array_agg(c.confirmed_at) AS confirmed_at FROM confirmed_rows c
            WHERE c.practice_id = n.practice_id AND c.record_id = r.record_id AND c.version = r.version AND c.confirmed_at > c.said_at) f
        """;

    /// <summary>The same in a store of the version before.</summary>
    private const string NotConfirmed = "CROSS JOIN (SELECT NULL::text[] AS sources, NULL::bigint[] AS said_at, NULL::bigint[] AS confirmed_at) f";

    private readonly List<Action<NpgsqlDataReader>> _takers = [];

    private string Files => options.SchemaMax < Migration.FilesSince ? NotConfirmed : Confirmed;

    /// <summary>Asks, and gives each job its rows.</summary>
    public async Task AskAsync(NpgsqlConnection connection)
    {
        await using var batch = connection.CreateBatch();
        AddAliases(batch);
        AddLookUps(batch);
        AddReceipts(batch);
        AddSequences(batch);
        if (_takers.Count == 0)
        {
            return;
        }

        await using var reader = await batch.ExecuteReaderAsync();
        foreach (var take in _takers)
        {
            while (await reader.ReadAsync())
            {
                take(reader);
            }

            await reader.NextResultAsync();
        }
    }

    private void AddAliases(NpgsqlBatch batch)
    {
        (LoadJob Job, int Index)[] keys = [.. jobs.SelectMany(job => job.Query.Aliases.Select((_, index) => (job, index)))];
        Add(
            batch,
            keys,
            new Columns().Texts(keys, key => key.Job.Practice).Numbers(keys, key => key.Job.Query.Aliases[key.Index].Hash.Group).Hashes(keys, key => key.Job.Query.Aliases[key.Index].Hash.Hash),
            $"""
            SELECT {Columns} FROM unnest($1, $2, $3) WITH ORDINALITY n (practice_id, group_hash, alias_hash, ordinal)
            CROSS JOIN LATERAL (
                SELECT a.record_id FROM aliases a WHERE a.practice_id = n.practice_id AND a.group_hash = n.group_hash AND a.alias_hash = n.alias_hash LIMIT 1) a
            CROSS JOIN LATERAL (SELECT * FROM records r WHERE r.practice_id = n.practice_id AND r.record_id = a.record_id LIMIT 1) r
            {Files}
            """,
            static (key, row) => key.Job.TakeAlias(key.Index, row));
    }

    private void AddLookUps(NpgsqlBatch batch)
    {
        (LoadJob Job, int Index)[] keys = [.. jobs.SelectMany(job => job.Query.LookUps.Select((_, index) => (job, index)))];
        Add(
            batch,
            keys,
            new Columns().Texts(keys, key => key.Job.Practice).Hashes(keys, key => key.Job.Query.LookUps[key.Index].Hash).Value(options.LookUpRecordsMax + 1),
            $"""
            SELECT {Columns} FROM unnest($1, $2) WITH ORDINALITY n (practice_id, key_hash, ordinal)
            CROSS JOIN LATERAL (
                SELECT l.record_id FROM look_ups l WHERE l.practice_id = n.practice_id AND l.key_hash = n.key_hash ORDER BY l.record_id LIMIT $3) l
            CROSS JOIN LATERAL (SELECT * FROM records r WHERE r.practice_id = n.practice_id AND r.record_id = l.record_id LIMIT 1) r
            {Files}
            ORDER BY n.ordinal, r.record_id
            """,
            static (key, row) => key.Job.TakeLookUp(key.Index, row));
    }

    private void AddReceipts(NpgsqlBatch batch)
    {
        // Each week is sought by itself: a range of weeks would have every receipt in it read.
        // One is still to come: a node whose clock is ahead lives in it already.
        var memory = (long)options.ReceiptMemory.TotalMilliseconds;
        LoadJob[] keys = [.. jobs.Where(job => job.Query.Receipt is not null)];
        Add(
            batch,
            keys,
            new Columns()
                .Texts(keys, key => key.Practice)
                .Hashes(keys, key => key.Query.Receipt!.Control)
                .Numbers(keys, key => ReceiptWeeks.Of(key.Query.Receipt!.ReceivedAt) + 1)
                .Numbers(keys, key => key.Now - memory)
                .Value(ReceiptWeeks.Of(memory) + 2),
            """
            SELECT n.ordinal, r.fingerprint_hash, r.message_id, m.key_version, m.notes
            FROM unnest($1, $2, $3, $4) WITH ORDINALITY n (practice_id, control_hash, last_week, since, ordinal)
            CROSS JOIN LATERAL generate_series(n.last_week - $5, n.last_week) w (week)
            CROSS JOIN LATERAL (
                SELECT * FROM receipts r WHERE r.practice_id = n.practice_id AND r.week = w.week AND r.control_hash = n.control_hash OFFSET 0) r
            CROSS JOIN LATERAL (
                SELECT m.key_version, m.notes FROM messages m WHERE m.practice_id = n.practice_id AND m.message_id = r.message_id AND m.received_at >= n.since LIMIT 1) m
            ORDER BY n.ordinal, w.week DESC
            """,
            static (key, row) => key.TakeReceipt(row));
    }

    private void AddSequences(NpgsqlBatch batch)
    {
        LoadJob[] keys = [.. jobs.Where(job => job.Query.Sequence is not null)];
        Add(
            batch,
            keys,
            new Columns().Texts(keys, key => key.Practice).Hashes(keys, key => key.Query.Sequence!.Value),
            """
            SELECT n.ordinal, s.last FROM unnest($1, $2) WITH ORDINALITY n (practice_id, sender_hash, ordinal)
            CROSS JOIN LATERAL (SELECT s.last FROM sequence_numbers s WHERE s.practice_id = n.practice_id AND s.sender_hash = n.sender_hash LIMIT 1) s
            """,
            static (key, row) => key.TakeSequenceNumber(row.GetInt64(1)));
    }

    private void Add<TKey>(NpgsqlBatch batch, TKey[] keys, Columns columns, string sql, Action<TKey, NpgsqlDataReader> take)
    {
        if (keys.Length == 0)
        {
            return;
        }

        columns.AddTo(batch, sql);
        _takers.Add(row => take(keys[row.GetInt64(0) - 1], row));
    }
}
