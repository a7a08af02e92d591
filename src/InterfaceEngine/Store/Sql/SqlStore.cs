using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>
/// What both databases have in common: rows sealed under the practices' keys, one way to write them and one to read them. A
/// subclass opens its database and says how units are committed and messages' records loaded.
/// </summary>
internal abstract class SqlStore : IEngineStore
{
    private readonly TimeProvider _time;
    private readonly IStoreWriter _writer;
    private readonly IStoreReaders _readers;
    private readonly IStoreReaders _askers;
    private readonly UnitSealer _sealer;
    private readonly SqlDeliveries _deliveries;

    /// <param name="description">Which database.</param>
    /// <param name="keys">Opens and seals rows.</param>
    /// <param name="writer">Everything is written through it.</param>
    /// <param name="readers">For messages and senders.</param>
    /// <param name="askers">For people, whose questions may take long: they never hold the connections that messages are read with.</param>
    /// <param name="signals">Wakes whoever waits.</param>
    /// <param name="ids">For review items and causes.</param>
    /// <param name="time">The clock.</param>
    protected SqlStore(
        StoreDescription description, KeyRing keys, IStoreWriter writer, IStoreReaders readers, IStoreReaders askers, IStoreSignals signals, IdSource ids, TimeProvider time)
    {
        Description = description;
        Signals = signals;
        Keys = keys;
        _writer = writer;
        _readers = readers;
        _askers = askers;
        _time = time;
        _sealer = new UnitSealer(ids);
        _deliveries = new SqlDeliveries(writer, readers, keys, signals, time) { IsShared = description.IsShared };
        Leases = new SqlLeases(writer, signals);
        Nodes = new SqlNodes(writer, signals);
        Ledger = new SqlLedger(writer);
        Batches = new SqlBatches(writer, keys);
        Files = new SqlFiles(writer, keys, _sealer, Tell);
        Connections = new SqlConnections(writer, readers, keys);
        ApiKeys = new SqlApiKeys(writer, readers, keys);
        CallLog = new SqlCallLog(writer, askers, ids, time);
    }

    public StoreDescription Description { get; }

    public abstract StoreCounters Counters { get; }

    public IDeliveryStore Deliveries => _deliveries;

    public ILeaseStore Leases { get; }

    public INodeStore Nodes { get; }

    public IStoreSignals Signals { get; }

    public ILedgerStore Ledger { get; }

    public IBatchStore Batches { get; }

    public IFileStore Files { get; }

    public IConnectionStore Connections { get; }

    public IApiKeyStore ApiKeys { get; }

    public ICallStore Calls => CallLog;

    public abstract IRetentionStore Retention { get; }

    protected KeyRing Keys { get; }

    /// <summary>Ends before the writer does.</summary>
    protected SqlCallLog CallLog { get; }

    public abstract ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken);

    public async Task<CommitResult> CommitAsync(CommitUnit unit, CancellationToken cancellationToken)
    {
        var keys = await Keys.GetAsync(unit.Practice ?? "", _writer, cancellationToken);
        var auditKeys = unit.Audit is { } audit ? await Keys.GetAsync(audit.Practice ?? "", _writer, cancellationToken) : null;
        var result = await CommitAsync(_sealer.Seal(unit, keys, auditKeys), cancellationToken);
        if (result.Outcome == CommitOutcome.Committed)
        {
            Tell(unit, result);
        }

        return result;
    }

    public async Task<T> AskAsync<T>(AuditEntry audit, Func<IStoreReader, T> question, CancellationToken cancellationToken)
    {
        var keys = await Keys.GetAsync(audit.Practice ?? "", _writer, cancellationToken);
        var shown = new List<EngineId>();
        var answer = await _askers.ReadAsync((question, shown), static (reader, asked) => Ask(reader, asked.question, asked.shown), cancellationToken);

        // Nothing of the answer goes anywhere before the row that names it is on disk.
        var row = UnitSealer.SealAudit(audit, shown, keys);
        await _writer.RunAsync(
            session =>
            {
                session.Audit.Write(row);
                return 0;
            },
            cancellationToken);
        return answer;

        static T Ask(StoreReader reader, Func<IStoreReader, T> question, List<EngineId> shown)
        {
            reader.ShownRecords = shown;
            try
            {
                return question(reader);
            }
            finally
            {
                reader.ShownRecords = null;
            }
        }
    }

    public ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) =>
        _readers.ReadAsync(question, static (reader, question) => question(reader), cancellationToken);

    public ValueTask<T> LookAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) =>
        _askers.ReadAsync(question, static (reader, question) => question(reader), cancellationToken);

    public Task KeepMappingSetAsync(string hash, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => _writer.RunAsync(
        session =>
        {
            using var insert = session.Database.Prepare("INSERT INTO mapping_sets (hash, kept_at, content) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
            return insert.Bind(1, hash).Bind(2, session.Now).Bind(3, content.Span).Run();
        },
        cancellationToken);

    public async Task<DeployedSet> DeployMappingSetAsync(SetDeployment deployment, CancellationToken cancellationToken)
    {
        var keys = await Keys.GetAsync("", _writer, cancellationToken);
        var audit = deployment.Audit is { } entry ? UnitSealer.SealAudit(entry, [], keys) : null;
        var (deployed, isNew) = await _writer.RunAsync(session => DeployedSetTable.Deploy(session, deployment, audit), cancellationToken);
        if (isNew)
        {
            Signals.Raise(StoreSignal.Mapping);
        }

        return deployed;
    }

    public abstract ValueTask DisposeAsync();

    private void Tell(CommitUnit unit, CommitResult result)
    {
        if (unit.Deliveries.Count > 0 || unit.DeliveryDecisions.Count > 0)
        {
            Signals.Raise(StoreSignal.Queued);
        }

        if (result.Ready.Count > 0)
        {
            Signals.Raise(StoreSignal.Ready);
        }
    }

    protected abstract Task<CommitResult> CommitAsync(SealedUnit unit, CancellationToken cancellationToken);

    protected long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
