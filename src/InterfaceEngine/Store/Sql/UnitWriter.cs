using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>Writes one unit's rows, inside the writer's transaction and the unit's own savepoint.</summary>
internal sealed class UnitWriter
{
    private readonly WriterSession _session;
    private readonly SqlDatabase _database;
    private readonly long _receiptMemory;
    private readonly RecordWriter _records;
    private readonly ReviewWriter _reviews;
    private readonly CauseWriter _causes;
    private readonly DeliveryWriter _deliveries;
    private readonly AttachmentWriter _attachments;
    private readonly SequenceWriter _sequences;
    private readonly SqlStatement _insertMessage;
    private readonly SqlStatement _messageState;
    private readonly SqlStatement _updateMessage;
    private readonly SqlStatement _sealMessage;
    private readonly SqlStatement _deleteMessage;
    private readonly SqlStatement _dismissMessage;
    private readonly SqlStatement _insertCorrection;
    private readonly SqlStatement _insertReceipt;
    private readonly SqlStatement _findReceipt;
    private readonly SqlStatement _insertParked;
    private readonly SqlStatement _deleteParked;
    private readonly SqlStatement _insertChange;

    public UnitWriter(WriterSession session, StoreOptions options)
    {
        _session = session;
        _receiptMemory = (long)options.ReceiptMemory.TotalMilliseconds;
        _database = session.Database;
        _records = new RecordWriter(session, options);
        _reviews = new ReviewWriter(session);
        _causes = new CauseWriter(session);
        _deliveries = session.Deliveries;
        _attachments = new AttachmentWriter(session);
        _sequences = new SequenceWriter(session);
        _insertMessage = _database.Prepare("""
            INSERT INTO messages (message_id, practice_id, source, received_at, event, state, code, mapping_set, size, key_version, notes, body, run_id, number, parent_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) ON CONFLICT DO NOTHING
            """);
        _messageState = _database.Prepare("""
            SELECT practice_id, source, state, received_at, run_id, key_version, number, parent_id FROM messages WHERE practice_id IN (?2, '') AND message_id = ?1
            """);
        _updateMessage = _database.Prepare("""
            UPDATE messages SET state = ?2, code = ?3, mapping_set = ?4, notes = ?5, event = ?6 WHERE practice_id = ?7 AND message_id = ?1
            """);
        _sealMessage = _database.Prepare("""
            UPDATE messages SET state = ?2, code = ?3, mapping_set = ?4, notes = ?5, event = ?6, key_version = ?8, body = ?9 WHERE practice_id = ?7 AND message_id = ?1
            """);
        _deleteMessage = _database.Prepare("DELETE FROM messages WHERE practice_id = ?1 AND message_id = ?2");
        _dismissMessage = _database.Prepare("UPDATE messages SET state = 'dismissed' WHERE practice_id = ?2 AND message_id = ?1");
        _insertCorrection = _database.Prepare("INSERT INTO corrections (day, source, message_id, parent_id, corrected_at) VALUES (?1, ?2, ?3, ?4, ?5)");
        _insertReceipt = _database.Prepare("""
            INSERT INTO receipts (practice_id, week, control_hash, fingerprint_hash, message_id) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (practice_id, week, control_hash, fingerprint_hash) DO UPDATE SET message_id = excluded.message_id
            WHERE NOT EXISTS (
                SELECT 1 FROM messages m WHERE m.message_id = receipts.message_id AND m.practice_id = receipts.practice_id AND m.received_at >= ?6)
            """);
        _findReceipt = _database.Prepare($"""
            SELECT 1 FROM receipts r {_database.JoinInOrder} messages m ON m.message_id = r.message_id AND m.practice_id = r.practice_id
            WHERE r.practice_id = ?1 AND r.week = ?2 AND r.control_hash = ?3 AND r.fingerprint_hash = ?4 AND m.received_at >= ?5
            """);
        _insertParked = _database.Prepare("INSERT INTO parked (practice_id, alias_hash, message_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
        _deleteParked = _database.Prepare("DELETE FROM parked WHERE practice_id = ?2 AND message_id = ?1");
        _insertChange = _database.Prepare("""
            INSERT INTO changes (sequence, practice_id, message_id, unit_id, committed_at, key_version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
    }

    /// <summary>Anything but <see cref="CommitOutcome.Committed"/> is to be undone.</summary>
    public CommitResult Write(SealedUnit unit)
    {
        _session.Lock(unit.Practice);
        if (unit.Receipt is { } receipt && !TryWriteReceipt(unit, receipt))
        {
            return new CommitResult(CommitOutcome.Duplicate, 0, []);
        }

        if (!_sequences.TryWrite(unit))
        {
            return new CommitResult(CommitOutcome.OutOfSequence, 0, []);
        }

        var sequence = unit.Change is null ? 0 : _session.NextSequence(unit.Practice);
        var ready = new List<EngineId>();
        if ((unit.Message is { } message && !TryWriteMessage(unit, message)) ||
            !_records.TryWrite(unit, sequence, ready) ||
            !TryPark(unit) ||
            !_reviews.TryWrite(unit) ||
            !_session.Ledger.TryAccept(unit) ||
            !_deliveries.TryWrite(unit))
        {
            return new CommitResult(CommitOutcome.Conflict, 0, []);
        }

        _causes.Write(unit);
        _attachments.Write(unit);
        if (unit.Change is { } change)
        {
            WriteChange(unit, change, sequence);
        }

        if (unit.Audit is { } audit)
        {
            _session.Audit.Write(audit);
        }

        return new CommitResult(CommitOutcome.Committed, sequence, ready);
    }

    /// <summary>
    /// False when the message was accepted before, by the rule that <see cref="RecordLoader"/> finds it by. A receipt
    /// that is too old to be found gives way: else its message could be neither answered nor stored.
    /// </summary>
    private bool TryWriteReceipt(SealedUnit unit, ReceiptRow receipt)
    {
        var since = _session.Now - _receiptMemory;
        var week = ReceiptWeeks.Of(receipt.ReceivedAt);
        if (ReceiptWeeks.Beside(receipt.ReceivedAt) is { } beside)
        {
            _findReceipt.Bind(1, unit.Practice).Bind(2, beside).Bind(5, since);
            BindHashes(_findReceipt, receipt);
            if (_findReceipt.Step())
            {
                _findReceipt.Reset();
                return false;
            }
        }

        _insertReceipt.Bind(1, unit.Practice).Bind(2, week).Bind(5, unit.Message!.Write.Id.Value).Bind(6, since);
        BindHashes(_insertReceipt, receipt);
        return _insertReceipt.Run() == 1;

        static void BindHashes(SqlStatement statement, ReceiptRow receipt)
        {
            var (control, fingerprint) = (receipt.Control, receipt.Fingerprint);
            statement.Bind(3, in control).Bind(4, in fingerprint);
        }
    }

    private bool TryWriteMessage(SealedUnit unit, MessageRow message) =>
        message.Write.Replaces is { } expected ? TryReplace(unit, message, expected) : TryInsert(unit, message);

    private bool TryInsert(SealedUnit unit, MessageRow message)
    {
        var write = message.Write;
        _session.Numbers.RequireOpen(write.Run);
        var counted = new CountedMessage(write.Id.Value, write.Source, write.Run, write.ReceivedAt);
        _session.MessageCounts.Move(counted, null, write.State);
        var isNew = InsertMessage(unit, message, counted, write.Number, write.Corrects?.Id.Value);
        if (isNew && write.Batch is { } batch)
        {
            _session.Batches.Name(batch, write.Id);
        }

        return isNew && (write.Corrects is not { } superseded || TrySupersede(unit, write, superseded));
    }

    /// <summary>False when the id is taken.</summary>
    private bool InsertMessage(SealedUnit unit, MessageRow message, CountedMessage counted, long number, long? parent)
    {
        var write = message.Write;
        _insertMessage
            .Bind(1, write.Id.Value)
            .Bind(2, unit.Practice)
            .Bind(3, counted.Source)
            .Bind(4, counted.ReceivedAt)
            .Bind(5, write.Event)
            .Bind(6, write.State.Text())
            .Bind(7, write.Code)
            .Bind(8, write.MappingSet)
            .Bind(9, write.Body.Length)
            .Bind(10, unit.KeyVersion)
            .Bind(11, message.Notes)
            .Bind(13, counted.Run)
            .Bind(14, number);
        _ = parent is { } original ? _insertMessage.Bind(15, original) : _insertMessage.BindNull(15);
        _database.BindBody(_insertMessage, 12, message);
        var isNew = _insertMessage.Run() == 1;
        FillBody(unit.Practice, message, isNew);
        return isNew;
    }

    /// <summary>Dismisses the original of a corrected copy; false when it has left its state meanwhile, or is another practice's.</summary>
    private bool TrySupersede(SealedUnit unit, MessageWrite copy, Original original)
    {
        if (!_messageState.Bind(1, original.Id.Value).Bind(2, unit.Practice).Step())
        {
            return false;
        }

        var (practice, state) = (_messageState.Text(0)!, _messageState.Text(2)!);
        var counted = new CountedMessage(original.Id.Value, _messageState.Text(1)!, _messageState.Long(4), _messageState.Long(3));
        _messageState.Reset();
        if (state != original.State.Text())
        {
            return false;
        }

        _session.MessageCounts.Move(counted, original.State, MessageState.Dismissed);
        _deleteParked.Bind(1, original.Id.Value).Bind(2, practice).Run();
        _causes.Leave(practice, original.Id.Value);
        _dismissMessage.Bind(1, original.Id.Value).Bind(2, practice).Run();
        _insertCorrection.Bind(1, LedgerDay.Of(copy.ReceivedAt)).Bind(2, copy.Source).Bind(3, copy.Id.Value).Bind(4, original.Id.Value).Bind(5, _session.Now).Run();
        return true;
    }

    private void FillBody(string practice, MessageRow message, bool isWritten)
    {
        if (message.Body is null && isWritten)
        {
            _database.FillBody(practice, message);
        }
    }

    private bool TryReplace(SealedUnit unit, MessageRow message, MessageState expected)
    {
        var write = message.Write;
        if (!_messageState.Bind(1, write.Id.Value).Bind(2, unit.Practice).Step())
        {
            return false;
        }

        var practice = _messageState.Text(0)!;
        var state = _messageState.Text(2)!;
        var counted = new CountedMessage(write.Id.Value, _messageState.Text(1)!, _messageState.Long(4), _messageState.Long(3));
        var keyVersion = _messageState.Int(5);
        var (number, parent) = (_messageState.Long(6), _messageState.IsNull(7) ? default(long?) : _messageState.Long(7));
        _messageState.Reset();
        var isAdopted = practice.Length == 0 && unit.Practice.Length > 0;
        if (state != expected.Text())
        {
            return false;
        }

        _session.MessageCounts.Move(counted, expected, write.State);
        _deleteParked.Bind(1, write.Id.Value).Bind(2, practice).Run();
        if (isAdopted)
        {
            // The practice leads the key, and rows may be distributed by it: a message that gets one is another row.
            _deleteMessage.Bind(1, practice).Bind(2, write.Id.Value).Run();
            return InsertMessage(unit, message, counted, number, parent);
        }

        // Body and notes are always under one version of one key. The body is written again for another key only: it may be large.
        var isSealedAnew = keyVersion != unit.KeyVersion;
        var update = (isSealedAnew ? _sealMessage : _updateMessage)
            .Bind(1, write.Id.Value)
            .Bind(2, write.State.Text())
            .Bind(3, write.Code)
            .Bind(4, write.MappingSet)
            .Bind(5, message.Notes)
            .Bind(6, write.Event)
            .Bind(7, unit.Practice);
        if (!isSealedAnew)
        {
            return update.Run() == 1;
        }

        update.Bind(8, unit.KeyVersion);
        _database.BindBody(update, 9, message);
        var isWritten = update.Run() == 1;
        FillBody(unit.Practice, message, isWritten);
        return isWritten;
    }

    /// <summary>False when what it waits for has come meanwhile: nobody would wake it any more.</summary>
    private bool TryPark(SealedUnit unit)
    {
        foreach (var waitsFor in unit.WaitsFor)
        {
            if (_session.Aliases.Contains(unit.Practice, waitsFor))
            {
                return false;
            }

            var hash = waitsFor.Hash;
            _insertParked.Bind(1, unit.Practice).Bind(2, in hash).Bind(3, unit.Message!.Write.Id.Value).Run();
        }

        return true;
    }

    private void WriteChange(SealedUnit unit, ChangeRow change, long sequence)
    {
        _insertChange.Bind(1, sequence).Bind(2, unit.Practice);
        if (unit.Message is { } message)
        {
            _insertChange.Bind(3, message.Write.Id.Value);
        }
        else
        {
            _insertChange.BindNull(3);
        }

        _insertChange.Bind(4, change.Unit).Bind(5, _session.Now).Bind(6, unit.KeyVersion).Bind(7, change.Document).Run();
    }
}
