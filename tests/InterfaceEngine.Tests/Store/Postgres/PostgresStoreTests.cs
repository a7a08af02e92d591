using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>The store on PostgreSQL keeps every promise of the suite.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresStoreTests : EngineStoreConformance
{
    private string? _database;

    private protected override async Task<IEngineStore> OpenAsync()
    {
        _database ??= await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        return await PostgresStore.OpenAsync(new StoreOptions { Connection = _database }, StoreFolder.Key, new IdSource(Clock, new Random(2)), Clock, None);
    }
}
