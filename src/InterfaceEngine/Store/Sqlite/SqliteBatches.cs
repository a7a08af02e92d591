using System.Text;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>Batches, through the one writer.</summary>
internal sealed class SqliteBatches(SqliteWriter writer, KeyRing keys) : IBatchStore
{
    public async Task KeepAsync(BatchWrite batch, CancellationToken cancellationToken)
    {
        var key = keys.Engine.Current;
        var detail = key.Seal(new RowIdentity(SealedKind.Batch, batch.Id.Value), Encoding.UTF8.GetBytes(batch.Detail));
        await writer.RunAsync(session => session.Batches.Insert(batch, key.Version, detail), cancellationToken);
    }
}

/// <summary>Writes batches in the writer's transaction.</summary>
internal sealed class BatchWriter(WriterSession session)
{
    private readonly SqliteStatement _insert = session.Database.Prepare("""
        INSERT INTO batches (batch_id, source, received_at, stated, found, is_whole, key_version, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """);

    private readonly SqliteStatement _count = session.Database.Prepare("INSERT INTO batch_counts (batch_id, state, messages) VALUES (?1, ?2, ?3)");

    public int Insert(BatchWrite batch, int keyVersion, byte[] detail)
    {
        _insert.Bind(1, batch.Id.Value).Bind(2, batch.Source).Bind(3, batch.ReceivedAt).Bind(5, batch.Found).Bind(6, batch.IsWhole ? 1 : 0).Bind(7, keyVersion).Bind(8, detail);
        (batch.Stated is { } stated ? _insert.Bind(4, stated) : _insert.Bind(4, (string?)null)).Run();
        foreach (var (state, messages) in batch.States.Where(count => count.Value > 0))
        {
            _count.Bind(1, batch.Id.Value).Bind(2, state.Text()).Bind(3, messages).Run();
        }

        return 0;
    }
}
