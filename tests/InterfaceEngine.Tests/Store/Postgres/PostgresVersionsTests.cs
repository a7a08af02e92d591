using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>
/// Nodes of two versions on one database, as while they are upgraded one after the other: the first of the new version runs its
/// migration while those of the version before go on. Both are this program, the older with the schema that it would know: to build
/// the version before, the tests would need its source and packages, which a checkout need not have.
/// </summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresVersionsTests : IAsyncLifetime
{
    private static readonly int _before = PostgresSchema.Migrations[^2].Number;

    private readonly StoreClock _clock = new();
    private readonly StoreSamples _samples;
    private string _database = "";

    public PostgresVersionsTests() => _samples = new StoreSamples(_clock);

    public async Task InitializeAsync() => _database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [StoreFact]
    public async Task A_node_of_the_version_before_goes_on_beside_a_new_one_that_migrated_and_may_start_again()
    {
        await using var old = await OpenAsync("old", _before);
        await CommitAsync(old);
        (await VersionAsync()).Should().Be(_before);

        await using var current = await OpenAsync("new");

        (await VersionAsync()).Should().Be(PostgresSchema.Version);
        await CommitAsync(old);
        await CommitAsync(current);
        await old.DisposeAsync();
        await using var again = await OpenAsync("old", _before);
        await CommitAsync(again);
        await CommitAsync(current);
        foreach (var store in (PostgresStore[])[again, current])
        {
            (await store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None)), default)).Should().HaveCount(5).And.OnlyContain(message => !message.IsDamaged);
        }
    }

    [StoreFact]
    public async Task A_node_that_is_older_than_the_store_can_be_read_from_is_refused()
    {
        await (await OpenAsync("one")).DisposeAsync();
        await ScalarAsync($"INSERT INTO schema_version (version, name, applied_at, readable_from) VALUES (9998, 'adds', 0, {PostgresSchema.Version})");
        await (await OpenAsync("one")).DisposeAsync();
        await ScalarAsync("INSERT INTO schema_version (version, name, applied_at, readable_from) VALUES (9999, 'removes', 0, 9998)");

        var open = () => OpenAsync("one");

        (await open.Should().ThrowAsync<StoreOpenException>()).WithMessage($"*the store has schema 9999, and this engine knows schemas up to {PostgresSchema.Version}.*Nothing was changed.");
    }

    [StoreFact]
    public async Task Every_migration_says_which_engines_can_go_on_with_the_store()
    {
        await (await OpenAsync("one")).DisposeAsync();

        (await ScalarAsync("SELECT count(*) FROM schema_version WHERE version >= 18 AND readable_from IS NULL")).Should().Be(0L);
        PostgresSchema.Migrations.Where(migration => migration.Number >= 18).Should().OnlyContain(migration => migration.ReadableFrom < migration.Number, "two versions run side by side");
    }

    private async Task CommitAsync(PostgresStore store) => (await store.CommitAsync(_samples.Unit(), default)).Outcome.Should().Be(CommitOutcome.Committed);

    private Task<PostgresStore> OpenAsync(string name, int schemaMax = int.MaxValue) => PostgresStore.OpenAsync(
        new StoreOptions { Connection = _database, Node = name, UsesServerTime = false, SchemaMax = schemaMax }, _ => StoreFolder.Key, new IdSource(_clock, new Random(name.Length)), _clock, default);

    private async Task<long> VersionAsync() => (long)(await ScalarAsync("SELECT max(version) FROM schema_version"))!;

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
