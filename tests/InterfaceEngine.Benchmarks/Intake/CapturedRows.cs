using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// The engine's own row writes for a stretch of the traffic, taken between intake and store and sealed as the store
/// seals them: the same tables, rows and sizes for the bare loop.
/// </summary>
internal static class CapturedRows
{
    public static async Task<SealedUnit[]> TakeAsync(WorkFolderSettings settings, Traffic traffic, TrafficPlan plan, int count)
    {
        await using var core = await EngineCore.OpenAsync(settings.Read(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        var ids = new IdSource(TimeProvider.System, new Random(1));
        var capture = new CapturingStore(core.Store);
        var intake = new MessageIntake(
            capture, core.Mappings, new PracticeDirectory(core.Settings.Practices), ids, TimeProvider.System, NullLogger<MessageIntake>.Instance);
        var source = core.Settings.Sources[0].Binding;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, token) =>
        {
            var (message, patient, version) = plan.Next();
            await intake.AcceptAsync(new IncomingMessage(traffic.Body(message, patient, version), source), token);
        });

        using var keys = new PracticeKeys([new DataKey(Traffic.Practice, 1, PracticeKeys.NewSecret())]);
        var sealer = new UnitSealer(ids);
        return [.. capture.Units.Select(unit => sealer.Seal(unit, keys, null))];
    }

    private sealed class CapturingStore(IEngineStore store) : IEngineStore
    {
        private readonly Lock _lock = new();

        public List<CommitUnit> Units { get; } = [];

        public StoreDescription Description => store.Description;

        public StoreCounters Counters => store.Counters;

        public IDeliveryStore Deliveries => store.Deliveries;

        public ILedgerStore Ledger => store.Ledger;

        public IBatchStore Batches => store.Batches;

        public IFileStore Files => store.Files;

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
    }
}
