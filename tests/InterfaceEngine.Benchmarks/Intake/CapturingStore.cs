using InterfaceEngine.Store;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>A store that notes what it is given to commit.</summary>
internal sealed class CapturingStore(IEngineStore store) : IEngineStore
{
    private readonly Lock _lock = new();

    public List<CommitUnit> Units { get; } = [];

    /// <summary>Rows of files.</summary>
    public List<RowChunk> Chunks { get; } = [];

    public StoreDescription Description => store.Description;

    public StoreCounters Counters => store.Counters;

    public IDeliveryStore Deliveries => store.Deliveries;

    public ILedgerStore Ledger => store.Ledger;

    public IBatchStore Batches => store.Batches;

    public IFileStore Files => new CapturingFiles(store.Files, Chunks);

    public IConnectionStore Connections => store.Connections;

    public IApiKeyStore ApiKeys => store.ApiKeys;

    public ICallStore Calls => store.Calls;

    public IRetentionStore Retention => store.Retention;

    public ILeaseStore Leases => store.Leases;

    public INodeStore Nodes => store.Nodes;

    public IStoreSignals Signals => store.Signals;

    public async Task<CommitResult> CommitAsync(CommitUnit unit, CancellationToken cancellationToken)
    {
        var result = await store.CommitAsync(unit, cancellationToken);
        if (result.Outcome == CommitOutcome.Committed)
        {
            lock (_lock)
            {
                Units.Add(unit);
            }
        }

        return result;
    }

    public ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken) => store.LoadAsync(practice, query, cancellationToken);

    public Task<T> AskAsync<T>(AuditEntry audit, Func<IStoreReader, T> question, CancellationToken cancellationToken) => store.AskAsync(audit, question, cancellationToken);

    public ValueTask<T> LookAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) => store.LookAsync(question, cancellationToken);

    public ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) => store.ReadAsync(question, cancellationToken);

    public Task KeepMappingSetAsync(string hash, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => store.KeepMappingSetAsync(hash, content, cancellationToken);

    public Task<DeployedSet> DeployMappingSetAsync(SetDeployment deployment, CancellationToken cancellationToken) => store.DeployMappingSetAsync(deployment, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class CapturingFiles(IFileStore files, List<RowChunk> chunks) : IFileStore
    {
        public Task<FileRun> BeginAsync(FileRunStart start, CancellationToken cancellationToken) => files.BeginAsync(start, cancellationToken);

        public Task<bool[]> ConfirmAsync(RowConfirmation confirmation, CancellationToken cancellationToken) => files.ConfirmAsync(confirmation, cancellationToken);

        public Task<CommitResult[]> CommitAsync(RowChunk chunk, CancellationToken cancellationToken)
        {
            chunks.Add(chunk);
            return files.CommitAsync(chunk, cancellationToken);
        }

        public Task EndAsync(FileRunEnd end, CancellationToken cancellationToken) => files.EndAsync(end, cancellationToken);

        public Task<bool> DecideAsync(FileDecision decision, CancellationToken cancellationToken) => files.DecideAsync(decision, cancellationToken);

        public Task NotePollAsync(PollNote note, CancellationToken cancellationToken) => files.NotePollAsync(note, cancellationToken);
    }
}
