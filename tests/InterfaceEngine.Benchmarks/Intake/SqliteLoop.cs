using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>The baseline on SQLite: the same library, file state and write-ahead log as the engine's.</summary>
internal sealed class SqliteLoop : BareLoop
{
    private const int WeekMilliseconds = 7 * 24 * 60 * 60 * 1000;

    private readonly StoreOptions _options = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _message;
    private readonly SqliteStatement _receipt;
    private readonly SqliteStatement _insertRecord;
    private readonly SqliteStatement _updateRecord;
    private readonly SqliteStatement _alias;
    private readonly SqliteStatement _insertLookUp;
    private readonly SqliteStatement _deleteLookUp;
    private readonly SqliteStatement _change;
    private readonly SqliteStatement _count;
    private long _nextMessage;
    private long _nextSequence;
    private long _nextNumber;
    private int _pages;

    public SqliteLoop(string data, SealedUnit[] units)
        : base(units)
    {
        _database = SqliteDatabase.Open(Path.Combine(data, StoreFiles.Database), SqliteAccess.Write);
        foreach (var pragma in (string[])["journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0", "temp_store = MEMORY", $"cache_size = -{_options.CacheBytes / 1024}"])
        {
            _database.Execute($"PRAGMA {pragma}");
        }

        _begin = _database.Prepare("BEGIN IMMEDIATE");
        _commit = _database.Prepare("COMMIT");
        _message = _database.Prepare("""
            INSERT INTO messages (message_id, practice_id, source, received_at, event, state, code, mapping_set, size, key_version, notes, body, run_id, number)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """);
        _receipt = _database.Prepare("INSERT INTO receipts (practice_id, week, control_hash, fingerprint_hash, message_id) VALUES (?1, ?2, ?3, ?4, ?5)");
        _insertRecord = _database.Prepare("""
            INSERT OR REPLACE INTO records (record_id, practice_id, version, event_at, updated_at, changed_sequence, key_version, document, type)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        _updateRecord = _database.Prepare("""
            UPDATE records SET version = ?3, event_at = ?4, updated_at = ?5, changed_sequence = ?6, key_version = ?7, document = ?8
            WHERE record_id = ?1 AND practice_id = ?2
            """);
        _alias = _database.Prepare("INSERT OR IGNORE INTO aliases (practice_id, group_hash, alias_hash, record_id) VALUES (?1, ?2, ?3, ?4)");
        _insertLookUp = _database.Prepare("INSERT OR IGNORE INTO look_ups (practice_id, key_hash, record_id) VALUES (?1, ?2, ?3)");
        _deleteLookUp = _database.Prepare("DELETE FROM look_ups WHERE practice_id = ?1 AND key_hash = ?2 AND record_id = ?3");
        _change = _database.Prepare("INSERT INTO changes (sequence, practice_id, message_id, unit_id, committed_at, key_version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _count = _database.Prepare("""
            INSERT INTO message_days (day, source, run_id, state, messages) VALUES (?1, ?2, 1, ?3, ?4)
            ON CONFLICT (day, source, run_id, state) DO UPDATE SET messages = messages + excluded.messages
            """);
        _nextMessage = _database.Number("SELECT max(message_id) FROM messages");
        _nextNumber = _database.Number("SELECT max(number) FROM messages WHERE run_id = 1");
        _nextSequence = _database.Number("SELECT max(sequence) FROM changes");
    }

    public override void Dispose() => _database.Dispose();

    protected override void Write(IReadOnlyList<SealedUnit> batch, long now)
    {
        _begin.Run();
        foreach (var unit in batch)
        {
            Write(unit, now);
        }

        foreach (var group in batch.CountBy(unit => (unit.Message!.Write.Source, unit.Message.Write.State)))
        {
            _count.Bind(1, LedgerDay.Of(now)).Bind(2, group.Key.Source).Bind(3, group.Key.State.Text()).Bind(4, group.Value).Run();
        }

        _commit.Run();
        Checkpoint();
    }

    private void Write(SealedUnit unit, long now)
    {
        var message = unit.Message!;
        var id = ++_nextMessage;
        _message.Bind(1, id).Bind(2, unit.Practice).Bind(3, message.Write.Source).Bind(4, now).Bind(5, message.Write.Event)
            .Bind(6, message.Write.State.Text()).Bind(7, message.Write.Code).Bind(8, message.Write.MappingSet).Bind(9, message.Write.Body.Length)
            .Bind(10, unit.KeyVersion).Bind(11, message.Notes).Bind(12, message.Body!).Bind(13, 1).Bind(14, ++_nextNumber).Run();
        if (unit.Receipt is not null)
        {
            var (control, fingerprint) = (NewHash(), NewHash());
            _receipt.Bind(1, unit.Practice).Bind(2, now / WeekMilliseconds).Bind(3, in control).Bind(4, in fingerprint).Bind(5, id).Run();
        }

        var sequence = unit.Change is null ? 0 : ++_nextSequence;
        foreach (var record in unit.Records)
        {
            Write(unit, record, sequence, now);
        }

        if (unit.Change is { } change)
        {
            _change.Bind(1, sequence).Bind(2, unit.Practice).Bind(3, id).Bind(4, change.Unit).Bind(5, now).Bind(6, unit.KeyVersion).Bind(7, change.Document).Run();
        }
    }

    private void Write(SealedUnit unit, RecordRow record, long sequence, long now)
    {
        var next = record.Write.Next;
        var isNew = record.Write.ExpectedVersion == 0;
        var statement = isNew ? _insertRecord : _updateRecord;
        statement.Bind(1, next.Id.Value).Bind(2, unit.Practice).Bind(3, next.Version).Bind(4, record.EventAt ?? 0).Bind(5, now)
            .Bind(6, record.Write.Changes.Count > 0 ? sequence : next.ChangedSequence).Bind(7, unit.KeyVersion).Bind(8, record.Document);
        if (isNew)
        {
            statement.Bind(9, next.Type);
        }

        statement.Run();
        foreach (var alias in record.NewAliases)
        {
            var hash = alias.Hash;
            _alias.Bind(1, unit.Practice).Bind(2, alias.Group).Bind(3, in hash).Bind(4, next.Id.Value).Run();
        }

        foreach (var lookUp in record.OldLookUps)
        {
            _deleteLookUp.Bind(1, unit.Practice).Bind(2, in lookUp).Bind(3, next.Id.Value).Run();
        }

        foreach (var lookUp in record.NewLookUps)
        {
            _insertLookUp.Bind(1, unit.Practice).Bind(2, in lookUp).Bind(3, next.Id.Value).Run();
        }
    }

    private void Checkpoint()
    {
        _pages += _database.TakePagesWritten();
        if (_pages >= _options.CheckpointPages)
        {
            _database.Checkpoint();
            _pages = 0;
        }
    }
}
