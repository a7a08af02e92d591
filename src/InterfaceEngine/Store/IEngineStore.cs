namespace InterfaceEngine.Store;

/// <summary>
/// Everything the engine keeps. Small: load, commit, ask, copy. One conformance suite runs on every implementation.
/// Everything of a practice is encrypted under its key; every read and write carries the practice.
/// </summary>
internal interface IEngineStore : IAsyncDisposable
{
    /// <summary>Kind, version and place, for the start-up line and the status.</summary>
    StoreDescription Description { get; }

    /// <summary>What it has done since it was opened.</summary>
    StoreCounters Counters { get; }

    /// <summary>What is to be sent, for its senders.</summary>
    IDeliveryStore Deliveries { get; }

    /// <summary>Who does what only one may do.</summary>
    ILeaseStore Leases { get; }

    /// <summary>The processes that share the store.</summary>
    INodeStore Nodes { get; }

    /// <summary>Wakes whoever waits for something in the store.</summary>
    IStoreSignals Signals { get; }

    /// <summary>What the sources say they received.</summary>
    ILedgerStore Ledger { get; }

    /// <summary>What came as a batch or a file.</summary>
    IBatchStore Batches { get; }

    /// <summary>Files of rows.</summary>
    IFileStore Files { get; }

    /// <summary>What connections to vendors remember.</summary>
    IConnectionStore Connections { get; }

    /// <summary>Keys of programs.</summary>
    IApiKeyStore ApiKeys { get; }

    /// <summary>Calls to vendors, and of programs.</summary>
    ICallStore Calls { get; }

    /// <summary>Room for what comes, and dropping what is old.</summary>
    IRetentionStore Retention { get; }

    /// <summary>
    /// What one message needs before it can be reconciled, in one question: an earlier receipt of the same message
    /// and the records its aliases and lists name. Called by the engine for itself, so it is not audited.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    /// <exception cref="Protection.ProtectionException">A row was altered outside the engine.</exception>
    ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Commits one unit whole or not at all. Units that wait together share a transaction and a sync; a unit that
    /// fails does so alone. Returns after the sync.
    /// </summary>
    /// <param name="unit">What is to be stored.</param>
    /// <param name="cancellationToken">
    /// Ends the wait for a place in the queue. A unit that has its place is committed, and the answer says so.
    /// </param>
    /// <exception cref="StoreUnavailableException">The store failed; nothing of the unit is stored.</exception>
    Task<CommitResult> CommitAsync(CommitUnit unit, CancellationToken cancellationToken);

    /// <summary>
    /// Answers a person's question. The answer is given only after the audit row that names what was read is on
    /// disk; if that row can't be written, the answer is withheld.
    /// </summary>
    /// <param name="audit">Who, what, which record and why. The question may add the records it showed.</param>
    /// <param name="question">Reads inside one read transaction. It keeps no message waiting, but holds back the moving of the log.</param>
    /// <param name="cancellationToken">Ends the wait; a row that is being written is written.</param>
    /// <exception cref="StoreUnavailableException">The store can't be read, or the audit row can't be written.</exception>
    Task<T> AskAsync<T>(AuditEntry audit, Func<IStoreReader, T> question, CancellationToken cancellationToken);

    /// <summary>
    /// A person's question that needs no audit row of its own: its answer holds nothing of a patient (counts, whose
    /// something is), or it goes on with one that was audited. Keeps no message waiting, however long it takes.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    ValueTask<T> LookAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken);

    /// <summary>A question of the engine's own on the way of a message (messages to resume). Short; not audited; nothing of it may reach a person.</summary>
    ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps the files of a mapping set under the hash that names it, so that an old record's cells can still be
    /// read after the files changed. A set that is kept already stays as it is. No patient data.
    /// </summary>
    Task KeepMappingSetAsync(string hash, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes a kept set the one that all nodes use, and tells them. Nothing changes where it is that already, and where another is in
    /// force than the one whose place it takes: no other deployment comes between that look and this one.</summary>
    /// <returns>The set in force afterwards.</returns>
    /// <exception cref="ArgumentException">No set is kept under the hash.</exception>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<DeployedSet> DeployMappingSetAsync(SetDeployment deployment, CancellationToken cancellationToken);
}

/// <summary>A store that copies itself. A database that others run is copied with its own tools.</summary>
internal interface IFolderBackup
{
    /// <summary>Copies the running store consistently into an empty or new folder.</summary>
    /// <exception cref="StoreUnavailableException">It could not be written.</exception>
    Task BackupAsync(string folder, CancellationToken cancellationToken);
}

/// <summary>
/// The store can't promise anything now: disk full, file damaged, database gone. The caller stays silent to its sender
/// and logs the message, which says why and holds no patient's value.
/// </summary>
internal sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <param name="Kind"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Version">The database's version and where its library came from.</param>
/// <param name="Location">Folder or host, without secrets.</param>
/// <param name="SchemaVersion">Number of the last migration.</param>
internal sealed record StoreDescription(string Kind, string Version, string Location, int SchemaVersion)
{
    /// <summary>Other processes may use it at the same time.</summary>
    public bool IsShared { get; init; }
}
