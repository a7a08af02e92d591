using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sqlite;

/// <content>Batches.</content>
internal sealed partial class SqliteReader
{
    private const string BatchColumns = "batch_id, source, received_at, stated, found, is_whole, key_version, detail";

    public IReadOnlyList<BatchWrite> Batches(EngineId before, int limit)
    {
        var rows = Statement($"SELECT {BatchColumns} FROM batches WHERE batch_id < ?1 ORDER BY batch_id DESC LIMIT ?2")
            .Bind(1, before == EngineId.None ? long.MaxValue : before.Value).Bind(2, Limit(limit));
        var found = new List<BatchWrite>();
        while (rows.Step())
        {
            found.Add(ReadBatch(rows));
        }

        return [.. found.Select(WithStates)];
    }

    public BatchWrite? Batch(EngineId id)
    {
        var row = Statement($"SELECT {BatchColumns} FROM batches WHERE batch_id = ?1").Bind(1, id.Value);
        var batch = row.Step() ? ReadBatch(row) : null;
        row.Reset();
        return batch is null ? null : WithStates(batch);
    }

    private BatchWrite WithStates(BatchWrite batch)
    {
        var states = new Dictionary<MessageState, long>();
        var rows = Statement("SELECT state, messages FROM batch_counts WHERE batch_id = ?1").Bind(1, batch.Id.Value);
        while (rows.Step())
        {
            states.Add(MessageStates.Parse(rows.Text(0)!), rows.Long(1));
        }

        return batch with { States = states };
    }

    private BatchWrite ReadBatch(SqliteStatement row)
    {
        var id = row.Long(0);
        return new BatchWrite
        {
            Id = new EngineId(id),
            Source = row.Text(1)!,
            ReceivedAt = row.Long(2),
            Stated = row.IsNull(3) ? null : row.Long(3),
            Found = row.Long(4),
            IsWhole = row.Int(5) == 1,
            States = new Dictionary<MessageState, long>(),
            Detail = Encoding.UTF8.GetString(_keys.Engine.Version(row.Int(6)).Open(new RowIdentity(SealedKind.Batch, id), row.Blob(7))),
        };
    }
}
