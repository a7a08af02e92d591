using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <content>Batches.</content>
internal sealed partial class StoreReader
{
    private const string BatchColumns = $"{BatchRow}, detail";
    private const string BatchRow = "batch_id, source, is_file, received_at, verdict, stated, found, stored, key_version";

    private static readonly BatchVerdict[] _verdicts = Enum.GetValues<BatchVerdict>();
    private static readonly string _verdictColumns = string.Join(", ", _verdicts.Select(BatchWriter.Column));

    public IReadOnlyList<StoredBatch> Batches(EngineId before, int limit)
    {
        var rows = Statement($"SELECT {BatchColumns} FROM batches WHERE batch_id < ?1 ORDER BY batch_id DESC LIMIT ?2")
            .Bind(1, before == EngineId.None ? long.MaxValue : before.Value).Bind(2, Limit(limit));
        return [.. ReadBatches(rows).Select(WithStates)];
    }

    public StoredBatch? Batch(EngineId id) =>
        ReadBatches(Statement($"SELECT {BatchColumns} FROM batches WHERE batch_id = ?1").Bind(1, id.Value)) is [var batch] ? WithStates(batch) : null;

    public IReadOnlyList<StoredMessage> BatchMessages(EngineId batch, EngineId after, int limit)
    {
        var rows = Statement($"""
            SELECT {MessageColumns} FROM messages WHERE message_id IN
                (SELECT message_id FROM batch_messages WHERE batch_id = ?1 AND message_id > ?2 ORDER BY message_id LIMIT ?3) ORDER BY message_id
            """).Bind(1, batch.Value).Bind(2, after.Value).Bind(3, Limit(limit));
        var found = new List<StoredMessage>();
        while (rows.Step())
        {
            found.Add(ReadListed(rows));
        }

        return found;
    }

    public IReadOnlyList<BatchDay> BatchDays(long since)
    {
        var days = new List<BatchDay>();
        var rows = Statement($"SELECT day, source, is_file, received, {_verdictColumns} FROM batch_days WHERE day >= ?1 ORDER BY day, source, is_file").Bind(1, since);
        while (rows.Step())
        {
            var verdicts = _verdicts.ToDictionary(verdict => verdict, verdict => rows.Long(4 + (int)verdict));
            days.Add(new BatchDay(rows.Long(0), rows.Text(1)!, rows.Int(2) != 0, rows.Long(3), verdicts));
        }

        return days;
    }

    public IReadOnlyList<StoredBatch> UnbalancedBatches(int limit) =>
        ReadBatches(Statement($"SELECT {BatchColumns} FROM batches WHERE found <> stored ORDER BY batch_id LIMIT ?1").Bind(1, Limit(limit)));

    public IReadOnlyList<CountedBatch> RecountBatches(EngineId after, int limit)
    {
        var rows = Statement($"""
            SELECT {BatchRow}, NULL, (SELECT count(*) FROM batch_messages m WHERE m.batch_id = b.batch_id
                AND EXISTS (SELECT 1 FROM messages WHERE messages.message_id = m.message_id))
            FROM batches b WHERE batch_id > ?1 ORDER BY batch_id LIMIT ?2
            """).Bind(1, after.Value).Bind(2, Limit(limit));
        var counted = new List<CountedBatch>();
        while (rows.Step())
        {
            counted.Add(new CountedBatch(ReadBatch(rows), rows.Long(10)));
        }

        return counted;
    }

    private List<StoredBatch> ReadBatches(SqlStatement rows)
    {
        var found = new List<StoredBatch>();
        while (rows.Step())
        {
            found.Add(ReadBatch(rows));
        }

        return found;
    }

    private StoredBatch WithStates(StoredBatch batch)
    {
        var states = new Dictionary<MessageState, long>();
        var rows = Statement("SELECT state, messages FROM batch_counts WHERE batch_id = ?1").Bind(1, batch.Id.Value);
        while (rows.Step())
        {
            states.Add(MessageStates.Parse(rows.Text(0)!), rows.Long(1));
        }

        return batch with { States = states };
    }

    private StoredBatch ReadBatch(SqlStatement row)
    {
        var id = row.Long(0);
        return new StoredBatch
        {
            Id = new EngineId(id),
            Source = row.Text(1)!,
            IsFile = row.Int(2) != 0,
            ReceivedAt = row.Long(3),
            Verdict = BatchVerdicts.Parse(row.Text(4)!),
            Stated = LongOrNull(5),
            Found = LongOrNull(6),
            Stored = LongOrNull(7),
            Detail = row.IsNull(9) ? null : Encoding.UTF8.GetString(_keys.Engine.Version(row.Int(8)).Open(new RowIdentity(SealedKind.Batch, id), row.Blob(9))),
        };

        long? LongOrNull(int column) => row.IsNull(column) ? null : row.Long(column);
    }
}
