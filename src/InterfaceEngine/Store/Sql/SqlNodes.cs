namespace InterfaceEngine.Store.Sql;

/// <summary>Nodes, beside what the writer does.</summary>
internal sealed class SqlNodes(IStoreWriter writer, IStoreSignals signals) : INodeStore
{
    public Task<int> JoinAsync(NodeIdentity node, TimeSpan lasts, CancellationToken cancellationToken) =>
        writer.RunApartAsync(session => session.Nodes.Join(node, lasts), cancellationToken);

    public Task<bool> BeatAsync(NodeIdentity node, NodeReport report, TimeSpan lasts, CancellationToken cancellationToken) =>
        writer.RunApartAsync(session => session.Nodes.Beat(node, report, lasts), cancellationToken);

    public async Task LeaveAsync(NodeIdentity node, CancellationToken cancellationToken)
    {
        if (await writer.RunApartAsync(session => session.Nodes.Leave(node), cancellationToken))
        {
            signals.Raise(StoreSignal.Freed);
        }
    }
}
