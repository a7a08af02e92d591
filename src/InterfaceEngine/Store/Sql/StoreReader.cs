using System.Diagnostics.CodeAnalysis;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>The store's questions on one connection. Statements are prepared when they are first asked.</summary>
internal sealed partial class StoreReader : IStoreReader
{
    private const int LimitMax = 10_000;
    private const string RecordColumns = "record_id, type, version, changed_sequence, key_version, document";

    private readonly SqlDatabase _database;
    private readonly KeyRing _keys;
    private readonly Dictionary<string, SqlStatement> _statements = new(StringComparer.Ordinal);

    public StoreReader(SqlDatabase database, KeyRing keys, StoreOptions options)
    {
        _database = database;
        _keys = keys;
        Loader = new RecordLoader(database, options);
    }

    public RecordLoader Loader { get; }

    /// <summary>The clock of a database that has none of its own.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where <see cref="Shown"/> notes records; null when nobody asks.</summary>
    public List<EngineId>? ShownRecords { get; set; }

    /// <summary>What was found unaltered and need not be read again by each check; shared by readers that live for one question.</summary>
    public VerifiedChains Verified { get; init; } = new();

    /// <summary>Null when nothing of the practice was ever stored.</summary>
    public PracticeKeys? KeysOf(string practice) => _keys.Find(practice, _database);

    public IReadOnlyList<StoredRecord> Records(string practice, string type, EngineId after, int limit)
    {
        var found = new List<StoredRecord>();
        if (_keys.Find(practice, _database) is { } keys)
        {
            var rows = Statement($"SELECT {RecordColumns} FROM records WHERE practice_id = ?1 AND type = ?2 AND record_id > ?3 ORDER BY record_id LIMIT ?4")
                .Bind(1, practice).Bind(2, type).Bind(3, after.Value).Bind(4, Limit(limit));
            while (rows.Step())
            {
                found.Add(RowOpener.Record(rows, keys));
            }
        }

        return found;
    }

    public StoredRecord? Record(string practice, EngineId id)
    {
        if (_keys.Find(practice, _database) is not { } keys)
        {
            return null;
        }

        var row = Statement($"SELECT {RecordColumns} FROM records WHERE record_id = ?1 AND practice_id = ?2").Bind(1, id.Value).Bind(2, practice);
        var record = row.Step() ? RowOpener.Record(row, keys) : null;
        row.Reset();
        return record is null || !Loader.Confirmed.HasAny(practice) ? record : Loader.Confirmed.On(record);
    }

    public StoredRecord? Record(string practice, RecordAlias alias) =>
        _keys.Find(practice, _database) is { } keys ? Loader.Find(new NameHasher(keys.Hashing).Hash(alias), keys) : null;

    public IReadOnlyList<StoredRecord> Records(string practice, LookUpKey key) =>
        _keys.Find(practice, _database) is { } keys ? Loader.LookUp(key, new NameHasher(keys.Hashing).Hash(key), keys) : [];

    public IReadOnlyList<StoredRecord> Records(string practice, LookUpKey key, EngineId after, int limit) =>
        _keys.Find(practice, _database) is { } keys ? Loader.LookUp(new NameHasher(keys.Hashing).Hash(key), keys, after, Limit(limit)) : [];

    public IReadOnlyList<(string Type, long Count)> RecordCounts(string practice)
    {
        var counts = new List<(string, long)>();
        var rows = Statement("SELECT type, count(*) FROM records WHERE practice_id = ?1 GROUP BY type ORDER BY type").Bind(1, practice);
        while (rows.Step())
        {
            counts.Add((rows.Text(0)!, rows.Long(1)));
        }

        return counts;
    }

    public IReadOnlyList<StoredChange> Changes(string practice, StoredRecord record, int limit)
    {
        var changes = new List<StoredChange>();
        if (_keys.Find(practice, _database) is not { } keys)
        {
            return changes;
        }

        var row = Statement("SELECT committed_at, message_id, unit_id, key_version, document FROM changes WHERE sequence = ?1 AND practice_id = ?2");
        for (var sequence = record.ChangedSequence; sequence > 0 && changes.Count < Limit(limit);)
        {
            if (!row.Bind(1, sequence).Bind(2, practice).Step())
            {
                break;
            }

            var document = RowOpener.Changes(row.Long(2), keys.Version(row.Int(3)), row.Blob(4));
            var change = Array.Find(document, change => change.Record == record.Id)
                ?? throw new InvalidDataException($"Change {sequence} does not name record {record.Id}, whose history leads to it.");
            changes.Add(new StoredChange(sequence, row.Long(0), new EngineId(row.Long(1)), record.Id, change.Previous, change.Fields));
            row.Reset();
            sequence = change.Previous < sequence ? change.Previous : throw new InvalidDataException($"Change {sequence} follows a later one.");
        }

        return changes;
    }

    public void Shown(StoredRecord record)
    {
        if (ShownRecords is { } shown && !shown.Contains(record.Id))
        {
            shown.Add(record.Id);
        }
    }

    /// <summary>Leaves no statement half read, so that none holds the read transaction open.</summary>
    public void Reset()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Reset();
        }

        Loader.Reset();
    }

    /// <summary>For lists: false when a row was altered outside the engine, or its key is not kept. One such row must not hide a page of good ones.</summary>
    private bool TryOpen<T>(string practice, int keyVersion, Func<DataKey, T> open, [MaybeNullWhen(false)] out T opened)
    {
        try
        {
            opened = open(_keys.Of(practice, _database).Version(keyVersion));
            return true;
        }
        catch (ProtectionException)
        {
            opened = default;
            return false;
        }
    }

    /// <summary>All rows of a table that is numbered without gaps, a page at a time: a database that gives a whole answer at once must not give it all.</summary>
    private IEnumerable<SqlStatement> Pages(string sql, long after)
    {
        for (var read = LimitMax; read == LimitMax;)
        {
            var rows = Statement($"{sql} WHERE sequence > ?1 ORDER BY sequence LIMIT {LimitMax}").Bind(1, after);
            for (read = 0; rows.Step(); read++)
            {
                after = rows.Long(0);
                yield return rows;
            }
        }
    }

    private static int Limit(int asked) => Math.Clamp(asked, 0, LimitMax);

    private SqlStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = _database.Prepare(sql);
            _statements.Add(sql, statement);
        }

        statement.Reset();
        return statement;
    }
}

/// <summary>How far chains were found unaltered.</summary>
internal sealed class VerifiedChains
{
    private readonly Lock _lock = new();
    private (long Last, byte[] Chain) _entry = (0, []);

    /// <summary>The last entry of the ledger that was read, and its chain.</summary>
    public (long Last, byte[] Chain) Entry
    {
        get
        {
            lock (_lock)
            {
                return _entry;
            }
        }

        set
        {
            lock (_lock)
            {
                _entry = value;
            }
        }
    }
}
