namespace InterfaceEngine.Store.Sql;

/// <summary>Advances the sequence numbers of senders.</summary>
internal sealed class SequenceWriter(WriterSession session)
{
    private readonly SqlStatement _insert = session.Database.Prepare(
        "INSERT INTO sequence_numbers (practice_id, sender_hash, last) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");

    private readonly SqlStatement _update = session.Database.Prepare(
        "UPDATE sequence_numbers SET last = ?3 WHERE practice_id = ?1 AND sender_hash = ?2 AND last = ?4");

    private readonly SqlStatement _delete = session.Database.Prepare(
        "DELETE FROM sequence_numbers WHERE practice_id = ?1 AND sender_hash = ?2 AND last = ?3");

    private readonly SqlStatement _find = session.Database.Prepare(
        "SELECT last FROM sequence_numbers WHERE practice_id = ?1 AND sender_hash = ?2");

    /// <summary>False when another message has advanced the number meanwhile.</summary>
    public bool TryWrite(SealedUnit unit)
    {
        if (unit.Sequence is not { } sequence)
        {
            return true;
        }

        var sender = sequence.Sender;
        return (sequence.Write.Before, sequence.Write.After) switch
        {
            (null, null) => !IsKnown(),
            (null, { } first) => _insert.Bind(1, unit.Practice).Bind(2, in sender).Bind(3, first).Run() == 1,
            ({ } last, null) => _delete.Bind(1, unit.Practice).Bind(2, in sender).Bind(3, last).Run() == 1,
            ({ } last, { } next) => _update.Bind(1, unit.Practice).Bind(2, in sender).Bind(3, next).Bind(4, last).Run() == 1,
        };

        bool IsKnown()
        {
            var isKnown = _find.Bind(1, unit.Practice).Bind(2, in sender).Step();
            _find.Reset();
            return isKnown;
        }
    }
}
