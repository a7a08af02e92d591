namespace InterfaceEngine.Store.Sql;

/// <summary>Counts sightings on review items, and closes them.</summary>
internal sealed class ReviewWriter
{
    private const int MessagesMax = 1000;

    private readonly WriterSession _session;
    private readonly SqlStatement _find;
    private readonly SqlStatement _count;
    private readonly SqlStatement _insert;
    private readonly SqlStatement _insertMessage;
    private readonly SqlStatement _decide;
    private readonly SqlStatement _close;

    public ReviewWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        _find = database.Prepare("""
            SELECT review_id, sightings FROM reviews WHERE practice_id = ?1 AND key_hash = ?2 AND kind = ?3 AND state IN ('open', 'dismissed')
            """);
        _count = database.Prepare("UPDATE reviews SET sightings = sightings + 1, last_seen = ?2 WHERE practice_id = ?3 AND review_id = ?1");
        _insert = database.Prepare("""
            INSERT INTO reviews (review_id, practice_id, kind, key_hash, state, first_seen, last_seen, sightings, key_version, detail)
            VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?5, 1, ?6, ?7)
            """);
        _insertMessage = database.Prepare("INSERT INTO review_messages (practice_id, review_id, message_id) VALUES (?3, ?1, ?2) ON CONFLICT DO NOTHING");
        _close = database.Prepare("UPDATE reviews SET state = ?4 WHERE practice_id = ?1 AND key_hash = ?2 AND kind = ?3 AND state = 'open'");
        _decide = database.Prepare("UPDATE reviews SET state = ?3 WHERE review_id = ?1 AND practice_id = ?2 AND state = 'open'");
    }

    /// <summary>False when an item to be closed is not open any more.</summary>
    public bool TryWrite(SealedUnit unit)
    {
        // What is settled ends first, so that a sighting by the same unit opens an item of its own.
        foreach (var closing in unit.Closes)
        {
            var hash = closing.Key;
            _close.Bind(1, unit.Practice).Bind(2, in hash).Bind(3, closing.Kind).Bind(4, closing.Decision).Run();
        }

        foreach (var review in unit.Reviews)
        {
            Sight(unit, review);
        }

        foreach (var decision in unit.Decisions)
        {
            if (_decide.Bind(1, decision.Item.Value).Bind(2, unit.Practice).Bind(3, decision.Decision).Run() == 0)
            {
                return false;
            }
        }

        return true;
    }

    private void Sight(SealedUnit unit, ReviewRow review)
    {
        var (id, seenBefore) = (review.Id, 0L);
        var hash = review.Key;
        if (_find.Bind(1, unit.Practice).Bind(2, in hash).Bind(3, review.Kind).Step())
        {
            (id, seenBefore) = (_find.Long(0), _find.Long(1));
            _find.Reset();
            _count.Bind(1, id).Bind(2, _session.Now).Bind(3, unit.Practice).Run();
        }
        else
        {
            _insert.Bind(1, id).Bind(2, unit.Practice).Bind(3, review.Kind).Bind(4, in hash).Bind(5, _session.Now)
                .Bind(6, unit.KeyVersion).Bind(7, review.Detail).Run();
        }

        if (unit.Message is { } message && seenBefore < MessagesMax)
        {
            _insertMessage.Bind(1, id).Bind(2, message.Write.Id.Value).Bind(3, unit.Practice).Run();
        }
    }
}
