using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>Order within a lane, and that nothing which stands still stops what it need not stop.</summary>
public sealed class DeliveryLaneTests : IAsyncLifetime
{
    private readonly SenderBench _bench = SenderBench.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_held_delivery_stops_its_own_lane_and_no_other()
    {
        _bench.Receiver.Answers = async message =>
        {
            await Receiver.SendAsync(message.Socket, message.Reply(message == _bench.Receiver.All[0] ? "AE" : "AA"));
            return true;
        };
        var bad = await _bench.QueueAsync("lane 1");
        var behind = await _bench.QueueAsync("lane 1");
        var other = await _bench.QueueAsync("lane 2");

        _bench.Start();
        await _bench.SettledAsync(other, DeliveryState.Delivered);
        await _bench.StopAsync();

        (await _bench.ReadAsync(bad)).State.Should().Be(DeliveryState.Held);
        (await _bench.ReadAsync(behind)).State.Should().Be(DeliveryState.Waiting);
        _bench.Receiver.All.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_persons_retry_sends_a_held_delivery_again_and_its_lane_goes_on()
    {
        _bench.Receiver.Answer("AE");
        _bench.Start();
        var bad = await _bench.QueueAsync();
        var behind = await _bench.QueueAsync();
        await _bench.SettledAsync(bad, DeliveryState.Held);
        _bench.Receiver.Answer("AA");

        await _bench.DecideAsync(bad, DeliveryVerdict.Retry);

        await _bench.SettledAsync(bad, DeliveryState.Delivered);
        await _bench.SettledAsync(behind, DeliveryState.Delivered);
        _bench.Receiver.All.Select(received => received.ControlId).Should().Equal(bad.ControlId, bad.ControlId, behind.ControlId);
    }

    [Fact]
    public async Task Every_lane_keeps_its_order_over_sixteen_connections()
    {
        const int Lanes = 40;
        const int Each = 12;
        _bench.Delivery = _bench.Delivery with { Connections = 16, OnTheirWayMax = 64 };
        var random = new Random(7);
        _bench.Receiver.Answers = async message =>
        {
            // Some are answered late and some not at all, so that lanes overtake each other.
            lock (random)
            {
                if (random.Next(10) == 0)
                {
                    return false;
                }
            }

            await Task.Yield();
            await Receiver.SendAsync(message.Socket, message.Reply("AA"));
            return true;
        };
        var order = new Dictionary<string, List<string>>();
        for (var number = 0; number < Lanes * Each; number++)
        {
            var lane = $"lane {number % Lanes}";
            var write = await _bench.QueueAsync(lane);
            (order.TryGetValue(lane, out var ids) ? ids : order[lane] = []).Add(write.ControlId);
        }

        _bench.Start();
        for (var delivered = 0; delivered < Lanes * Each;)
        {
            delivered += (await _bench.Store.Settlements.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1))).State is DeliveryState.Delivered ? 1 : 0;
        }

        foreach (var ids in order.Values)
        {
            // A message that got no reply is sent again before the next of its lane, so only neighbours repeat.
            var arrived = _bench.Receiver.All.Select(received => received.ControlId).Where(ids.Contains).ToList();
            arrived.Where((id, index) => index == 0 || arrived[index - 1] != id).Should().Equal(ids);
        }

        _bench.Receiver.Opened.Should().BeGreaterThanOrEqualTo(16);
    }

    [Fact]
    public async Task A_connection_that_is_never_answered_stops_no_other()
    {
        _bench.Delivery = _bench.Delivery with { Connections = 4, OnTheirWayMax = 8 };
        var stalled = 0;
        var isOver = new TaskCompletionSource();
        _bench.Receiver.Answers = async message =>
        {
            if (Interlocked.CompareExchange(ref stalled, message.Connection, 0) is var first && (first == 0 || first == message.Connection))
            {
                await isOver.Task;
                return false;
            }

            await Receiver.SendAsync(message.Socket, message.Reply("AA"));
            return true;
        };
        for (var lane = 0; lane < 80; lane++)
        {
            await _bench.QueueAsync($"lane {lane}");
        }

        _bench.Start();

        // A quarter of the lanes, more or less, goes over the connection that stands still.
        for (var delivered = 0; delivered < 40;)
        {
            delivered += (await _bench.Store.Settlements.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1))).State is DeliveryState.Delivered ? 1 : 0;
        }

        isOver.SetResult();
    }

    [Fact]
    public async Task A_message_that_gets_no_reply_while_others_get_theirs_is_held()
    {
        _bench.Options = _bench.Options with { Client = new MllpClientOptions { ReplyTimeout = TimeSpan.FromMilliseconds(500) } };
        _bench.Delivery = _bench.Delivery with { UnansweredMax = 2 };
        var bad = await _bench.QueueAsync("lane 1");
        _bench.Receiver.Answers = async message =>
        {
            await Receiver.SendAsync(message.Socket, message.ControlId == bad.ControlId ? [] : message.Reply("AA"));
            return true;
        };
        _bench.Start();

        StoredDelivery found;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            await _bench.SettledAsync(await _bench.QueueAsync("lane 2"), DeliveryState.Delivered);
            found = await _bench.ReadAsync(bad);
        }
        while (found.State is DeliveryState.Waiting);

        found.Should().BeEquivalentTo(new { State = DeliveryState.Held, Code = "no reply" });
        found.Reason.Should().EndWith("(given up: 2 times without a reply while others got theirs)");
    }

    [Fact]
    public async Task A_receiver_that_answers_nothing_has_no_message_held()
    {
        _bench.Options = _bench.Options with { Client = new MllpClientOptions { ReplyTimeout = TimeSpan.FromMilliseconds(500) } };
        _bench.Delivery = _bench.Delivery with { UnansweredMax = 1 };
        var count = 0;
        _bench.Receiver.Answers = async message =>
        {
            await Receiver.SendAsync(message.Socket, ++count <= 3 ? [] : message.Reply("AA"));
            return true;
        };
        var (first, second) = (await _bench.QueueAsync("lane 1"), await _bench.QueueAsync("lane 1"));

        _bench.Start();

        await _bench.SettledAsync(first, DeliveryState.Delivered);
        await _bench.SettledAsync(second, DeliveryState.Delivered);
    }

    [Fact]
    public async Task What_was_dismissed_while_the_receiver_was_down_is_not_sent_when_it_is_back()
    {
        await _bench.Receiver.StopListeningAsync();
        var write = await _bench.QueueAsync();
        var behind = await _bench.QueueAsync();
        _bench.Delivery = _bench.Delivery with { BackOffMin = TimeSpan.FromSeconds(5), BackOffMax = TimeSpan.FromSeconds(5) };
        _bench.Start();
        await _bench.Log.Logged("DestinationUnreachable");

        await _bench.DecideAsync(write, DeliveryVerdict.Dismiss);
        _bench.Receiver.ListenAgain();

        await _bench.SettledAsync(behind, DeliveryState.Delivered);
        _bench.Receiver.All.Should().ContainSingle().Which.ControlId.Should().Be(behind.ControlId);
        (await _bench.ReadAsync(write)).State.Should().Be(DeliveryState.Dismissed);
    }
}
