using InterfaceEngine.Delivery;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>A destination's lease that is lost at a bad moment costs its owner the sending, and nothing else.</summary>
public sealed class LostLeaseTests : IAsyncLifetime
{
    private readonly SenderBench _bench = SenderBench.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Who_loses_the_lease_while_the_store_fails_sends_again_as_soon_as_it_has_the_lease_back()
    {
        _bench.Delivery = _bench.Delivery with { LeaseFor = TimeSpan.FromSeconds(6) };
        _bench.Store.SettleFailures = int.MaxValue;
        _bench.Start("one");
        var write = await _bench.QueueAsync();
        await _bench.Log.Logged("SenderStoreFailed");

        var other = await TakeAsync("two");
        await _bench.Log.Logged("LeaseLost");
        _bench.Store.SettleFailures = 0;
        await _bench.Log.Logged("NotSettledInTime");
        await _bench.Store.Leases.ReleaseAsync(other, default);

        await _bench.SettledAsync(write, DeliveryState.Delivered);
        _bench.Receiver.All.Should().OnlyContain(received => received.ControlId == write.ControlId && received.Body.SequenceEqual(write.Body.ToArray()));
    }

    /// <summary>For the store, hours pass until the lease is over; its owner may renew it in between.</summary>
    private async Task<Lease> TakeAsync(string owner)
    {
        while (true)
        {
            _bench.Clock.Advance(TimeSpan.FromHours(1));
            if (await _bench.Store.Leases.TakeAsync(DestinationSender.LeaseOf(SenderBench.Destination), owner, TimeSpan.FromHours(1), default) is { } lease)
            {
                return lease;
            }
        }
    }
}
