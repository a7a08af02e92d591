using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>Counts messages on their causes, in the transaction that gives them their state. Only touched for messages that need somebody, or did.</summary>
internal sealed class CauseWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _causeOf;
    private readonly SqlStatement _leave;
    private readonly SqlStatement _countDown;
    private readonly SqlStatement _find;
    private readonly SqlStatement _countUp;
    private readonly SqlStatement _insert;
    private readonly SqlStatement _join;
    private readonly SqlStatement _stands;
    private readonly SqlStatement _isFound;

    public CauseWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        _causeOf = database.Prepare("SELECT practice_id, cause_id FROM cause_messages WHERE practice_id IN (?2, '') AND message_id = ?1");
        _leave = database.Prepare("DELETE FROM cause_messages WHERE practice_id = ?2 AND message_id = ?1");
        _countDown = database.Prepare("UPDATE causes SET messages = messages - 1 WHERE practice_id = ?2 AND cause_id = ?1");
        _find = database.Prepare("SELECT cause_id FROM causes WHERE practice_id = ?1 AND key_hash = ?2");
        _countUp = database.Prepare("UPDATE causes SET messages = messages + 1, sightings = sightings + ?3, last_seen = ?2 WHERE practice_id = ?4 AND cause_id = ?1");
        _insert = database.Prepare("""
            INSERT INTO causes (cause_id, practice_id, key_hash, state, code, first_seen, last_seen, messages, sightings, key_version, detail)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1, 1, ?7, ?8)
            """);
        _stands = database.Prepare("""
            SELECT 1 FROM messages WHERE practice_id = ?3 AND message_id = ?1 AND state = ?2
                AND NOT EXISTS (SELECT 1 FROM cause_messages WHERE practice_id = ?3 AND message_id = ?1)
            """);
        _isFound = database.Prepare("DELETE FROM uncaused_messages WHERE message_id = ?1");
        _join = database.Prepare("INSERT INTO cause_messages (practice_id, message_id, cause_id) VALUES (?3, ?1, ?2)");
    }

    /// <summary>After the message was written: it leaves the cause it had, and joins the one it has now.</summary>
    public void Write(SealedUnit unit)
    {
        if (unit.Message is not { } message)
        {
            if (unit.CauseOf != EngineId.None)
            {
                GiveCause(unit, unit.CauseOf.Value);
            }

            return;
        }

        var id = message.Write.Id.Value;
        var left = message.Write.Replaces is null ? null : Leave(unit.Practice, id);
        if (unit.Cause is { } cause)
        {
            Join(unit, cause, id, left);
        }
    }

    /// <summary>A message that a person decided about, or that left its state with another unit.</summary>
    /// <param name="practice">The message's; it may have had none when it got its cause.</param>
    /// <param name="message">Its id.</param>
    /// <returns>The cause it had.</returns>
    public long? Leave(string practice, long message)
    {
        if (!_causeOf.Bind(1, message).Bind(2, practice).Step())
        {
            return null;
        }

        var (ofPractice, cause) = (_causeOf.Text(0)!, _causeOf.Long(1));
        _causeOf.Reset();
        _leave.Bind(1, message).Bind(2, ofPractice).Run();
        _countDown.Bind(1, cause).Bind(2, ofPractice).Run();
        return cause;
    }

    /// <summary>A message that was kept before there were causes gets its own, unless it has left its state or has one.</summary>
    private void GiveCause(SealedUnit unit, long message)
    {
        if (unit.Cause is { } cause && _stands.Bind(1, message).Bind(2, cause.Write.State.Text()).Bind(3, unit.Practice).Step())
        {
            _stands.Reset();
            Join(unit, cause, message, null);
        }

        _isFound.Bind(1, message).Run();
    }

    private void Join(SealedUnit unit, CauseRow row, long message, long? left)
    {
        var hash = row.Key;
        var cause = row.Id;
        if (_find.Bind(1, unit.Practice).Bind(2, in hash).Step())
        {
            cause = _find.Long(0);
            _find.Reset();

            // Taken up again and no better: no other message was seen.
            _countUp.Bind(1, cause).Bind(2, _session.Now).Bind(3, cause == left ? 0 : 1).Bind(4, unit.Practice).Run();
        }
        else
        {
            _insert.Bind(1, cause).Bind(2, unit.Practice).Bind(3, in hash).Bind(4, row.Write.State.Text()).Bind(5, row.Write.Code)
                .Bind(6, _session.Now).Bind(7, unit.KeyVersion).Bind(8, row.Detail).Run();
        }

        _join.Bind(1, message).Bind(2, cause).Bind(3, unit.Practice).Run();
    }
}
