using InterfaceEngine.Nodes;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Nodes;

/// <summary>When a process is sure of its lease, and when another gets it.</summary>
public sealed class OwnershipTests : IDisposable
{
    private const string Name = "destination/athena";
    private static readonly TimeSpan _lasts = TimeSpan.FromSeconds(30);

    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly RecordingLogger<Ownership> _log = new();
    private readonly SqliteStore _store;

    public OwnershipTests() => _store = _folder.Open(_clock);

    public void Dispose()
    {
        _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_lease_that_can_not_be_renewed_ends_by_itself()
    {
        var leases = new UnrenewedLeases(_store.Leases);
        await using var ownership = (await Ownership.TryTakeAsync(leases, Name, "one", TimeSpan.FromMilliseconds(300), TimeProvider.System, _log, default))!;

        await _log.Logged("LeaseLost");

        await Soon.HoldsAsync(() => ownership.Lost.IsCancellationRequested.Should().BeTrue());
        ownership.Invoking(lost => lost.ThrowUnlessSure()).Should().Throw<OwnershipLostException>();
    }

    [Fact]
    public async Task An_owner_that_was_not_renewed_in_time_is_not_sure_before_any_timer_tells_it()
    {
        var machine = new PausedMachine();
        await using var ownership = await TakeAsync(machine);
        ownership.IsSure.Should().BeTrue();

        machine.Counted += _lasts * 0.95;
        machine.Told += _lasts * 0.95;

        ownership.IsSure.Should().BeFalse();
    }

    [Theory]
    [InlineData(0, 60, "a virtual machine was paused: the counting clock stood still")]
    [InlineData(5, 28, "the clock that tells the time was put forward, or the machine was paused")]
    [InlineData(28, 5, "the clock that tells the time was put back")]
    [InlineData(0, -60, "the clock that tells the time was put back")]
    public async Task Nothing_is_sure_where_the_two_clocks_of_the_machine_disagree(int counted, int told, string because)
    {
        var machine = new PausedMachine();
        await using var ownership = await TakeAsync(machine);

        machine.Counted += TimeSpan.FromSeconds(counted);
        machine.Told += TimeSpan.FromSeconds(told);

        ownership.IsSure.Should().BeFalse(because);
    }

    [Fact]
    public async Task A_clock_that_is_set_a_little_takes_nothing_away()
    {
        var machine = new PausedMachine();
        await using var ownership = await TakeAsync(machine);

        machine.Counted += TimeSpan.FromSeconds(10);
        machine.Told += TimeSpan.FromSeconds(11);

        ownership.IsSure.Should().BeTrue();
    }

    [Fact]
    public async Task Who_waits_for_a_lease_gets_it_as_soon_as_it_is_given_back()
    {
        var first = (await Ownership.TryTakeAsync(_store.Leases, Name, "one", _lasts, _clock, _log, default))!;
        var waiting = Ownership.TakeAsync(_store.Leases, Name, "two", _lasts, _clock, _log, default);

        // No time passes on this clock, so nothing but the word that it is free can wake the second.
        await first.DisposeAsync();
        await using var second = await waiting.WaitAsync(TimeSpan.FromMinutes(1));

        second.Lease.Should().Be(new Lease(Name, "two", first.Lease.Number + 1));
    }

    [Fact]
    public async Task Who_waits_for_a_lease_stops_waiting_when_it_is_told_to()
    {
        await using var first = (await Ownership.TryTakeAsync(_store.Leases, Name, "one", _lasts, _clock, _log, default))!;
        using var stop = new CancellationTokenSource();
        var waiting = Ownership.TakeAsync(_store.Leases, Name, "two", _lasts, _clock, _log, stop.Token);

        await stop.CancelAsync();

        await waiting.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Who_can_not_renew_for_a_reason_of_its_own_has_lost_the_lease_all_the_same()
    {
        var leases = new UnrenewedLeases(_store.Leases) { Failure = new InvalidOperationException("it broke") };
        var ownership = (await Ownership.TryTakeAsync(leases, Name, "one", _lasts, _clock, _log, default))!;

        _clock.Advance(_lasts / 3);
        await _log.Logged("LeaseLost");

        await Soon.HoldsAsync(() => ownership.Lost.IsCancellationRequested.Should().BeTrue());
        await ownership.Awaiting(one => one.DisposeAsync().AsTask()).Should().ThrowAsync<InvalidOperationException>();
    }

    private async Task<Ownership> TakeAsync(TimeProvider machine) => (await Ownership.TryTakeAsync(_store.Leases, Name, "one", _lasts, machine, _log, default))!;

    /// <summary>A machine whose two clocks a test moves by themselves. Its timers never come.</summary>
    private sealed class PausedMachine : TimeProvider
    {
        public TimeSpan Counted { get; set; }

        public TimeSpan Told { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Counted.Ticks;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero) + Told;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>Real leases that can be taken and given back, and are never renewed: as of a process that is frozen, or cut off.</summary>
internal sealed class UnrenewedLeases(ILeaseStore inner) : ILeaseStore
{
    public event Action? Freed
    {
        add => inner.Freed += value;
        remove => inner.Freed -= value;
    }

    public Exception Failure { get; init; } = new StoreUnavailableException("the disk is full");

    public Task<Lease?> TakeAsync(string name, string owner, TimeSpan lasts, CancellationToken cancellationToken) => inner.TakeAsync(name, owner, lasts, cancellationToken);

    public Task<bool> RenewAsync(Lease lease, TimeSpan lasts, CancellationToken cancellationToken) => throw Failure;

    public Task ReleaseAsync(Lease lease, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, cancellationToken);
}
