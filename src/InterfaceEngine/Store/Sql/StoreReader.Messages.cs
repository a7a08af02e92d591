using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <content>Messages, reviews, audit and mapping sets.</content>
internal sealed partial class StoreReader
{
    private const string MessageColumns = "message_id, practice_id, source, received_at, event, state, code, mapping_set, size, key_version, notes, run_id, number, parent_id";
    private const string ReviewColumns = "review_id, practice_id, kind, state, first_seen, last_seen, sightings, key_version, detail";

    public IReadOnlyList<StoredMessage> Messages(MessageFilter filter)
    {
        var isWaiting = filter.State is { } asked && PartialIndexes.IsWaiting(asked);
        var sql = new StringBuilder($"SELECT {MessageColumns} FROM messages {(isWaiting ? _database.Using("messages_waiting") : "")} WHERE message_id < ?1");
        if (filter.Practice is not null)
        {
            sql.Append(" AND practice_id = ?2");
        }

        if (filter.State is { } state)
        {
            sql.Append(" AND state = '").Append(state.Text()).Append('\'').Append(isWaiting ? $" AND {PartialIndexes.MessagesWaiting}" : "");
        }

        if (filter.Event is not null)
        {
            sql.Append(" AND event = ?3");
        }

        var rows = Statement(sql.Append(" ORDER BY message_id DESC LIMIT ?4").ToString())
            .Bind(1, filter.Before == EngineId.None ? long.MaxValue : filter.Before.Value)
            .Bind(4, Limit(filter.Limit));
        if (filter.Practice is not null)
        {
            rows.Bind(2, filter.Practice);
        }

        if (filter.Event is not null)
        {
            rows.Bind(3, filter.Event);
        }

        var found = new List<StoredMessage>();
        while (rows.Step())
        {
            found.Add(ReadListed(rows));
        }

        return found;
    }

    public IReadOnlyList<MessageBody> MessageBodies(string? practice, EngineId after, EngineId until, int limit)
    {
        // A database that gives a whole answer at once must not give a thousand large bodies: their sizes are asked first.
        var sizes = Between("message_id, size", practice, after, until, "ORDER BY message_id LIMIT ?4").Bind(4, Limit(limit));
        var (last, bytes) = (EngineId.None, 0L);
        while (sizes.Step())
        {
            bytes += sizes.Long(1);
            if (bytes > MessageBody.PageBytesMax && last != EngineId.None)
            {
                break;
            }

            last = new EngineId(sizes.Long(0));
        }

        sizes.Reset();
        var found = new List<MessageBody>();
        if (last == EngineId.None)
        {
            return found;
        }

        var rows = Between("message_id, practice_id, received_at, key_version, body, event", practice, after, new EngineId(last.Value + 1), "ORDER BY message_id");
        while (rows.Step())
        {
            var (id, owner) = (rows.Long(0), rows.Text(1)!);
            var isWhole = TryOpen(owner, rows.Int(3), key => RowOpener.Body(id, key, rows.Blob(4)), out var body);
            found.Add(new MessageBody(new EngineId(id), owner.Length == 0 ? null : owner, rows.Long(2), isWhole ? body : [], !isWhole) { Event = rows.Text(5)! });
        }

        return found;
    }

    public EngineId BeforeLast(string? practice, EngineId after, EngineId until, int count)
    {
        var row = Between("message_id", practice, after, until, "ORDER BY message_id DESC LIMIT 1 OFFSET ?4").Bind(4, count);
        var before = row.Step() ? new EngineId(row.Long(0)) : after;
        row.Reset();
        return before;
    }

    public IReadOnlyList<EngineId> Corrections(EngineId message) =>
        Ids(Statement("SELECT message_id FROM corrections WHERE parent_id = ?1 ORDER BY message_id").Bind(1, message.Value));

    public IReadOnlyList<EngineId> Settled(IReadOnlyList<EngineId> messages)
    {
        const int PageSize = 32;
        var settled = new List<EngineId>();
        foreach (var page in messages.Chunk(PageSize))
        {
            // One text for all pages, so that it is prepared once: no message has the id 0.
            var rows = Statement($"""
                SELECT message_id FROM messages WHERE message_id IN ({string.Join(", ", Enumerable.Range(1, PageSize).Select(place => $"?{place}"))})
                    AND state NOT IN ('parked', 'ready', 'held')
                """);
            for (var place = 1; place <= PageSize; place++)
            {
                rows.Bind(place, place <= page.Length ? page[place - 1].Value : 0);
            }

            settled.AddRange(Ids(rows));
        }

        return settled;
    }

    public StoredMessage? Message(EngineId id)
    {
        var row = Statement($"SELECT {MessageColumns}, body FROM messages WHERE message_id = ?1").Bind(1, id.Value);
        var message = row.Step()
            ? ReadMessage(row) with { Body = RowOpener.Body(id.Value, _keys.Of(row.Text(1)!, _database).Version(row.Int(9)), row.Blob(14)) }
            : null;
        row.Reset();
        return message;
    }

    public IReadOnlyList<EngineId> MessagesIn(MessageState state, int limit) =>
        Ids(Statement($"SELECT message_id FROM messages {_database.Using("messages_waiting")} WHERE state = '{Waiting(state)}' AND {PartialIndexes.MessagesWaiting} ORDER BY message_id LIMIT ?1")
            .Bind(1, Limit(limit)));

    public IReadOnlyList<(string Source, MessageState State, long Count)> MessageCounts()
    {
        var counts = new List<(string, MessageState, long)>();
        var rows = Statement($"SELECT source, state, sum(messages) FROM ({CountsOfDays("")}) c GROUP BY source, state HAVING sum(messages) > 0 ORDER BY source, state");
        while (rows.Step())
        {
            counts.Add((rows.Text(0)!, MessageStates.Parse(rows.Text(1)!), rows.Long(2)));
        }

        return counts;
    }

    public IReadOnlyList<StoredReview> Reviews(string? practice, string state, int limit)
    {
        var rows = Statement($"""
            SELECT {ReviewColumns} FROM reviews WHERE state = ?1 {(practice is null ? "" : "AND practice_id = ?3")} ORDER BY review_id DESC LIMIT ?2
            """).Bind(1, state).Bind(2, Limit(limit));
        if (practice is not null)
        {
            rows.Bind(3, practice);
        }

        var found = new List<StoredReview>();
        while (rows.Step())
        {
            found.Add(ReadReview(rows, isListed: true));
        }

        return found;
    }

    public StoredReview? Review(EngineId id)
    {
        var row = Statement($"SELECT {ReviewColumns} FROM reviews WHERE review_id = ?1").Bind(1, id.Value);
        var review = row.Step() ? ReadReview(row, isListed: false) : null;
        row.Reset();
        return review;
    }

    public IReadOnlyList<EngineId> ReviewMessages(EngineId review) =>
        Ids(Statement("SELECT message_id FROM review_messages WHERE review_id = ?1 ORDER BY message_id").Bind(1, review.Value));

    public IReadOnlyList<StoredAudit> Audit(string? practice, int limit)
    {
        var rows = Statement($"""
            SELECT sequence, at, actor, action, practice_id, entry_id, key_version, document FROM audit
            {(practice is null ? "" : "WHERE practice_id = ?2")} ORDER BY sequence DESC LIMIT ?1
            """).Bind(1, Limit(limit));
        if (practice is not null)
        {
            rows.Bind(2, practice);
        }

        var found = new List<StoredAudit>();
        while (rows.Step())
        {
            var document = RowOpener.Audit(rows.Long(5), _keys.Of(rows.Text(4) ?? "", _database).Version(rows.Int(6)), rows.Blob(7));
            found.Add(new StoredAudit(rows.Long(0), rows.Long(1), rows.Text(2)!, rows.Text(3)!, rows.Text(4), document.Subject, document.Reason, document.Records));
        }

        return found;
    }

    public long? FirstAlteredAudit()
    {
        byte[] before = [];
        var expected = 1L;
        foreach (var rows in Pages("SELECT sequence, at, actor, action, practice_id, entry_id, key_version, document, chain FROM audit", after: 0))
        {
            var entry = new AuditEntry(rows.Text(2)!, rows.Text(3)!, rows.Text(4), null, null);
            var row = new AuditRow(entry, rows.Long(5), rows.Int(6), rows.Blob(7).ToArray());
            var chain = AuditWriter.Chain(_keys.Engine, before, expected, rows.Long(1), row);
            if (rows.Long(0) != expected || !rows.Blob(8).SequenceEqual(chain))
            {
                rows.Reset();
                return expected;
            }

            (before, expected) = (chain, expected + 1);
        }

        return null;
    }

    public ReadOnlyMemory<byte>? MappingSet(string hash)
    {
        var row = Statement("SELECT content FROM mapping_sets WHERE hash = ?1").Bind(1, hash);
        ReadOnlyMemory<byte>? content = row.Step() ? row.Blob(0).ToArray() : default(ReadOnlyMemory<byte>?);
        row.Reset();
        return content;
    }

    public IReadOnlyList<DeployedSet> DeployedSets(int limit) => DeployedSetTable.Read(Statement(DeployedSetTable.Question).Bind(1, Limit(limit)));

    /// <summary>Messages between two ids, both left out.</summary>
    private SqlStatement Between(string columns, string? practice, EngineId after, EngineId until, string end)
    {
        var rows = Statement($"SELECT {columns} FROM messages WHERE message_id > ?1 AND message_id < ?2 {(practice is null ? "" : "AND practice_id = ?3")} {end}").Bind(1, after.Value).Bind(2, until.Value);
        return practice is null ? rows : rows.Bind(3, practice);
    }

    private static string Waiting(MessageState state) =>
        PartialIndexes.IsWaiting(state) ? state.Text() : throw new ArgumentException($"Messages that are {state.Text()} are found by no index.", nameof(state));

    /// <summary>As lists show it: without replies, and of a damaged one what stands in plain columns.</summary>
    private StoredMessage ReadListed(SqlStatement row)
    {
        var (id, practice) = (row.Long(0), row.Text(1)!);
        var isWhole = TryOpen(practice, row.Int(9), key => RowOpener.Notes(id, key, row.Blob(10)), out var notes);
        return ReadMessage(row, isWhole ? notes with { Reply = default, ApplicationReply = default } : new MessageNotes("", null, default)) with { IsDamaged = !isWhole };
    }

    private StoredMessage ReadMessage(SqlStatement row) =>
        ReadMessage(row, RowOpener.Notes(row.Long(0), _keys.Of(row.Text(1)!, _database).Version(row.Int(9)), row.Blob(10)));

    private static StoredMessage ReadMessage(SqlStatement row, MessageNotes notes)
    {
        var (id, practice) = (row.Long(0), row.Text(1)!);
        return new StoredMessage
        {
            Id = new EngineId(id),
            Practice = practice.Length == 0 ? null : practice,
            Source = row.Text(2)!,
            ReceivedAt = row.Long(3),
            Event = row.Text(4)!,
            State = MessageStates.Parse(row.Text(5)!),
            Code = row.Text(6),
            MappingSet = row.Text(7),
            Size = row.Long(8),
            ControlId = notes.ControlId,
            Detail = notes.Detail,
            Reply = notes.Reply,
            Run = row.Long(11),
            Number = row.Long(12),
            Parent = row.IsNull(13) ? null : new EngineId(row.Long(13)),
            ApplicationReply = notes.ApplicationReply,
        };
    }

    private StoredReview ReadReview(SqlStatement row, bool isListed)
    {
        var (id, practice, version) = (row.Long(0), row.Text(1)!, row.Int(7));
        var detail = !isListed ? Open(_keys.Of(practice, _database).Version(version)) : TryOpen(practice, version, Open, out var opened) ? opened : null;
        return new StoredReview(new EngineId(id), practice, row.Text(2)!, row.Text(3)!, row.Long(4), row.Long(5), row.Long(6), detail);

        string Open(DataKey key) => RowOpener.ReviewDetail(id, key, row.Blob(8));
    }

    private static List<EngineId> Ids(SqlStatement rows)
    {
        var ids = new List<EngineId>();
        while (rows.Step())
        {
            ids.Add(new EngineId(rows.Long(0)));
        }

        return ids;
    }
}
