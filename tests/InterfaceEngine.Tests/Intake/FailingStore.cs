using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Intake;

/// <summary>A real store whose reading for a message fails: what happens to the sender when it does?</summary>
internal sealed class FailingStore(IEngineStore inner, Exception failure) : IEngineStore
{
    public StoreDescription Description => inner.Description;

    public StoreCounters Counters => inner.Counters;

    public IDeliveryStore Deliveries => inner.Deliveries;

    public ILedgerStore Ledger => inner.Ledger;

    public IBatchStore Batches => inner.Batches;

    public IFileStore Files => inner.Files;

    public IConnectionStore Connections => inner.Connections;

    public IApiKeyStore ApiKeys => inner.ApiKeys;

    public ICallStore Calls => inner.Calls;

    public IRetentionStore Retention => inner.Retention;

    public ILeaseStore Leases => inner.Leases;

    public INodeStore Nodes => inner.Nodes;

    public IStoreSignals Signals => inner.Signals;

    public ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken) => throw failure;

    public Task<CommitResult> CommitAsync(CommitUnit unit, CancellationToken cancellationToken) => inner.CommitAsync(unit, cancellationToken);

    public Task<T> AskAsync<T>(AuditEntry audit, Func<IStoreReader, T> question, CancellationToken cancellationToken) => inner.AskAsync(audit, question, cancellationToken);

    public ValueTask<T> LookAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) => inner.LookAsync(question, cancellationToken);

    public ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) => inner.ReadAsync(question, cancellationToken);

    public Task KeepMappingSetAsync(string hash, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.KeepMappingSetAsync(hash, content, cancellationToken);

    public Task<DeployedSet> DeployMappingSetAsync(SetDeployment deployment, CancellationToken cancellationToken) => inner.DeployMappingSetAsync(deployment, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
