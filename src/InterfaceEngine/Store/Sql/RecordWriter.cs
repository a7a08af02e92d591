using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>Writes a unit's records with their aliases and look-ups, and wakes the messages that waited for one of them.</summary>
internal sealed class RecordWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _insert;
    private readonly SqlStatement _update;

    /// <summary>Null in a store of the version before, which knows no files.</summary>
    private readonly SqlStatement? _confirmations;
    private readonly SqlStatement _insertLookUp;
    private readonly SqlStatement _deleteLookUp;
    private readonly SqlStatement _anyParked;
    private readonly SqlStatement _findParked;
    private readonly SqlStatement _deleteParked;
    private readonly SqlStatement _sourceOfParked;
    private readonly SqlStatement _wake;

    public RecordWriter(WriterSession session, StoreOptions options)
    {
        _session = session;
        var database = session.Database;
        _insert = database.Prepare("""
            INSERT INTO records (record_id, practice_id, version, event_at, updated_at, changed_sequence, key_version, document, type)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING
            """);
        _update = database.Prepare("""
            UPDATE records SET version = ?3, event_at = ?4, updated_at = ?5, changed_sequence = ?6, key_version = ?7, document = ?8
            WHERE record_id = ?1 AND practice_id = ?2 AND version = ?9
            """);
        _confirmations = options.SchemaMax < Migration.FilesSince ? null : database.Prepare($"SELECT {ConfirmedTimes.Confirmations} FROM confirmed_rows WHERE practice_id = ?1 AND record_id = ?2 AND version = ?3");
        _insertLookUp = database.Prepare("INSERT INTO look_ups (practice_id, key_hash, record_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
        _deleteLookUp = database.Prepare("DELETE FROM look_ups WHERE practice_id = ?1 AND key_hash = ?2 AND record_id = ?3");
        _anyParked = database.Prepare("SELECT 1 FROM parked WHERE practice_id = ?1 LIMIT 1");
        _findParked = database.Prepare("SELECT message_id FROM parked WHERE practice_id = ?1 AND alias_hash = ?2 ORDER BY message_id");
        _deleteParked = database.Prepare("DELETE FROM parked WHERE practice_id = ?2 AND message_id = ?1");
        _sourceOfParked = database.Prepare("SELECT source, received_at, run_id, state FROM messages WHERE practice_id = ?2 AND message_id = ?1 AND state IN ('parked', 'held')");
        _wake = database.Prepare("UPDATE messages SET state = 'ready' WHERE practice_id = ?2 AND message_id = ?1");
    }

    /// <summary>False when a record or alias is no longer what it was.</summary>
    public bool TryWrite(SealedUnit unit, long sequence, List<EngineId> ready)
    {
        foreach (var record in unit.Records)
        {
            var id = record.Write.Next.Id.Value;
            if (!TryWriteRow(unit, record, sequence) || !TryName(unit.Practice, record, id))
            {
                return false;
            }

            foreach (var lookUp in record.OldLookUps)
            {
                Run(_deleteLookUp, unit, lookUp, id);
            }

            foreach (var lookUp in record.NewLookUps)
            {
                Run(_insertLookUp, unit, lookUp, id);
            }
        }

        foreach (var lookUp in unit.LookUps)
        {
            Run(lookUp.IsRemoved ? _deleteLookUp : _insertLookUp, unit, lookUp.Key, lookUp.Record);
        }

        Wake(unit, ready);
        return true;
    }

    private static void Run(SqlStatement statement, SealedUnit unit, KeyedHash key, long record) =>
        statement.Bind(1, unit.Practice).Bind(2, in key).Bind(3, record).Run();

    private bool TryWriteRow(SealedUnit unit, RecordRow record, long sequence)
    {
        var (write, next) = (record.Write, record.Write.Next);
        var isNew = write.ExpectedVersion == 0;
        if (!isNew && Confirmations(unit.Practice, write) != write.Confirmations)
        {
            return false;
        }

        var statement = (isNew ? _insert : _update)
            .Bind(1, next.Id.Value)
            .Bind(2, unit.Practice)
            .Bind(3, next.Version)
            .Bind(5, _session.Now)
            .Bind(6, write.Changes.Count > 0 ? sequence : next.ChangedSequence)
            .Bind(7, unit.KeyVersion)
            .Bind(8, record.Document);
        _ = record.EventAt is { } eventAt ? statement.Bind(4, eventAt) : statement.BindNull(4);
        _ = isNew ? statement.Bind(9, next.Type) : statement.Bind(9, write.ExpectedVersion);
        return statement.Run() == 1;
    }

    /// <summary>What files have said of the expected version until now.</summary>
    private long Confirmations(string practice, RecordWrite write)
    {
        if (_confirmations is null)
        {
            return write.Confirmations;
        }

        _confirmations.Bind(1, practice).Bind(2, write.Next.Id.Value).Bind(3, write.ExpectedVersion).Step();
        var confirmations = _confirmations.Long(0);
        _confirmations.Reset();
        return confirmations;
    }

    private bool TryName(string practice, RecordRow record, long id)
    {
        foreach (var alias in record.NewAliases)
        {
            if (!_session.Aliases.TryAdd(practice, alias, id))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Messages seldom wait, and then for one of the many names that a unit brings.</summary>
    private void Wake(SealedUnit unit, List<EngineId> ready)
    {
        if (!Array.Exists(unit.Records, record => record.NewAliases.Length > 0) || !AnyParked(unit.Practice))
        {
            return;
        }

        foreach (var record in unit.Records)
        {
            foreach (var alias in record.NewAliases)
            {
                var hash = alias.Hash;
                Wake(unit.Practice, in hash, ready);
            }
        }
    }

    private bool AnyParked(string practice)
    {
        var isAny = _anyParked.Bind(1, practice).Step();
        _anyParked.Reset();
        return isAny;
    }

    private void Wake(string practice, ref readonly KeyedHash hash, List<EngineId> ready)
    {
        var first = ready.Count;
        _findParked.Bind(1, practice).Bind(2, in hash);
        while (_findParked.Step())
        {
            ready.Add(new EngineId(_findParked.Long(0)));
        }

        for (var index = ready.Count - 1; index >= first; index--)
        {
            var message = ready[index].Value;
            _deleteParked.Bind(1, message).Bind(2, practice).Run();
            if (!_sourceOfParked.Bind(1, message).Bind(2, practice).Step())
            {
                // Somebody has decided about it meanwhile.
                ready.RemoveAt(index);
                continue;
            }

            var counted = new CountedMessage(message, _sourceOfParked.Text(0)!, _sourceOfParked.Long(2), _sourceOfParked.Long(1));
            var from = MessageStates.Parse(_sourceOfParked.Text(3)!);
            _sourceOfParked.Reset();
            _wake.Bind(1, message).Bind(2, practice).Run();
            _session.MessageCounts.Move(counted, from, MessageState.Ready);
        }
    }
}
