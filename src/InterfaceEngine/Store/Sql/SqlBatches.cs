using System.Text;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>Batches, through the writer.</summary>
internal sealed class SqlBatches(IStoreWriter writer, KeyRing keys) : IBatchStore
{
    public Task BeginAsync(BatchStart batch, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Batches.Begin(batch), cancellationToken);

    public Task EndAsync(BatchEnd batch, CancellationToken cancellationToken)
    {
        var key = keys.Engine.Current;
        var detail = key.Seal(new RowIdentity(SealedKind.Batch, batch.Id.Value), Encoding.UTF8.GetBytes(batch.Detail));
        return writer.RunAsync(session => session.Batches.End(batch, key.Version, detail), cancellationToken);
    }

    public Task<int> EndAbandonedAsync(CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Batches.EndAbandoned(), cancellationToken);

    public Task<int> EndThoseOfGoneNodesAsync(CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Batches.EndThoseOfGoneNodes(), cancellationToken);
}
