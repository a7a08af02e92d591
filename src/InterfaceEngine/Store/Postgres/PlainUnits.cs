using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// The hot path: units that bring a new message and its records, written together in one round trip and one transaction.
/// Every promise is checked by the statement that needs it; one that is not kept ends the transaction, and who called
/// writes the units in smaller parts to find out whose it was.
/// </summary>
internal sealed class PlainUnits
{
    /// <summary>What files have said again of the version that a record is to have. It depends on nothing else, so that it is asked once a record.</summary>
    private const string Confirmations = $"""
        (SELECT {ConfirmedTimes.Confirmations} FROM confirmed_rows c WHERE c.practice_id = n.practice_id AND c.record_id = n.record_id AND c.version = n.expected)
        """;

    private readonly IReadOnlyList<SealedUnit> _units;
    private readonly long[] _back;
    private readonly long _now;
    private readonly long _receiptsSince;
    private readonly bool _hasFiles;
    private readonly List<(SealedUnit Unit, RecordRow Record, long Back)> _new = [];
    private readonly List<(SealedUnit Unit, RecordRow Record, long Back)> _next = [];
    private readonly List<(string Practice, AliasHash Hash, long Record)> _aliases = [];
    private readonly List<(string Practice, KeyedHash Hash, long Record)> _newLookUps = [];
    private readonly List<(string Practice, KeyedHash Hash, long Record)> _oldLookUps = [];
    private readonly Dictionary<string, long> _changesOf = [];

    /// <param name="units">In the order in which their changes are numbered.</param>
    /// <param name="now">The transaction's time, UTC milliseconds.</param>
    /// <param name="options">How long receipts are remembered, and how old the schema is.</param>
    public PlainUnits(IReadOnlyList<SealedUnit> units, long now, StoreOptions options)
    {
        (_units, _now) = (units, now);
        (_receiptsSince, _hasFiles) = (now - (long)options.ReceiptMemory.TotalMilliseconds, options.SchemaMax >= Migration.FilesSince);
        _back = new long[units.Count];
        for (var index = units.Count - 1; index >= 0; index--)
        {
            Gather(units[index], index);
        }

        _new.Reverse();
        _next.Sort(static (left, right) => ByKey((left.Unit.Practice, left.Record.Write.Next.Id.Value), (right.Unit.Practice, right.Record.Write.Next.Id.Value)));
        _aliases.Sort(static (left, right) => ByKey((left.Practice, left.Hash.Hash), (right.Practice, right.Hash.Hash)));
    }

    /// <summary>For rows of a file: what is written of them beside their units.</summary>
    public PlainRows? Rows { get; init; }

    /// <summary>Whether a unit is of this kind. Others read what is stored before they write, in a <see cref="PostgresSession"/>.</summary>
    public static bool IsPlain(SealedUnit unit) =>
        unit is { Message: { Write: { Replaces: null, Corrects: null }, Body: not null }, Sequence: null, Cause: null, Accepts: null, Audit: null }
        && unit.LookUps.Length + unit.Reviews.Length + unit.Closes.Length + unit.Attachments.Length + unit.WaitsFor.Length + unit.Deliveries.Length + unit.Decisions.Count + unit.DeliveryDecisions.Count == 0;

    /// <summary>What a unit writes that another could not write as well.</summary>
    public static IEnumerable<object> Touched(SealedUnit unit)
    {
        var practice = unit.Practice;
        if (unit.Receipt is { } receipt)
        {
            yield return (practice, "receipt", receipt.Control, receipt.Fingerprint);
        }

        yield return (practice, "message", unit.Message!.Write.Id);
        foreach (var record in unit.Records)
        {
            yield return (practice, "record", record.Write.Next.Id);
            foreach (var alias in record.NewAliases)
            {
                yield return (practice, "alias", alias);
            }
        }
    }

    /// <summary>Writes all of them.</summary>
    /// <returns>The sequence of each unit's change; 0 where no value changed.</returns>
    /// <exception cref="PostgresException">Nothing is stored.</exception>
    public async Task<long[]> WriteAsync(NpgsqlConnection connection)
    {
        await using var batch = connection.CreateBatch();
        AddBooksLock(batch);
        LockAndCount(batch);
        AddGuards(batch);
        AddReceipts(batch);
        AddMessages(batch);
        AddRecords(batch);
        AddNames(batch);
        AddChanges(batch);
        AddCounts(batch);
        AddBatches(batch);
        Rows?.AddTo(batch);
        var last = new Dictionary<string, long>();
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync(); // After the lock comes the count.
        while (_changesOf.Count > 0 && await reader.ReadAsync())
        {
            last[reader.GetString(0)] = reader.GetInt64(1);
        }

        while (await reader.NextResultAsync())
        {
            // Of the others each says only that it was kept.
        }

        var sequences = new long[_units.Count];
        for (var index = 0; index < sequences.Length; index++)
        {
            sequences[index] = _units[index].Change is null ? 0 : last[_units[index].Practice] - _back[index];
        }

        return sequences;
    }

    private static int ByKey<T>((string Practice, T Key) left, (string Practice, T Key) right)
        where T : IComparable<T> =>
        string.CompareOrdinal(left.Practice, right.Practice) is var order and not 0 ? order : left.Key.CompareTo(right.Key);

    /// <summary>Called from the last unit to the first: what it counts is how many changes of the practice come after.</summary>
    private void Gather(SealedUnit unit, int index)
    {
        var back = _changesOf.GetValueOrDefault(unit.Practice);
        _back[index] = back;
        if (unit.Records.Length > 0 || unit.Receipt is not null)
        {
            _changesOf[unit.Practice] = unit.Change is null ? back : back + 1;
        }

        foreach (var record in unit.Records)
        {
            (record.Write.ExpectedVersion == 0 ? _new : _next).Add((unit, record, back));
            var id = record.Write.Next.Id.Value;
            Gather(_aliases, unit, record.NewAliases, id);
            Gather(_newLookUps, unit, record.NewLookUps, id);
            Gather(_oldLookUps, unit, record.OldLookUps, id);
        }
    }

    private static void Gather<THash>(List<(string, THash, long)> rows, SealedUnit unit, THash[] hashes, long record)
    {
        foreach (var hash in hashes)
        {
            rows.Add((unit.Practice, hash, record));
        }
    }

    /// <summary>
    /// Days and runs are closed by whoever is alone with the books. Before any row is locked: who waited for the lock with rows of
    /// its own would hold up those it waits for.
    /// </summary>
    private static void AddBooksLock(NpgsqlBatch batch) => batch.BatchCommands.Add(new NpgsqlBatchCommand(
        $"SELECT {PostgresAddress.RequireSync}, pg_advisory_xact_lock_shared({PostgresSession.KeyOf(StoreLock.Books)})"));

    /// <summary>What is rare is not written here: messages that wait for one of the new names, and days that are closed.</summary>
    private void AddGuards(NpgsqlBatch batch) => new Columns()
        .Value(_units.Min(unit => LedgerDay.Of(unit.Message!.Write.ReceivedAt)))
        .Numbers([.. _units.Select(unit => unit.Message!.Write.Run).Where(run => run != 0).Distinct()], run => run)
        .Texts(_aliases, alias => alias.Practice)
        .Hashes(_aliases, alias => alias.Hash.Hash)
        .AddTo(batch, $"""
            SELECT engine_require(found IS NULL, found) FROM (SELECT CASE
                WHEN EXISTS (SELECT 1 FROM source_runs WHERE run_id = ANY ($2) AND ended_at IS NOT NULL) THEN '{Refusals.RunEnded}'
                WHEN EXISTS (SELECT 1 FROM ledger_seals WHERE day >= $1)
                    OR EXISTS (SELECT 1 FROM unnest($3, $4) n (practice_id, alias_hash) JOIN parked p USING (practice_id, alias_hash)) THEN '{Refusals.NotPlain}'
                END) guards (found)
            """);

    private void AddReceipts(NpgsqlBatch batch)
    {
        SealedUnit[] units = [.. _units.Where(unit => unit.Receipt is not null).OrderBy(unit => unit.Practice, StringComparer.Ordinal).ThenBy(unit => unit.Receipt!.Control)];
        if (units.Length == 0)
        {
            return;
        }

        // A receipt lies in the week of its receipt; at the edge of a week its original may lie in the one beside it.
        SealedUnit[] atEdge = [.. units.Where(unit => ReceiptWeeks.Beside(unit.Receipt!.ReceivedAt) is not null)];
        if (atEdge.Length > 0)
        {
            Keys(atEdge, unit => ReceiptWeeks.Beside(unit.Receipt!.ReceivedAt)!.Value).Value(_receiptsSince).AddTo(batch, $"""
                SELECT engine_require(NOT EXISTS (
                    SELECT 1 FROM unnest($1, $2, $3, $4) n (practice_id, week, control_hash, fingerprint_hash)
                    CROSS JOIN LATERAL (
                        SELECT r.message_id FROM receipts r WHERE r.practice_id = n.practice_id AND r.week = n.week
                            AND r.control_hash = n.control_hash AND r.fingerprint_hash = n.fingerprint_hash LIMIT 1) r
                    CROSS JOIN LATERAL (
                        SELECT 1 FROM messages m WHERE m.practice_id = n.practice_id AND m.message_id = r.message_id AND m.received_at >= $5 LIMIT 1) m), '{Refusals.Duplicate}')
                """);
        }

        Keys(units, unit => ReceiptWeeks.Of(unit.Receipt!.ReceivedAt)).Numbers(units, unit => unit.Message!.Write.Id.Value).Value(_receiptsSince).Value(units.Length).AddTo(batch, $"""
            WITH kept AS (
                INSERT INTO receipts (practice_id, week, control_hash, fingerprint_hash, message_id)
                SELECT * FROM unnest($1, $2, $3, $4, $5)
                ON CONFLICT (practice_id, week, control_hash, fingerprint_hash) DO UPDATE SET message_id = excluded.message_id
                WHERE NOT EXISTS (
                    SELECT 1 FROM messages m WHERE m.practice_id = receipts.practice_id AND m.message_id = receipts.message_id AND m.received_at >= $6)
                RETURNING 1)
            SELECT engine_require(count(*) = $7, '{Refusals.Duplicate}') FROM kept
            """);

        static Columns Keys(SealedUnit[] units, Func<SealedUnit, long> week) => new Columns()
            .Texts(units, unit => unit.Practice)
            .Numbers(units, week)
            .Hashes(units, unit => unit.Receipt!.Control)
            .Hashes(units, unit => unit.Receipt!.Fingerprint);
    }

    private void AddMessages(NpgsqlBatch batch) => new Columns()
        .Texts(_units, unit => unit.Practice)
        .Numbers(_units, unit => unit.Message!.Write.Id.Value)
        .Texts(_units, unit => unit.Message!.Write.Source)
        .Numbers(_units, unit => unit.Message!.Write.ReceivedAt)
        .Texts(_units, unit => unit.Message!.Write.Event)
        .Texts(_units, unit => unit.Message!.Write.State.Text())
        .Texts(_units, unit => unit.Message!.Write.Code)
        .Texts(_units, unit => unit.Message!.Write.MappingSet)
        .Numbers(_units, unit => unit.Message!.Write.Body.Length)
        .Numbers(_units, unit => unit.Message!.Write.Run)
        .Numbers(_units, unit => unit.Message!.Write.Number)
        .Numbers(_units, unit => unit.KeyVersion)
        .Bytes(_units, unit => unit.Message!.Notes)
        .Bytes(_units, unit => unit.Message!.Body!)
        .AddTo(batch, """
            INSERT INTO messages (practice_id, message_id, source, received_at, event, state, code, mapping_set, size, run_id, number, key_version, notes, body)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """);

    /// <summary>
    /// Counts the changes, and so locks the practices whose records or receipts are written, in an order that all nodes keep. All
    /// that is checked afterwards is checked by a statement of its own, which sees what was committed before the lock was had.
    /// </summary>
    private void LockAndCount(NpgsqlBatch batch)
    {
        if (_changesOf.Count == 0)
        {
            return;
        }

        (string Practice, long Changes)[] rows = [.. _changesOf.OrderBy(of => of.Key, StringComparer.Ordinal).Select(of => (of.Key, of.Value))];
        new Columns().Texts(rows, row => row.Practice).Numbers(rows, row => row.Changes).AddTo(batch, """
            INSERT INTO practice_sequences AS s (practice_id, last) SELECT * FROM unnest($1, $2)
            ON CONFLICT (practice_id) DO UPDATE SET last = s.last + excluded.last
            RETURNING practice_id, last
            """);
    }

    private void AddRecords(NpgsqlBatch batch)
    {
        if (_new.Count > 0)
        {
            Common(_new).Texts(_new, row => row.Record.Write.Next.Type).AddTo(batch, """
                INSERT INTO records (practice_id, record_id, version, event_at, updated_at, changed_sequence, key_version, document, type)
                SELECT n.practice_id, n.record_id, n.version, n.event_at, $9, coalesce(s.last - n.back, n.changed_sequence), n.key_version, n.document, n.type
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $10) n (practice_id, record_id, version, event_at, changed_sequence, back, key_version, document, type)
                LEFT JOIN practice_sequences s ON s.practice_id = n.practice_id AND n.back IS NOT NULL
                """);
        }

        if (_next.Count > 0)
        {
            Common(_next).Numbers(_next, row => row.Record.Write.ExpectedVersion).Numbers(_next, row => row.Record.Write.Confirmations).Value(_next.Count).AddTo(batch, $"""
                WITH written AS (
                    UPDATE records r SET version = n.version, event_at = n.event_at, updated_at = $9,
                        changed_sequence = coalesce((SELECT s.last - n.back FROM practice_sequences s WHERE s.practice_id = n.practice_id), n.changed_sequence),
                        key_version = n.key_version, document = n.document
                    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $10, $11) n (practice_id, record_id, version, event_at, changed_sequence, back, key_version, document, expected, confirmations)
                    WHERE r.practice_id = n.practice_id AND r.record_id = n.record_id AND r.version = n.expected AND n.confirmations = {(_hasFiles ? Confirmations : "0")}
                    RETURNING 1)
                SELECT engine_require(count(*) = $12, '{Refusals.Conflict}') FROM written
                """);
        }

        Columns Common(List<(SealedUnit Unit, RecordRow Record, long Back)> rows) => new Columns()
            .Texts(rows, row => row.Unit.Practice)
            .Numbers(rows, row => row.Record.Write.Next.Id.Value)
            .Numbers(rows, row => row.Record.Write.Next.Version)
            .NumbersOrNull(rows, row => row.Record.EventAt)
            .Numbers(rows, row => row.Record.Write.Next.ChangedSequence)
            .NumbersOrNull(rows, row => row.Record.Write.Changes.Count > 0 ? row.Back : null)
            .Numbers(rows, row => row.Unit.KeyVersion)
            .Bytes(rows, row => row.Record.Document)
            .Value(_now);
    }

    private void AddNames(NpgsqlBatch batch)
    {
        if (_aliases.Count > 0)
        {
            new Columns()
                .Texts(_aliases, row => row.Practice)
                .Numbers(_aliases, row => row.Hash.Group)
                .Hashes(_aliases, row => row.Hash.Hash)
                .Numbers(_aliases, row => row.Record)
                .Value(_aliases.Count)
                .AddTo(batch, $"""
                    WITH named AS (
                        INSERT INTO aliases AS a (practice_id, group_hash, alias_hash, record_id) SELECT * FROM unnest($1, $2, $3, $4)
                        ON CONFLICT (practice_id, group_hash, alias_hash) DO UPDATE SET record_id = a.record_id WHERE a.record_id = excluded.record_id
                        RETURNING 1)
                    SELECT engine_require(count(*) = $5, '{Refusals.Conflict}') FROM named
                    """);
        }

        if (_oldLookUps.Count > 0)
        {
            Rows(_oldLookUps).AddTo(batch, """
                DELETE FROM look_ups l USING unnest($1, $2, $3) n (practice_id, key_hash, record_id)
                WHERE l.practice_id = n.practice_id AND l.key_hash = n.key_hash AND l.record_id = n.record_id
                """);
        }

        if (_newLookUps.Count > 0)
        {
            Rows(_newLookUps).AddTo(batch, """
                INSERT INTO look_ups (practice_id, key_hash, record_id) SELECT * FROM unnest($1, $2, $3) ON CONFLICT DO NOTHING
                """);
        }

        static Columns Rows(List<(string Practice, KeyedHash Hash, long Record)> rows) =>
            new Columns().Texts(rows, row => row.Practice).Hashes(rows, row => row.Hash).Numbers(rows, row => row.Record);
    }

    private void AddChanges(NpgsqlBatch batch)
    {
        (SealedUnit Unit, long Back)[] rows = [.. _units.Select((unit, index) => (unit, _back[index])).Where(row => row.unit.Change is not null)];
        if (rows.Length == 0)
        {
            return;
        }

        new Columns()
            .Texts(rows, row => row.Unit.Practice)
            .Numbers(rows, row => row.Back)
            .Numbers(rows, row => row.Unit.Message!.Write.Id.Value)
            .Numbers(rows, row => row.Unit.Change!.Unit)
            .Numbers(rows, row => row.Unit.KeyVersion)
            .Bytes(rows, row => row.Unit.Change!.Document)
            .Value(_now)
            .AddTo(batch, """
                INSERT INTO changes (practice_id, sequence, message_id, unit_id, committed_at, key_version, document)
                SELECT n.practice_id, s.last - n.back, n.message_id, n.unit_id, $7, n.key_version, n.document
                FROM unnest($1, $2, $3, $4, $5, $6) n (practice_id, back, message_id, unit_id, key_version, document)
                JOIN practice_sequences s USING (practice_id)
                """);
    }

    /// <summary>Which messages are of a batch. Only the node that reads a batch counts them.</summary>
    private void AddBatches(NpgsqlBatch batch)
    {
        (long Batch, long Message)[] rows = [.. _units.Select(unit => unit.Message!.Write).Where(write => write.Batch is not null).Select(write => (write.Batch!.Value.Value, write.Id.Value))];
        if (rows.Length == 0)
        {
            return;
        }

        KeyValuePair<long, int>[] counts = [.. rows.CountBy(row => row.Batch)];
        new Columns().Numbers(rows, row => row.Batch).Numbers(rows, row => row.Message).AddTo(batch, "INSERT INTO batch_messages (batch_id, message_id) SELECT * FROM unnest($1, $2)");
        new Columns().Numbers(counts, count => count.Key).Numbers(counts, count => count.Value).AddTo(batch, """
            UPDATE batches b SET stored = b.stored + n.messages FROM unnest($1, $2) n (batch_id, messages) WHERE b.batch_id = n.batch_id
            """);
    }

    private void AddCounts(NpgsqlBatch batch)
    {
        (long Day, string Source, long Run, MessageState State, long Count)[] rows =
        [
            .. _units.Select(unit => unit.Message!.Write)
                .GroupBy(write => (Day: LedgerDay.Of(write.ReceivedAt), write.Source, write.Run, write.State))
                .OrderBy(group => group.Key.Run).ThenBy(group => group.Key.Source, StringComparer.Ordinal).ThenBy(group => group.Key.Day).ThenBy(group => group.Key.State)
                .Select(group => (group.Key.Day, group.Key.Source, group.Key.Run, group.Key.State, group.LongCount())),
        ];
        new Columns()
            .Numbers(rows, row => row.Day)
            .Texts(rows, row => row.Source)
            .Numbers(rows, row => row.Run)
            .Texts(rows, row => row.State.Text())
            .Numbers(rows, row => row.Count)
            .AddTo(batch, """
                INSERT INTO message_days AS d (day, source, run_id, state, messages) SELECT * FROM unnest($1, $2, $3, $4, $5)
                ON CONFLICT (day, source, run_id, state) DO UPDATE SET messages = d.messages + excluded.messages
                """);
    }
}

/// <summary>The codes by which a statement says which promise it found broken. Classes that begin with I to Z are nobody's in SQL's standard.</summary>
internal static class Refusals
{
    public const string Conflict = "IE001";
    public const string Duplicate = "IE002";
    public const string RunEnded = "IE003";
    public const string NotDurable = "IE004";
    public const string NotPlain = "IE010";
}
