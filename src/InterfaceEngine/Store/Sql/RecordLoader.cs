using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>The hot question: what one message needs before it is reconciled. Belongs to one reading connection.</summary>
internal sealed class RecordLoader
{
    private const string Columns = "r.record_id, r.type, r.version, r.changed_sequence, r.key_version, r.document";

    private readonly StoreOptions _options;
    private readonly bool _hasUngrouped;
    private readonly SqlStatement _byAlias;
    private readonly SqlStatement _anyOfGroup;
    private readonly SqlStatement _byLookUp;
    private readonly SqlStatement _receipts;
    private readonly SqlStatement _sequence;

    /// <summary>By the question that is answered now.</summary>
    private bool _mayBeConfirmed;

    public RecordLoader(SqlDatabase database, StoreOptions options)
    {
        _options = options;
        Confirmed = new ConfirmedTimes(database);
        _hasUngrouped = AliasTable.HasUngrouped(database);
        _byAlias = database.Prepare($"""
            SELECT {Columns} FROM aliases a {database.JoinInOrder} records r ON r.record_id = a.record_id AND r.practice_id = a.practice_id
            WHERE a.practice_id = ?1 AND a.group_hash = ?2 AND a.alias_hash = ?3
            """);
        _anyOfGroup = database.Prepare("SELECT 1 FROM aliases WHERE practice_id = ?1 AND group_hash = ?2 LIMIT 1");
        _byLookUp = database.Prepare($"""
            SELECT {Columns} FROM look_ups l {database.JoinInOrder} records r ON r.record_id = l.record_id AND r.practice_id = l.practice_id
            WHERE l.practice_id = ?1 AND l.key_hash = ?2 AND l.record_id > ?4 ORDER BY l.record_id LIMIT ?3
            """);

        // Each week is sought by itself: a range of weeks would have every receipt in it read.
        // One is still to come: a node whose clock is ahead lives in it already.
        var weeks = ReceiptWeeks.Of((long)options.ReceiptMemory.TotalMilliseconds) + 3;
        _receipts = database.Prepare($"""
            SELECT r.fingerprint_hash, r.message_id, m.key_version, m.notes
            FROM receipts r {database.JoinInOrder} messages m ON m.message_id = r.message_id AND m.practice_id = r.practice_id
            WHERE r.practice_id = ?1 AND r.week IN ({string.Join(", ", Enumerable.Range(-1, (int)weeks).Select(back => $"?2 - {back}"))})
              AND r.control_hash = ?3 AND m.received_at >= ?4
            ORDER BY r.week DESC
            """);
        _sequence = database.Prepare("SELECT last FROM sequence_numbers WHERE practice_id = ?1 AND sender_hash = ?2");
    }

    /// <summary>What files said again of the records.</summary>
    public ConfirmedTimes Confirmed { get; }

    /// <summary>Runs inside a read transaction.</summary>
    public LoadedRecords Load(SealedQuery query, PracticeKeys keys, long now)
    {
        _mayBeConfirmed = Confirmed.HasAny(keys.Practice);
        var opened = new Dictionary<long, StoredRecord>(query.Aliases.Length);
        var byAlias = ByAlias(query.Aliases, keys, opened);
        var byLookUp = new Dictionary<LookUpKey, IReadOnlyList<StoredRecord>>(query.LookUps.Length);
        foreach (var (lookUp, hash) in query.LookUps)
        {
            byLookUp[lookUp] = SeekAll(lookUp, hash, keys, opened);
        }

        return new LoadedRecords
        {
            Earlier = query.Receipt is { } receipt ? FindReceipt(receipt, keys, now) : null,
            LastSequenceNumber = query.Sequence is { } sender ? FindSequence(sender, keys) : null,
            ByAlias = byAlias,
            ByLookUp = byLookUp,
        };
    }

    public IReadOnlyList<StoredRecord> LookUp(LookUpKey lookUp, KeyedHash hash, PracticeKeys keys)
    {
        _mayBeConfirmed = Confirmed.HasAny(keys.Practice);
        return SeekAll(lookUp, hash, keys, []);
    }

    public IReadOnlyList<StoredRecord> LookUp(KeyedHash hash, PracticeKeys keys, EngineId after, int limit)
    {
        _mayBeConfirmed = Confirmed.HasAny(keys.Practice);
        var found = new List<StoredRecord>();
        _byLookUp.Bind(1, keys.Practice).Bind(2, in hash).Bind(3, limit).Bind(4, after.Value);
        while (_byLookUp.Step())
        {
            found.Add(Open(_byLookUp, keys, []));
        }

        return found;
    }

    private List<StoredRecord> SeekAll(LookUpKey lookUp, KeyedHash hash, PracticeKeys keys, Dictionary<long, StoredRecord> opened)
    {
        var found = new List<StoredRecord>();
        _byLookUp.Bind(1, keys.Practice).Bind(2, in hash).Bind(3, _options.LookUpRecordsMax + 1).Bind(4, EngineId.None.Value);
        while (_byLookUp.Step())
        {
            if (found.Count == _options.LookUpRecordsMax)
            {
                _byLookUp.Reset();
                throw TooMany(lookUp, _options.LookUpRecordsMax);
            }

            found.Add(Open(_byLookUp, keys, opened));
        }

        return found;
    }

    public static InvalidOperationException TooMany(LookUpKey lookUp, int most) =>
        new($"More than {most} {lookUp.Type} records have one look-up value of '{lookUp.Name}': a part of them would not be the whole answer.");

    public StoredRecord? Find(AliasHash alias, PracticeKeys keys)
    {
        var record = Seek(alias, keys) ? RowOpener.Record(_byAlias, keys) : null;
        _byAlias.Reset();
        return record is null || !Confirmed.HasAny(keys.Practice) ? record : Confirmed.On(record);
    }

    public void Reset()
    {
        Confirmed.Reset();
        _byAlias.Reset();
        _anyOfGroup.Reset();
        _byLookUp.Reset();
        _receipts.Reset();
        _sequence.Reset();
    }

    private Dictionary<RecordAlias, StoredRecord> ByAlias((RecordAlias Alias, AliasHash Hash)[] aliases, PracticeKeys keys, Dictionary<long, StoredRecord> opened)
    {
        var found = new Dictionary<RecordAlias, StoredRecord>();
        for (var first = 0; first < aliases.Length;)
        {
            var group = aliases[first].Hash.Group;
            var last = first;
            while (last + 1 < aliases.Length && aliases[last + 1].Hash.Group == group)
            {
                last++;
            }

            // The values of an order that is new need not be sought one by one.
            if (last == first || _hasUngrouped || HasAny(group, keys))
            {
                for (var index = first; index <= last; index++)
                {
                    if (Seek(aliases[index].Hash, keys))
                    {
                        found[aliases[index].Alias] = Open(_byAlias, keys, opened);
                        _byAlias.Reset();
                    }
                }
            }

            first = last + 1;
        }

        return found;
    }

    /// <summary>Puts the row of the record that the alias names under <see cref="_byAlias"/>; false when it names none.</summary>
    private bool Seek(AliasHash alias, PracticeKeys keys) =>
        SeekIn(alias.Group, alias, keys) || (_hasUngrouped && SeekIn(AliasTable.Ungrouped, alias, keys));

    private bool SeekIn(int group, AliasHash alias, PracticeKeys keys)
    {
        var hash = alias.Hash;
        return _byAlias.Bind(1, keys.Practice).Bind(2, group).Bind(3, in hash).Step();
    }

    private bool HasAny(int group, PracticeKeys keys)
    {
        var isAny = _anyOfGroup.Bind(1, keys.Practice).Bind(2, group).Step();
        _anyOfGroup.Reset();
        return isAny;
    }

    /// <summary>A record that two names lead to is opened once, and is one object.</summary>
    private StoredRecord Open(SqlStatement row, PracticeKeys keys, Dictionary<long, StoredRecord> opened)
    {
        var id = row.Long(0);
        if (opened.TryGetValue(id, out var known))
        {
            return known;
        }

        var record = RowOpener.Record(row, keys);
        record = _mayBeConfirmed ? Confirmed.On(record) : record;
        opened.Add(id, record);
        return record;
    }

    private EarlierReceipt? FindReceipt(ReceiptRow receipt, PracticeKeys keys, long now)
    {
        var since = now - (long)_options.ReceiptMemory.TotalMilliseconds;
        EarlierReceipt? other = null;
        var control = receipt.Control;
        _receipts.Bind(1, keys.Practice).Bind(2, ReceiptWeeks.Of(receipt.ReceivedAt)).Bind(3, in control).Bind(4, since);
        while (_receipts.Step())
        {
            var message = _receipts.Long(1);
            if (_receipts.Hash(0) == receipt.Fingerprint)
            {
                var notes = RowOpener.Notes(message, keys.Version(_receipts.Int(2)), _receipts.Blob(3));
                _receipts.Reset();
                return new EarlierReceipt(new EngineId(message), IsSameBody: true, notes.Reply, notes.ApplicationReply);
            }

            other ??= new EarlierReceipt(new EngineId(message), IsSameBody: false, ReadOnlyMemory<byte>.Empty);
        }

        return other;
    }

    private long? FindSequence(KeyedHash sender, PracticeKeys keys)
    {
        long? last = _sequence.Bind(1, keys.Practice).Bind(2, in sender).Step() ? _sequence.Long(0) : null;
        _sequence.Reset();
        return last;
    }
}

/// <summary>A <see cref="LoadQuery"/> with its hashes, made before a connection is taken.</summary>
internal readonly struct SealedQuery
{
    public SealedQuery(LoadQuery query, DataKey key, long now)
    {
        Aliases = query.Aliases.Count == 0 ? [] : new (RecordAlias, AliasHash)[query.Aliases.Count];
        var names = new NameHasher(key);
        for (var index = 0; index < Aliases.Length; index++)
        {
            Aliases[index] = (query.Aliases[index], names.Hash(query.Aliases[index]));
        }

        LookUps = query.LookUps.Count == 0 ? [] : new (LookUpKey, KeyedHash)[query.LookUps.Count];
        for (var index = 0; index < LookUps.Length; index++)
        {
            LookUps[index] = (query.LookUps[index], names.Hash(query.LookUps[index]));
        }

        Receipt = query.Receipt is { } receipt
            ? new ReceiptRow(now, key.Hash(HashKind.Control, receipt.Control), key.Hash(HashKind.Fingerprint, receipt.Fingerprint.Span))
            : null;
        Sequence = query.Sequence is { } sequence ? UnitSealer.Hash(sequence, key) : null;
    }

    public (RecordAlias Alias, AliasHash Hash)[] Aliases { get; }

    public (LookUpKey LookUp, KeyedHash Hash)[] LookUps { get; }

    public ReceiptRow? Receipt { get; }

    public KeyedHash? Sequence { get; }
}
