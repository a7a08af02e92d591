using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>
/// A real PostgreSQL server stops when a receiver has answered and its answer is not on disk yet. However long it takes to come
/// back, what was delivered is not sent a second time.
/// </summary>
[NeedsProgram(PostgresNode.Program)]
public sealed class DatabaseOutageTests : IAsyncLifetime
{
    private PostgresNode _server = null!;
    private SenderBench _bench = null!;
    private TimeSpan _passes;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.NewNodeAsync();
        await _server.AskAsync("CREATE DATABASE engine");
        var store = await PostgresStore.OpenAsync(
            new StoreOptions { Connection = _server.Address("engine"), Node = "one" }, _ => StoreFolder.Key, new IdSource(TimeProvider.System, new Random(1)), TimeProvider.System, default);
        _bench = SenderBench.Create(store);
        _bench.Delivery = _bench.Delivery with { StopTimeout = TimeSpan.FromMilliseconds(50) };
        _bench.Store.BeforeSettling = () => StopServerAsync(() => Task.CompletedTask);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
    }

    [StoreFact]
    public async Task What_was_delivered_is_settled_when_the_server_is_back_and_each_outage_is_said_once()
    {
        _bench.Start();
        var write = await _bench.QueueAsync();
        await Soon.HoldsAsync(() => LinesOf("SenderStoreFailed").Should().Be(2, "neither settling nor claiming gets anywhere"));

        await _server.StartAsync();

        await _bench.SettledAsync(write, DeliveryState.Delivered);
        var next = await _bench.QueueAsync();
        await _bench.SettledAsync(next, DeliveryState.Delivered);
        _bench.Receiver.All.Select(received => received.ControlId).Should().Equal(write.ControlId, next.ControlId);
        (LinesOf("SenderStoreFailed"), LinesOf("SenderStoreAnswers"), LinesOf("DestinationOwned")).Should().Be((2, 2, 1));
    }

    [StoreFact]
    public async Task The_same_is_true_when_the_lease_could_not_be_renewed_in_time()
    {
        OutlastLease();
        _bench.Start();
        var write = await _bench.QueueAsync();
        await _bench.Log.Logged("LeaseLost");

        await _server.StartAsync();

        await _bench.SettledAsync(write, DeliveryState.Delivered);
        var next = await _bench.QueueAsync();
        await _bench.SettledAsync(next, DeliveryState.Delivered);
        _bench.Receiver.All.Select(received => received.ControlId).Should().Equal(write.ControlId, next.ControlId);
        LinesOf("NotSettledInTime").Should().Be(0);
    }

    [StoreFact]
    public async Task Who_gets_the_lease_meanwhile_sends_it_again_and_what_the_first_one_had_is_dropped()
    {
        OutlastLease();

        // Before the first one hears of it, another node takes the destination.
        _bench.Store.BeforeSettling = () => StopServerAsync(TakenByAnotherAsync);
        _bench.Start();
        var write = await _bench.QueueAsync();
        await _bench.Log.Logged("LeaseLost");

        await _server.StartAsync();

        await _bench.Log.Logged("NotSettledInTime");
        (await _bench.ReadAsync(write)).State.Should().Be(DeliveryState.Waiting);
    }

    /// <summary>A lease that no busy machine fails to renew, and an outage that lasts longer by the sender's clock: it is lost at its next renewal.</summary>
    private void OutlastLease()
    {
        _bench.Delivery = _bench.Delivery with { LeaseFor = TimeSpan.FromSeconds(15) };
        _passes = TimeSpan.FromHours(1);
    }

    /// <summary>The server stops when the first answer is to be settled. That attempt has failed, however soon the server is back.</summary>
    /// <param name="next">Runs before each attempt from then on.</param>
    private async Task StopServerAsync(Func<Task> next)
    {
        _bench.Store.BeforeSettling = next;
        await _server.StopAsync();
        _bench.Clock.Advance(_passes);
        throw new StoreUnavailableException("the server is stopped");
    }

    private async Task TakenByAnotherAsync()
    {
        const string Take = "UPDATE leases SET owner = 'another', number = number + 1, expires_at = engine_now() + 3600000";
        try
        {
            await _server.AskAsync(Take, "engine");
        }
        catch (Npgsql.NpgsqlException failure)
        {
            throw new StoreUnavailableException("the server is not back yet", failure);
        }

        _bench.Store.BeforeSettling = () => Task.CompletedTask;
    }

    private int LinesOf(string name) => _bench.Log.Lines.Count(line => line.Name == name);
}
