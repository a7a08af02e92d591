using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>Two real engines, as processes of their own, on one database and with one destination; the one that sends is frozen.</summary>
public sealed class FrozenNodeTests : IAsyncLifetime
{
    private const int Lanes = 8;
    private const int Deliveries = 160;
    private const int AnsweredBefore = 20;
    private const string OwnId = "OWN";

    private readonly Receiver _receiver = Receiver.Start();
    private readonly IdSource _ids = new(TimeProvider.System, new Random(1));
    private readonly string _root = WorkFolder.MakeRoot(null);
    private IReadOnlyList<WorkFolder> _folders = [];
    private IReadOnlyList<ChildEngine> _engines = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        await _receiver.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [RequiresProgramFact(PostgresServer.Program)]
    public async Task A_node_that_was_frozen_past_its_lease_sends_nothing_new_and_nothing_out_of_order()
    {
        _folders = WorkFolder.CreateNodes(_root, Path.Combine(RepositoryRoot.Path, "mappings"), _receiver.Port, await (await PostgresServer.SharedAsync()).NewDatabaseAsync(), nodes: 2);
        foreach (var folder in _folders)
        {
            // So long that a busy machine has nothing sent again for want of a reply, and that no lease is lost before the node is frozen.
            await File.WriteAllTextAsync(
                folder.Settings,
                (await File.ReadAllTextAsync(folder.Settings)).Replace("\"ReplyTimeout\": \"500ms\"", "\"ReplyTimeout\": \"2m\"", StringComparison.Ordinal).Replace("\"LeaseFor\": \"2s\"", "\"LeaseFor\": \"12s\"", StringComparison.Ordinal));
        }

        _engines = [.. _folders.Select(folder => new ChildEngine(ChildEngine.OwnCommand, folder, TimeSpan.FromMinutes(3), TimeProvider.System))];
        await _engines[0].StartAsync(default);
        await RunningEngine.UntilAsync(async () => await StateAsync(_folders[0]) == "idle");
        await _engines[1].StartAsync(default);
        await using var store = await _folders[0].OpenStoreAsync(TimeProvider.System, default);
        var frozen = HoldRepliesBack();
        var queued = await QueueAsync(store);
        await RunningEngine.UntilAsync(async () => await DeliveredAsync(store) == AnsweredBefore && Arrived().Count > AnsweredBefore);
        await _engines[0].FreezeAsync();
        using var own = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var lastOfFrozen = await FollowAsync(own);
        frozen.SetResult();
        await RunningEngine.UntilAsync(() => Task.FromResult(Arrived().DistinctBy(received => received.ControlId).Count() == Deliveries));
        var beforeThaw = Arrived();

        await _engines[0].ThawAsync();
        await RunningEngine.UntilAsync(async () => await StateAsync(_folders[0]) == "waiting");

        var arrived = Arrived();
        arrived.Should().Equal(beforeThaw, "the other node has sent everything meanwhile");
        arrived.Should().Contain(received => received.Connection > lastOfFrozen, "there was more to send");
        AssertOrder(queued, arrived, lastOfFrozen);
        await RunningEngine.UntilAsync(async () => await DeliveredAsync(store) == Deliveries);
    }

    private async Task<List<DeliveryWrite>> QueueAsync(IEngineStore store)
    {
        var queued = Enumerable.Range(0, Deliveries).Select(number => StoreSamples.Delivery(_ids.Next(), $"lane {number % Lanes}", OutboundLedger.Destination)).ToList();
        await store.CommitAsync(new CommitUnit { Practice = WorkFolder.Practice, Deliveries = queued }, default);
        return queued;
    }

    private static async Task<long> DeliveredAsync(IEngineStore store) =>
        (await store.ReadAsync(reader => reader.DeliveryCounts(), default)).Where(count => count.State == DeliveryState.Delivered).Sum(count => count.Count);

    /// <summary>Answers a number of messages; what comes then is on its way until the engine is frozen, and its replies come when nobody reads them.</summary>
    /// <returns>To be set when the engine is frozen.</returns>
    private TaskCompletionSource HoldRepliesBack()
    {
        var frozen = new TaskCompletionSource();
        var count = 0;
        _receiver.Answers = async message =>
        {
            if (Interlocked.Increment(ref count) > AnsweredBefore)
            {
                await frozen.Task;
            }

            await Receiver.SendAsync(message.Socket, message.Reply("AA"));
            return true;
        };
        return frozen;
    }

    /// <summary>Makes a connection of the test's own: they are taken in the order in which they are made, so what the frozen node made is before it.</summary>
    /// <returns>Its number.</returns>
    private async Task<int> FollowAsync(Socket own)
    {
        await own.ConnectAsync(IPAddress.Loopback, _receiver.Port);
        await own.SendAsync(System.Text.Encoding.ASCII.GetBytes($"\u000bMSH|^~\\&|||||||ADT^A08|{OwnId}|P|2.3\r\u001c\r"));
        await RunningEngine.UntilAsync(() => Task.FromResult(_receiver.All.Exists(received => received.ControlId == OwnId)));
        return _receiver.All.Single(received => received.ControlId == OwnId).Connection;
    }

    private List<Received> Arrived() => [.. _receiver.All.Where(received => received.ControlId != OwnId)];

    private static void AssertOrder(List<DeliveryWrite> queued, List<Received> arrived, int lastOfFrozen)
    {
        foreach (var lane in queued.GroupBy(write => write.Lane))
        {
            var places = lane.Index().ToDictionary(write => write.Item.ControlId, write => write.Index);
            arrived.Where(received => places.ContainsKey(received.ControlId)).Select(received => places[received.ControlId])
                .Should().BeInAscendingOrder("what comes again comes before what follows it in {0}", lane.Key);
        }

        foreach (var again in arrived.GroupBy(received => received.ControlId).Where(group => group.Count() > 1))
        {
            again.Select(received => received.Connection <= lastOfFrozen).Should().Equal([true, false], "only what the frozen node had on its way is sent again, once, by the other");
        }

        var bodies = queued.ToDictionary(write => write.ControlId, write => write.Body);
        arrived.Should().OnlyContain(received => received.Body.SequenceEqual(bodies[received.ControlId].ToArray()));
    }

    private static async Task<string?> StateAsync(WorkFolder folder)
    {
        await using var control = await ControlClient.TryConnectAsync(folder.Data, default);
        return control is not null && await control.AskAsync(new StatusRequest { Actor = "test" }, default) is StatusAnswer status ? status.Destinations.Single().State : null;
    }
}
