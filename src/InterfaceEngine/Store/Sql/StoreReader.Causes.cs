using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <content>The error queue.</content>
internal sealed partial class StoreReader
{
    private const string CauseColumns = "cause_id, practice_id, state, code, first_seen, last_seen, messages, sightings, key_version, detail";

    public IReadOnlyList<StoredCause> Causes(string? practice, EngineId before, int limit)
    {
        var rows = Statement($"""
            SELECT {CauseColumns} FROM causes WHERE messages > 0 AND cause_id < ?1 {(practice is null ? "" : "AND practice_id = ?3")} ORDER BY cause_id DESC LIMIT ?2
            """).Bind(1, before == EngineId.None ? long.MaxValue : before.Value).Bind(2, Limit(limit));
        if (practice is not null)
        {
            rows.Bind(3, practice);
        }

        var found = new List<StoredCause>();
        while (rows.Step())
        {
            found.Add(ReadCause(rows, isListed: true));
        }

        return found;
    }

    public StoredCause? Cause(EngineId id)
    {
        var row = Statement($"SELECT {CauseColumns} FROM causes WHERE cause_id = ?1").Bind(1, id.Value);
        var cause = row.Step() ? ReadCause(row, isListed: false) : null;
        row.Reset();
        return cause;
    }

    public EngineId? CauseOf(EngineId message)
    {
        var row = Statement("SELECT cause_id FROM cause_messages WHERE message_id = ?1").Bind(1, message.Value);
        var cause = row.Step() ? new EngineId(row.Long(0)) : default(EngineId?);
        row.Reset();
        return cause;
    }

    public IReadOnlyList<EngineId> CauseMessages(EngineId cause, EngineId after, int limit) =>
        Ids(Statement("SELECT message_id FROM cause_messages WHERE cause_id = ?1 AND message_id > ?2 ORDER BY message_id LIMIT ?3")
            .Bind(1, cause.Value).Bind(2, after.Value).Bind(3, Limit(limit)));

    public IReadOnlyList<EngineId> Uncaused(EngineId after, int limit) =>
        Ids(Statement("SELECT message_id FROM uncaused_messages WHERE message_id > ?1 ORDER BY message_id LIMIT ?2").Bind(1, after.Value).Bind(2, Limit(limit)));

    public IReadOnlyList<AwaitedReference> Awaited(string? practice, int limit)
    {
        // Joined after grouping: only the oldest of each is looked at.
        var rows = Statement($"""
            SELECT p.practice_id, p.waiting, p.oldest, m.received_at
            FROM (SELECT practice_id, count(*) AS waiting, min(message_id) AS oldest FROM parked {(practice is null ? "" : "WHERE practice_id = ?2")}
                  GROUP BY practice_id, alias_hash) p
            JOIN messages m ON m.message_id = p.oldest AND m.practice_id = p.practice_id
            ORDER BY p.oldest LIMIT ?1
            """).Bind(1, Limit(limit));
        if (practice is not null)
        {
            rows.Bind(2, practice);
        }

        var found = new List<AwaitedReference>();
        while (rows.Step())
        {
            found.Add(new AwaitedReference(rows.Text(0)!, rows.Long(1), new EngineId(rows.Long(2)), rows.Long(3)));
        }

        return found;
    }

    public IReadOnlyList<EngineId> ParkedBefore(EngineId before, int limit) =>
        Ids(Statement($"""
            SELECT message_id FROM messages {_database.Using("messages_waiting")}
            WHERE state = 'parked' AND {PartialIndexes.MessagesWaiting} AND message_id < ?1 ORDER BY message_id LIMIT ?2
            """)
            .Bind(1, before.Value).Bind(2, Limit(limit)));

    private StoredCause ReadCause(SqlStatement row, bool isListed)
    {
        var (id, practice, version) = (row.Long(0), row.Text(1)!, row.Int(8));
        var (place, cell, text) = !isListed ? Open(_keys.Of(practice, _database).Version(version)) : TryOpen(practice, version, Open, out var opened) ? opened : (null, null, StoredCause.Damaged);
        return new StoredCause(
            new EngineId(id), practice.Length == 0 ? null : practice, MessageStates.Parse(row.Text(2)!), row.Text(3)!, place, cell, text,
            row.Long(4), row.Long(5), row.Long(6), row.Long(7));

        (string? Place, string? Cell, string Text) Open(DataKey key) => RowOpener.Cause(id, key, row.Blob(9));
    }
}
