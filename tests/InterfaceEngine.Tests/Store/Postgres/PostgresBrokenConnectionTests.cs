using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>
/// A connection that breaks while a unit is being written, as at a restart or a failover of the server, is a store that can't be had
/// for now: whoever meets it tries again, and nobody takes it for a fault of what was to be written.
/// </summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresBrokenConnectionTests : IAsyncLifetime
{
    private const string Destination = "lab";

    private readonly StoreClock _clock = new();
    private readonly StoreSamples _samples;
    private NpgsqlDataSource _server = null!;
    private PostgresStore _store = null!;

    public PostgresBrokenConnectionTests() => _samples = new StoreSamples(_clock);

    public async Task InitializeAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        _server = NpgsqlDataSource.Create(database);
        _store = await PostgresStore.OpenAsync(
            new StoreOptions { Connection = database, Node = "one" }, _ => StoreFolder.Key, new IdSource(_clock, new Random(1)), _clock, default);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [StoreFact]
    public async Task Settling_says_that_the_store_is_not_there_and_passes_afterwards()
    {
        await _store.CommitAsync(_samples.Unit() with { Deliveries = [StoreSamples.Delivery(_samples.NextId(), "lane 1", Destination)] }, default);
        var lease = (await _store.Leases.TakeAsync("destination/lab", "one", TimeSpan.FromMinutes(1), default))!;
        var claimed = (await _store.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(1), default))!.Deliveries.Single();
        var settle = () => _store.Deliveries.SettleAsync(lease, [new DeliverySettlement { Delivery = claimed, State = DeliveryState.Delivered, Code = "AA" }], default);

        var broken = () => BreakWhileItWaitsForAsync("leases", settle);

        await broken.Should().ThrowAsync<StoreUnavailableException>();
        (await settle()).Should().BeTrue();
    }

    [StoreFact]
    public async Task Reporting_of_numbers_says_that_the_store_is_not_there_and_passes_afterwards()
    {
        var run = await _store.Ledger.BeginRunAsync("front-desk", 4, default);
        var report = () => _store.Ledger.ReportAsync(new NumberReport(run, [], [], 4, IsFinal: false), default);

        var broken = () => BreakWhileItWaitsForAsync("source_runs", report);

        await broken.Should().ThrowAsync<StoreUnavailableException>();
        (await report()).Should().BeTrue();
    }

    /// <summary>Holds a table that the write needs, and ends the connections that wait for it.</summary>
    private async Task<T> BreakWhileItWaitsForAsync<T>(string table, Func<Task<T>> write)
    {
        await using var holder = await _server.OpenConnectionAsync();
        await using var held = await holder.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", holder);
        await hold.ExecuteNonQueryAsync();
        var writing = write();
        await using var end = _server.CreateCommand($"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass");
        await RunningEngine.UntilAsync(async () => writing.IsCompleted || await end.ExecuteScalarAsync() is true);
        return await writing;
    }
}
