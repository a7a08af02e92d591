using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>The embedded store: a file in the data folder, for one engine.</summary>
internal sealed class SqliteKind : IStoreKind
{
    public string Name => "sqlite";

    public bool IsShared => false;

    public string Place(StoreOptions options) => Path.GetFullPath(options.Folder);

    public Task<bool> ExistsAsync(StoreOptions options, CancellationToken cancellationToken) => Task.FromResult(StoreFiles.Exists(options.Folder));

    public Task<IEngineStore> OpenAsync(StoreOptions options, MasterKeyOpener openKey, IdSource ids, TimeProvider time, CancellationToken cancellationToken) =>
        Task.FromResult<IEngineStore>(SqliteStore.Open(options, openKey(!StoreFiles.Exists(options.Folder)), ids, time));
}
