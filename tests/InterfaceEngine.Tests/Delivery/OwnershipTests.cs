using InterfaceEngine.Delivery;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>One owner for each destination, and what becomes of deliveries when it stops, fails or loses the lease.</summary>
public sealed class OwnershipTests : IAsyncLifetime
{
    private readonly SenderBench _bench = SenderBench.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_second_process_sends_nothing_while_the_first_owns_the_destination_and_goes_on_after_it()
    {
        _bench.Start("one");
        await _bench.Log.Logged("DestinationOwned");
        var second = _bench.Start("two");
        var first = await _bench.QueueAsync();
        await _bench.SettledAsync(first, DeliveryState.Delivered);
        second.Status.State.Should().Be("waiting");

        await _bench.StopAsync();
        var next = await _bench.QueueAsync();

        await _bench.SettledAsync(next, DeliveryState.Delivered);
        _bench.Receiver.All.Select(received => received.ControlId).Should().Equal(first.ControlId, next.ControlId);
        (await _bench.Store.ReadAsync(reader => reader.Leases(), default)).Single().Owner.Should().Be("two");
    }

    [Fact]
    public async Task An_owner_that_lost_the_lease_settles_nothing_and_stops_sending()
    {
        var isHeldBack = new TaskCompletionSource();
        _bench.Receiver.Answers = async message =>
        {
            await isHeldBack.Task;
            await Receiver.SendAsync(message.Socket, message.Reply("AA"));
            return true;
        };
        _bench.Start("one");
        var sent = await _bench.QueueAsync("lane 1");
        await _bench.Receiver.NextAsync();

        // For the store, an hour passes: the lease is over, and another process takes it.
        _bench.Clock.Advance(TimeSpan.FromHours(1));
        var other = await _bench.Store.Leases.TakeAsync(DestinationSender.LeaseOf(SenderBench.Destination), "two", TimeSpan.FromHours(1), default);
        var later = await _bench.QueueAsync("lane 2");
        isHeldBack.SetResult();
        await _bench.StopAsync();

        other.Should().NotBeNull();
        (await _bench.ReadAsync(sent)).State.Should().Be(DeliveryState.Waiting, "whoever owns it now sends it again");
        (await _bench.ReadAsync(later)).State.Should().Be(DeliveryState.Waiting);
        _bench.Receiver.All.Should().ContainSingle();
    }

    [Fact]
    public async Task While_the_store_fails_what_was_delivered_is_remembered_and_settled_later_without_sending_it_again()
    {
        _bench.Store.SettleFailures = 3;
        _bench.Start();
        var write = await _bench.QueueAsync();

        await _bench.SettledAsync(write, DeliveryState.Delivered);

        _bench.Receiver.All.Should().ContainSingle();
        await _bench.Log.Logged("SenderStoreAnswers");
        _bench.Log.Lines.Should().ContainSingle(line => line.Name == "SenderStoreFailed", "three failures in a row are one outage");
    }

    [Fact]
    public async Task What_could_not_be_settled_before_the_stop_is_sent_again_with_the_same_control_id()
    {
        _bench.Store.SettleFailures = int.MaxValue;
        _bench.Delivery = _bench.Delivery with { StopTimeout = TimeSpan.FromMilliseconds(50) };
        _bench.Start();
        var write = await _bench.QueueAsync();
        await _bench.Log.Logged("SenderStoreFailed");
        await _bench.StopAsync();
        _bench.Store.SettleFailures = 0;

        _bench.Start("two");
        await _bench.SettledAsync(write, DeliveryState.Delivered);

        _bench.Receiver.All.Should().HaveCount(2).And.OnlyContain(received => received.Body.SequenceEqual(write.Body.ToArray()));
    }

    [Fact]
    public async Task A_stop_lets_what_is_being_sent_end_and_settles_it()
    {
        _bench.Delivery = _bench.Delivery with { StopTimeout = TimeSpan.FromMinutes(1) };
        var reply = new TaskCompletionSource();
        _bench.Receiver.Answers = async message =>
        {
            await reply.Task;
            await Receiver.SendAsync(message.Socket, message.Reply("AA"));
            return true;
        };
        _bench.Start();
        var sent = await _bench.QueueAsync();
        var behind = await _bench.QueueAsync();
        await _bench.Receiver.NextAsync();

        var stopping = await _bench.TellToStopAsync();
        reply.SetResult();
        await stopping;

        (await _bench.ReadAsync(sent)).State.Should().Be(DeliveryState.Delivered);
        (await _bench.ReadAsync(behind)).State.Should().Be(DeliveryState.Waiting);
        _bench.Receiver.All.Should().ContainSingle();
    }

    [Fact]
    public async Task A_stop_breaks_off_what_gets_no_reply_in_time()
    {
        _bench.Delivery = _bench.Delivery with { StopTimeout = TimeSpan.FromMilliseconds(50) };
        _bench.Receiver.Answers = _ => Task.FromResult(true);
        _bench.Start();
        var sent = await _bench.QueueAsync();
        await _bench.Receiver.NextAsync();

        await _bench.StopAsync();

        (await _bench.ReadAsync(sent)).Should().BeEquivalentTo(new { State = DeliveryState.Waiting, Attempts = 0 });
    }
}
