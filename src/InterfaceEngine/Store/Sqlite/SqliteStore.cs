using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in the data folder, encrypted row by row, written by one thread and read by a
/// few connections.
/// </summary>
internal sealed class SqliteStore : IEngineStore
{
    private const int AskersMax = 2;

    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly FolderLock _lock;
    private readonly SqliteDatabase _database;
    private readonly KeyRing _keys;
    private readonly MasterKey _masterKey;
    private readonly UnitSealer _sealer;
    private readonly ReaderPool _readers;
    private readonly ReaderPool _askers;
    private readonly SqliteWriter _writer;
    private readonly SqliteDeliveries _deliveries;
    private bool _isClosed;

    private SqliteStore(StoreOptions options, string folder, MasterKey masterKey, IdSource ids, TimeProvider time, FolderLock folderLock, SqliteDatabase database, KeyRing keys)
    {
        _options = options;
        _time = time;
        _lock = folderLock;
        _database = database;
        _keys = keys;
        _masterKey = masterKey;
        _sealer = new UnitSealer(ids);
        Description = new StoreDescription("sqlite", SqliteLibrary.Version, folder, SqliteSchema.Version);
        _readers = new ReaderPool(OpenReader, keys, options);

        // People's questions may take long, so they never hold the connections that messages are read with.
        _askers = new ReaderPool(OpenReader, keys, options with { ReadersMax = AskersMax });
        _writer = new SqliteWriter(new WriterSession(database, keys, options), options, time);
        _deliveries = new SqliteDeliveries(_writer, _readers, keys, time);
        Leases = new SqliteLeases(_writer);
        Ledger = new SqliteLedger(_writer);
        Batches = new SqliteBatches(_writer, keys);

        SqliteDatabase OpenReader() => SqliteFile.OpenReader(Path.Combine(folder, StoreFiles.Database), options);
    }

    public StoreDescription Description { get; }

    public StoreCounters Counters => _writer.Counters with { LogBytes = StoreFiles.LogBytes(Description.Location) };

    public IDeliveryStore Deliveries => _deliveries;

    public ILeaseStore Leases { get; }

    public ILedgerStore Ledger { get; }

    public IBatchStore Batches { get; }

    /// <summary>Opens the store of a data folder, or makes it. Holds the folder until it is disposed.</summary>
    /// <exception cref="StoreOpenException">Another engine, a wrong key, a damaged file, a newer schema: nothing was changed.</exception>
    public static SqliteStore Open(StoreOptions options, MasterKey masterKey, IdSource ids, TimeProvider time)
    {
        var folder = Path.GetFullPath(options.Folder);
        StoreFiles.Prepare(folder);
        var folderLock = FolderLock.Take(folder);
        SqliteDatabase? database = null;
        try
        {
            database = SqliteFile.Open(folder, options, masterKey, time);

            // Whoever holds the folder knows that every other owner is gone, and need not wait for the end of its leases.
            database.Execute("UPDATE leases SET expires_at = 0 WHERE expires_at > 0");
            return new SqliteStore(options, folder, masterKey, ids, time, folderLock, database, KeyRing.Load(database, masterKey, folder));
        }
        catch (Exception failure)
        {
            database?.Dispose();
            folderLock.Dispose();
            if (failure is SqliteFault fault)
            {
                throw SqliteFile.Explain(folder, fault);
            }

            throw;
        }
    }

    public ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken)
    {
        if (_keys.Find(practice) is not { } keys)
        {
            return ValueTask.FromResult(LoadedRecords.Empty);
        }

        var now = Now();
        return _readers.ReadAsync(
            (Query: new SealedQuery(query, keys.Hashing, now), Keys: keys, Now: now),
            static (reader, state) => reader.Loader.Load(state.Query, state.Keys, state.Now),
            cancellationToken);
    }

    public async Task<CommitResult> CommitAsync(CommitUnit unit, CancellationToken cancellationToken)
    {
        var keys = await _keys.GetAsync(unit.Practice ?? "", _writer, cancellationToken);
        var auditKeys = unit.Audit is { } audit ? await _keys.GetAsync(audit.Practice ?? "", _writer, cancellationToken) : null;
        var result = await _writer.RunAsync(new CommitJob(_sealer.Seal(unit, keys, auditKeys)), cancellationToken);
        if (result.Outcome == CommitOutcome.Committed && (unit.Deliveries.Count > 0 || unit.DeliveryDecisions.Count > 0))
        {
            _deliveries.RaiseQueued();
        }

        return result;
    }

    public async Task<T> AskAsync<T>(AuditEntry audit, Func<IStoreReader, T> question, CancellationToken cancellationToken)
    {
        var keys = await _keys.GetAsync(audit.Practice ?? "", _writer, cancellationToken);
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

        static T Ask(SqliteReader reader, Func<IStoreReader, T> question, List<EngineId> shown)
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

    public ValueTask<T> LookAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) =>
        _askers.ReadAsync(question, static (reader, question) => question(reader), cancellationToken);

    public ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) =>
        _readers.ReadAsync(question, static (reader, question) => question(reader), cancellationToken);

    public Task KeepMappingSetAsync(string hash, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => _writer.RunAsync(
        session =>
        {
            using var insert = session.Database.Prepare("INSERT OR IGNORE INTO mapping_sets (hash, kept_at, content) VALUES (?1, ?2, ?3)");
            return insert.Bind(1, hash).Bind(2, session.Now).Bind(3, content.Span).Run();
        },
        cancellationToken);

    public Task BackupAsync(string folder, CancellationToken cancellationToken) =>
        Task.Run(() => StoreBackup.Write(Path.Combine(Description.Location, StoreFiles.Database), folder, _masterKey, _options, Now()), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        await Task.Run(_writer.Dispose);
        _readers.Dispose();
        _askers.Dispose();
        _database.Dispose();
        _keys.Dispose();
        _lock.Dispose();
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
