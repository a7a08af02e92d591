using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using Npgsql;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>The baseline on PostgreSQL: each batch in one round trip, by arrays, as the engine writes it; without what the engine checks.</summary>
internal sealed class PostgresLoop : BareLoop
{
    private const long WeekMilliseconds = 7L * 24 * 60 * 60 * 1000;

    private readonly NpgsqlDataSource _source;
    private long _nextMessage;
    private long _nextSequence;
    private long _nextNumber;

    public PostgresLoop(string connection, SealedUnit[] units)
        : base(units)
    {
        _source = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connection) { MaxAutoPrepare = 200, NoResetOnClose = true, Options = "-c enable_seqscan=off" }.ConnectionString).Build();
        _nextMessage = Number("SELECT max(message_id) FROM messages");
        _nextNumber = Number("SELECT max(number) FROM messages WHERE run_id = 1");
        _nextSequence = Number("SELECT max(last) FROM practice_sequences");
    }

    public override void Dispose() => _source.Dispose();

    protected override void Write(IReadOnlyList<SealedUnit> batch, long now)
    {
        using var connection = _source.OpenConnection();
        using var round = connection.CreateBatch();
        (SealedUnit Unit, long Id, long Number, long Sequence)[] rows =
            [.. batch.Select(unit => (unit, ++_nextMessage, ++_nextNumber, unit.Change is null ? 0 : ++_nextSequence))];
        AddMessages(round, rows, now);
        AddRecords(round, [.. rows.SelectMany(row => row.Unit.Records.Select(record => (row.Unit, record, row.Sequence)))], now);
        AddChanges(round, [.. rows.Where(row => row.Unit.Change is not null)], now);
        AddCounts(round, batch, now);
        round.ExecuteNonQuery();
    }

    private void AddMessages(NpgsqlBatch round, (SealedUnit Unit, long Id, long Number, long Sequence)[] rows, long now)
    {
        new Columns()
            .Texts(rows, row => row.Unit.Practice).Numbers(rows, row => row.Id).Texts(rows, row => row.Unit.Message!.Write.Source).Texts(rows, row => row.Unit.Message!.Write.Event)
            .Texts(rows, row => row.Unit.Message!.Write.State.Text()).Texts(rows, row => row.Unit.Message!.Write.MappingSet).Numbers(rows, row => row.Unit.Message!.Write.Body.Length)
            .Numbers(rows, row => row.Number).Numbers(rows, row => row.Unit.KeyVersion).Bytes(rows, row => row.Unit.Message!.Notes).Bytes(rows, row => row.Unit.Message!.Body!).Value(now)
            .AddTo(round, """
                INSERT INTO messages (practice_id, message_id, source, event, state, mapping_set, size, number, key_version, notes, body, received_at, run_id)
                SELECT n.*, $12, 1 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) n
                """);
        new Columns().Texts(rows, row => row.Unit.Practice).Hashes(rows, _ => NewHash()).Hashes(rows, _ => NewHash()).Numbers(rows, row => row.Id).Value(now / WeekMilliseconds)
            .AddTo(round, """
                INSERT INTO receipts (practice_id, control_hash, fingerprint_hash, message_id, week) SELECT n.*, $5 FROM unnest($1, $2, $3, $4) n
                """);
    }

    private static void AddRecords(NpgsqlBatch round, (SealedUnit Unit, RecordRow Record, long Sequence)[] rows, long now)
    {
        // Two units of a batch may be about one record: the last one is written, as only one can be in the engine's batch.
        rows = [.. rows.GroupBy(row => (row.Unit.Practice, row.Record.Write.Next.Id)).Select(group => group.Last())];
        new Columns()
            .Texts(rows, row => row.Unit.Practice).Numbers(rows, row => row.Record.Write.Next.Id.Value).Numbers(rows, row => row.Record.Write.Next.Version)
            .NumbersOrNull(rows, row => row.Record.EventAt).Numbers(rows, row => row.Record.Write.Changes.Count > 0 ? row.Sequence : row.Record.Write.Next.ChangedSequence)
            .Numbers(rows, row => row.Unit.KeyVersion).Bytes(rows, row => row.Record.Document).Texts(rows, row => row.Record.Write.Next.Type).Value(now)
            .AddTo(round, """
                INSERT INTO records (practice_id, record_id, version, event_at, changed_sequence, key_version, document, type, updated_at)
                SELECT n.*, $9 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) n
                ON CONFLICT (practice_id, record_id) DO UPDATE SET version = excluded.version, event_at = excluded.event_at, updated_at = excluded.updated_at,
                    changed_sequence = excluded.changed_sequence, key_version = excluded.key_version, document = excluded.document
                """);
        var aliases = rows.SelectMany(row => row.Record.NewAliases.Select(alias => (row.Unit.Practice, Alias: alias, row.Record.Write.Next.Id))).ToArray();
        new Columns().Texts(aliases, row => row.Practice).Numbers(aliases, row => row.Alias.Group).Hashes(aliases, row => row.Alias.Hash).Numbers(aliases, row => row.Id.Value)
            .AddTo(round, "INSERT INTO aliases (practice_id, group_hash, alias_hash, record_id) SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT DO NOTHING");
        var old = rows.SelectMany(row => row.Record.OldLookUps.Select(hash => (row.Unit.Practice, Hash: hash, row.Record.Write.Next.Id))).ToArray();
        new Columns().Texts(old, row => row.Practice).Hashes(old, row => row.Hash).Numbers(old, row => row.Id.Value).AddTo(round, """
            DELETE FROM look_ups l USING unnest($1, $2, $3) n (practice_id, key_hash, record_id)
            WHERE l.practice_id = n.practice_id AND l.key_hash = n.key_hash AND l.record_id = n.record_id
            """);
        var lookUps = rows.SelectMany(row => row.Record.NewLookUps.Select(hash => (row.Unit.Practice, Hash: hash, row.Record.Write.Next.Id))).ToArray();
        new Columns().Texts(lookUps, row => row.Practice).Hashes(lookUps, row => row.Hash).Numbers(lookUps, row => row.Id.Value)
            .AddTo(round, "INSERT INTO look_ups (practice_id, key_hash, record_id) SELECT * FROM unnest($1, $2, $3) ON CONFLICT DO NOTHING");
    }

    private static void AddChanges(NpgsqlBatch round, (SealedUnit Unit, long Id, long Number, long Sequence)[] rows, long now)
    {
        new Columns()
            .Texts(rows, row => row.Unit.Practice).Numbers(rows, row => row.Sequence).Numbers(rows, row => row.Id).Numbers(rows, row => row.Unit.Change!.Unit)
            .Numbers(rows, row => row.Unit.KeyVersion).Bytes(rows, row => row.Unit.Change!.Document).Value(now)
            .AddTo(round, """
                INSERT INTO changes (practice_id, sequence, message_id, unit_id, key_version, document, committed_at) SELECT n.*, $7 FROM unnest($1, $2, $3, $4, $5, $6) n
                """);
    }

    private static void AddCounts(NpgsqlBatch round, IReadOnlyList<SealedUnit> batch, long now)
    {
        (string Source, string State, int Count)[] counts =
            [.. batch.CountBy(unit => (unit.Message!.Write.Source, unit.Message.Write.State)).Select(group => (group.Key.Source, group.Key.State.Text(), group.Value))];
        new Columns().Texts(counts, row => row.Source).Texts(counts, row => row.State).Numbers(counts, row => row.Count).Value(LedgerDay.Of(now)).AddTo(round, """
            INSERT INTO message_days AS d (source, state, messages, day, run_id) SELECT n.*, $4, 1 FROM unnest($1, $2, $3) n
            ON CONFLICT (day, source, run_id, state) DO UPDATE SET messages = d.messages + excluded.messages
            """);
    }

    private long Number(string sql)
    {
        using var command = _source.CreateCommand(sql);
        return command.ExecuteScalar() is long number ? number : 0;
    }
}
