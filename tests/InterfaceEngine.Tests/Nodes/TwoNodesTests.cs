using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Nodes;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Delivery;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Nodes;

/// <summary>Who sends to a destination that two nodes have.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class TwoNodesTests
{
    private static readonly IdSource _ids = new(TimeProvider.System, Random.Shared) { Node = IdSource.NodeMax };
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    [StoreFact]
    public async Task A_destination_is_sent_to_by_one_node_and_by_the_other_at_once_when_that_one_ends()
    {
        await using var receiver = Receiver.Start();
        await using var nodes = await TwoNodes.StartAsync(receiver: receiver.Port);

        var first = await QueueAsync(nodes.Two, "lane 1");
        (await receiver.NextAsync()).ControlId.Should().Be(first.ControlId);
        await SettledAsync(nodes.Two, first);
        (await OwnerAsync(nodes.Two)).Should().Be(nodes.One.Core.Node.Identity.Owner);

        // Its leases would have lasted for many minutes.
        await nodes.One.DisposeAsync();
        var second = await QueueAsync(nodes.Two, "lane 1");

        (await receiver.NextAsync()).ControlId.Should().Be(second.ControlId);
        await SettledAsync(nodes.Two, second);
        receiver.All.Select(received => received.ControlId).Should().Equal(first.ControlId, second.ControlId);
        (await OwnerAsync(nodes.Two)).Should().Be(nodes.Two.Core.Node.Identity.Owner);
    }

    [StoreFact]
    public async Task A_node_that_stood_still_past_its_lease_settles_nothing_and_sends_nothing_more()
    {
        await using var receiver = Receiver.Start();
        var (isHeldBack, isFirst) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), true);
        receiver.Answers = async message =>
        {
            if (isFirst)
            {
                isFirst = false;
                await isHeldBack.Task;
            }

            await Receiver.SendAsync(message.Socket, message.Reply("AA"));
            return true;
        };
        await using var nodes = await TwoNodes.StartAsync(receiver: receiver.Port);
        var first = await QueueAsync(nodes.One, "lane 1");
        var sentByOne = await receiver.NextAsync();

        // The first node stands still with a message on its way: its lease runs out, and the other takes it.
        await nodes.ExecuteAsync($"UPDATE leases SET expires_at = 0 WHERE name = '{DestinationSender.LeaseOf(TwoNodes.Destination)}'");
        nodes.Two.Core.Store.Signals.Raise(StoreSignal.Freed);
        var sentByTwo = await receiver.NextAsync();
        await SettledAsync(nodes.Two, first);
        var second = await QueueAsync(nodes.One, "lane 1");
        (await receiver.NextAsync()).ControlId.Should().Be(second.ControlId);
        await SettledAsync(nodes.Two, second);
        var before = await ReadAsync(nodes.Two, first);

        // It goes on, and gets the answer to what it had sent.
        isHeldBack.SetResult();
        await RunningEngine.UntilAsync(() => Task.FromResult(StateOf(nodes.One) == "waiting"));

        sentByTwo.Body.Should().Equal(sentByOne.Body, "what may not have arrived is sent again with the same bytes");
        receiver.All.Select(received => received.ControlId).Should().Equal(first.ControlId, first.ControlId, second.ControlId);
        (await ReadAsync(nodes.Two, first)).Should().BeEquivalentTo(new { before.State, before.Attempts, before.SettledAt, before.Code });
        (await OwnerAsync(nodes.Two)).Should().Be(nodes.Two.Core.Node.Identity.Owner);
    }

    [StoreFact]
    public async Task Two_nodes_of_one_name_are_refused_and_each_has_a_number_of_its_own()
    {
        await using var nodes = await TwoNodes.StartAsync();

        var entered = await nodes.One.Core.Store.ReadAsync(reader => reader.Nodes(), default);
        var another = () => EngineHost.StartAsync(
            nodes.Two.Core.Settings with { Data = nodes.Two.Core.Settings.Data + "-2" }, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, TimeProvider.System, default);

        entered.Select(node => (node.Name, node.IsLive)).Should().Equal(("one", true), ("two", true));
        entered.Select(node => node.Number).Should().OnlyHaveUniqueItems();
        (await another.Should().ThrowAsync<StoreOpenException>()).WithMessage("*'two' is running already*");
    }

    [StoreFact]
    public async Task The_duties_go_to_the_other_node_at_once_when_their_node_ends()
    {
        await using var nodes = await TwoNodes.StartAsync();
        string[] duties = [Duty.LeaseOf("ledger"), Duty.LeaseOf("ready messages")];

        await nodes.One.DisposeAsync();

        await RunningEngine.UntilAsync(async () => (await nodes.Two.Core.Store.ReadAsync(reader => reader.Leases(), default))
            .Count(lease => duties.Contains(lease.Name) && lease.Owner == nodes.Two.Core.Node.Identity.Owner) == duties.Length);
    }

    private static string StateOf(EngineHost host) => host.Destinations.Single().State;

    private static async Task<DeliveryWrite> QueueAsync(EngineHost host, string lane)
    {
        var write = StoreSamples.Delivery(_ids.Next(), lane, TwoNodes.Destination);
        await host.Core.Store.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Deliveries = [write], Audit = StoreSamples.Audit() }, default);
        return write;
    }

    private static async Task SettledAsync(EngineHost host, DeliveryWrite write) =>
        await RunningEngine.UntilAsync(async () => (await ReadAsync(host, write)).State == DeliveryState.Delivered).WaitAsync(_patience);

    private static async Task<StoredDelivery> ReadAsync(EngineHost host, DeliveryWrite write) => (await host.Core.Store.ReadAsync(reader => reader.Delivery(write.Id), default))!;

    private static async Task<string> OwnerAsync(EngineHost host) => (await host.Core.Store.ReadAsync(reader => reader.Leases(), default))
        .Single(lease => lease.Name == DestinationSender.LeaseOf(TwoNodes.Destination)).Owner;
}
