using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>The store on PostgreSQL keeps every promise of the suite.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresStoreTests : EngineStoreConformance
{
    private string? _database;

    private protected override async Task<IEngineStore> OpenAsync()
    {
        _database ??= await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        return await PostgresStore.OpenAsync(
            new StoreOptions { Connection = _database, UsesServerTime = false, Node = "node" }, _ => StoreFolder.Key, new IdSource(Clock, new Random(2)), Clock, None);
    }

    /// <summary>The database's clock can't be set: what it measures comes nearer instead.</summary>
    private protected override async Task PassAsync(TimeSpan time)
    {
        await base.PassAsync(time);
        await using var source = NpgsqlDataSource.Create(_database!);
        foreach (var table in (string[])["leases", "nodes"])
        {
            await using var command = source.CreateCommand($"UPDATE {table} SET expires_at = expires_at - $1");
            command.Parameters.Add(new() { Value = (long)time.TotalMilliseconds });
            await command.ExecuteNonQueryAsync();
        }
    }
}
