using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Postgres;

/// <summary>A PostgreSQL database, for several engines at the same time.</summary>
internal sealed class PostgresKind : IStoreKind
{
    public string Name => "postgres";

    public bool IsShared => true;

    public string Place(StoreOptions options) => PostgresConnection.Place(options.Connection);

    public Task<bool> ExistsAsync(StoreOptions options, CancellationToken cancellationToken) => PostgresStore.ExistsAsync(options, cancellationToken);

    public async Task<IEngineStore> OpenAsync(StoreOptions options, MasterKeyOpener openKey, IdSource ids, TimeProvider time, CancellationToken cancellationToken) =>
        await PostgresStore.OpenAsync(options, openKey, ids, time, cancellationToken);
}
