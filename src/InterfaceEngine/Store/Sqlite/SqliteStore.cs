using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in the data folder, encrypted row by row, written by one thread and read by a
/// few connections.
/// </summary>
internal sealed class SqliteStore : SqlStore, IFolderBackup
{
    private readonly Parts _parts;
    private bool _isClosed;

    private SqliteStore(Parts parts, IdSource ids)
        : base(new StoreDescription("sqlite", SqliteLibrary.Version, parts.Folder, SqliteSchema.Version), parts.Keys, parts.Writer, parts.Readers, parts.Askers, new LocalSignals(), ids, parts.Time)
    {
        _parts = parts;
        Retention = new SqlRetention(parts.Writer, parts.Keys);
    }

    public override IRetentionStore Retention { get; }

    public override StoreCounters Counters => _parts.Writer.Counters with { LogBytes = StoreFiles.LogBytes(Description.Location) };

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
            StoreMark.Refuse(database, folder);

            // Whoever holds the folder knows that every other owner is gone, and need not wait for the end of its leases.
            database.Execute("UPDATE leases SET expires_at = 0 WHERE expires_at > 0");
            return new SqliteStore(new Parts(options, folder, masterKey, folderLock, database, KeyRing.Load(database, masterKey, folder), time), ids);
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

    public override ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken)
    {
        if (Keys.Find(practice) is not { } keys)
        {
            return ValueTask.FromResult(LoadedRecords.Empty);
        }

        var now = Now();
        return _parts.Readers.ReadAsync(
            (Query: new SealedQuery(query, keys.Hashing, now), Keys: keys, Now: now),
            static (reader, state) => reader.Loader.Load(state.Query, state.Keys, state.Now),
            cancellationToken);
    }

    public Task BackupAsync(string folder, CancellationToken cancellationToken) =>
        Task.Run(() => StoreBackup.Write(_parts.Path, folder, _parts.MasterKey, _parts.Options, Now()), cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            await CallLog.DisposeAsync();
            await _parts.DisposeAsync();
        }
    }

    protected override Task<CommitResult> CommitAsync(SealedUnit unit, CancellationToken cancellationToken) =>
        _parts.Writer.RunAsync(new CommitJob(unit), cancellationToken);

    /// <summary>What the store is made of, in the order in which it is closed.</summary>
    private sealed class Parts : IAsyncDisposable
    {
        private const int AskersMax = 2;

        private readonly FolderLock _lock;
        private readonly SqliteDatabase _database;

        public Parts(StoreOptions options, string folder, MasterKey masterKey, FolderLock folderLock, SqliteDatabase database, KeyRing keys, TimeProvider time)
        {
            (Options, Folder, MasterKey, Keys, Time) = (options, folder, masterKey, keys, time);
            (_lock, _database) = (folderLock, database);
            Writer = new SqliteWriter(new SqliteSession(database, keys, options), options, time);
            Readers = new ReaderPool(OpenReader, keys, options, time);
            Askers = new ReaderPool(OpenReader, keys, options with { ReadersMax = AskersMax }, time);
        }

        public StoreOptions Options { get; }

        public string Folder { get; }

        public string Path => System.IO.Path.Combine(Folder, StoreFiles.Database);

        public MasterKey MasterKey { get; }

        public KeyRing Keys { get; }

        public TimeProvider Time { get; }

        public SqliteWriter Writer { get; }

        public ReaderPool Readers { get; }

        public ReaderPool Askers { get; }

        public async ValueTask DisposeAsync()
        {
            await Task.Run(Writer.Dispose);
            Readers.Dispose();
            Askers.Dispose();
            _database.Dispose();
            Keys.Dispose();
            _lock.Dispose();
        }

        private SqliteDatabase OpenReader() => SqliteFile.OpenReader(Path, Options);
    }
}
