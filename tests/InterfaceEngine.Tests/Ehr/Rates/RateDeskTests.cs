using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Ehr.Rates;

/// <summary>Calls that wait for their turn, with the store that nodes share.</summary>
public sealed class RateDeskTests : IAsyncLifetime, IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private SqliteStore _store = null!;

    public Task InitializeAsync()
    {
        _store = _folder.Open(_time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_nodes_keep_one_limit_between_them()
    {
        await using var one = Desk(new RateOptions { PerSecond = 3 });
        await using var other = Desk(new RateOptions { PerSecond = 3 });

        var turns = new[] { one, other, one, other, one, other }.Select(desk => desk.TurnAsync(CallPriority.Sync, false, default)).ToList();

        await Soon.HoldsAsync(() => turns.Count(turn => turn.IsCompletedSuccessfully).Should().Be(3));
        await StepAsync(() => turns.TrueForAll(turn => turn.IsCompletedSuccessfully));
        _time.GetUtcNow().Second.Should().BeGreaterThanOrEqualTo(1);
        (await one.StateAsync(default)).UsedToday.Should().Be(6);
    }

    [Fact]
    public async Task A_restart_forgets_nothing_of_the_day()
    {
        await using (var before = Desk(new RateOptions { PerDay = 2 }))
        {
            await before.TurnAsync(CallPriority.Sync, false, default);
            await before.TurnAsync(CallPriority.Sync, false, default);
        }

        await _store.DisposeAsync();
        _store = _folder.Open(_time);
        await using var after = Desk(new RateOptions { PerDay = 2 });

        var refused = (await FluentActions.Awaiting(() => after.TurnAsync(CallPriority.Booking, false, default)).Should().ThrowAsync<EhrException>()).Which;
        (refused.Fault, refused.RetryAfter).Should().Be((EhrFault.RateLimited, TimeSpan.FromHours(12)));
        _time.Advance(TimeSpan.FromHours(12));
        await after.TurnAsync(CallPriority.Booking, false, default);
        (await after.StateAsync(default)).UsedToday.Should().Be(1);
    }

    [Fact]
    public async Task The_most_urgent_goes_first()
    {
        await using var desk = Desk(new RateOptions { PerSecond = 1 });
        await desk.TurnAsync(CallPriority.Bulk, false, default);
        var (bulk, sync, booking) = (desk.TurnAsync(CallPriority.Bulk, false, default), desk.TurnAsync(CallPriority.Sync, false, default), desk.TurnAsync(CallPriority.Booking, false, default));

        await StepAsync(() => booking.IsCompletedSuccessfully);
        (bulk.IsCompleted, sync.IsCompleted).Should().Be((false, false));
        await StepAsync(() => sync.IsCompletedSuccessfully);
        bulk.IsCompleted.Should().BeFalse();
        await StepAsync(() => bulk.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_waits_can_give_up_and_takes_nothing()
    {
        await using var desk = Desk(new RateOptions { PerSecond = 1, PerDay = 100 });
        await desk.TurnAsync(CallPriority.Sync, false, default);
        using var stop = new CancellationTokenSource();
        var given = desk.TurnAsync(CallPriority.Booking, false, stop.Token);
        await stop.CancelAsync();

        await FluentActions.Awaiting(() => given).Should().ThrowAsync<OperationCanceledException>();
        var next = desk.TurnAsync(CallPriority.Bulk, false, default);
        await StepAsync(() => next.IsCompletedSuccessfully);
        (await desk.StateAsync(default)).UsedToday.Should().Be(2);
    }

    [Fact]
    public async Task A_token_that_waits_for_its_own_limit_does_not_hold_up_calls()
    {
        await using var desk = Desk(new RateOptions { PerSecond = 100, TokensPerMinute = 1, WaitMax = TimeSpan.FromMinutes(5) });
        await desk.TurnAsync(CallPriority.Booking, true, default);
        var token = desk.TurnAsync(CallPriority.Booking, true, default);

        await desk.TurnAsync(CallPriority.Bulk, false, default);
        token.IsCompleted.Should().BeFalse();
        await StepAsync(() => token.IsCompletedSuccessfully, TimeSpan.FromSeconds(5));
        _time.GetUtcNow().Minute.Should().Be(1);
    }

    [Fact]
    public async Task A_call_that_comes_while_nothing_but_a_token_waits_goes_at_once()
    {
        await using var desk = Desk(new RateOptions { PerSecond = 100, TokensPerMinute = 1, WaitMax = TimeSpan.FromMinutes(5) });
        await desk.TurnAsync(CallPriority.Booking, true, default);
        var token = desk.TurnAsync(CallPriority.Booking, true, default);
        await Soon.HoldsAsync(() => _time.Timers.Should().BePositive());

        await desk.TurnAsync(CallPriority.Sync, false, default).WaitAsync(TimeSpan.FromMinutes(1));
        token.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task More_than_may_wait_are_given_back_and_without_a_limit_nobody_waits()
    {
        await using var desk = Desk(new RateOptions { PerSecond = 1, WaitingMax = 1 });
        await desk.TurnAsync(CallPriority.Sync, false, default);
        var waits = desk.TurnAsync(CallPriority.Sync, false, default);

        (await FluentActions.Awaiting(() => desk.TurnAsync(CallPriority.Sync, false, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.RateLimited);
        await StepAsync(() => waits.IsCompletedSuccessfully);
        await using var free = Desk(new RateOptions());
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => free.TurnAsync(CallPriority.Bulk, false, default)));
    }

    [Theory]
    [InlineData(true, 30, 63)]
    [InlineData(false, 0.4, 1.1)]
    public async Task A_429_that_says_nothing_holds_to_the_next_minute_or_for_a_second(bool isToTheMinute, double least, double most)
    {
        _time.Advance(TimeSpan.FromSeconds(29));
        await using var desk = Desk(new RateOptions { PerSecond = 5, IsBareLimitToTheMinute = isToTheMinute, WaitMax = TimeSpan.FromMinutes(5) });
        await desk.ObserveAsync(new EhrAnswer { Status = System.Net.HttpStatusCode.TooManyRequests, Body = default, ServerTime = _time.GetUtcNow() }, isRefused: true, default);
        await using var other = Desk(new RateOptions { PerSecond = 5, WaitMax = TimeSpan.FromMinutes(5) });
        var paused = DateTimeOffset.FromUnixTimeMilliseconds((await other.StateAsync(default)).PausedUntil) - _time.GetUtcNow();

        paused.TotalSeconds.Should().BeInRange(least, most, "all nodes pause");
        var turn = other.TurnAsync(CallPriority.Booking, false, default);
        _time.Advance(paused - TimeSpan.FromMilliseconds(1));
        turn.IsCompleted.Should().BeFalse();
        await StepAsync(() => turn.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_store_that_fails_lets_nobody_go_and_nobody_wait_for_ever()
    {
        var store = new Refusing(_store.Connections);
        await using var desk = new RateDesk(Connected.Options("http://127.0.0.1") with { Rate = new RateOptions { PerSecond = 1 } }, store, _time, NullLogger.Instance);

        await FluentActions.Awaiting(() => desk.TurnAsync(CallPriority.Booking, false, default)).Should().ThrowAsync<StoreUnavailableException>();
        store.IsRefusing = false;
        await desk.TurnAsync(CallPriority.Booking, false, default);
        (await desk.StateAsync(default)).UsedToday.Should().Be(1);
    }

    /// <summary>A store whose disk is full.</summary>
    private sealed class Refusing(IConnectionStore inner) : IConnectionStore
    {
        public bool IsRefusing { get; set; } = true;

        public Task<ConnectionDocument> FindAsync(ConnectionKey key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

        public Task<bool> WriteAsync(IReadOnlyList<ConnectionWrite> writes, CancellationToken cancellationToken) =>
            IsRefusing ? throw new StoreUnavailableException("the disk is full") : inner.WriteAsync(writes, cancellationToken);

        public Task<IReadOnlyList<ConnectionDocument>> ListAsync(string practice, string connection, string kind, string after, int limit, CancellationToken cancellationToken) =>
            inner.ListAsync(practice, connection, kind, after, limit, cancellationToken);

        public Task<IReadOnlyList<ConnectionDocument>> DueAsync(string kind, int limit, CancellationToken cancellationToken) => inner.DueAsync(kind, limit, cancellationToken);

        public Task<int> DropAsync(string kind, long writtenBefore, int limit, CancellationToken cancellationToken) => inner.DropAsync(kind, writtenBefore, limit, cancellationToken);
    }

    private RateDesk Desk(RateOptions rate) =>
        new(Connected.Options("http://127.0.0.1") with { Rate = rate }, _store.Connections, _time, NullLogger.Instance);

    /// <summary>Moves time on until something is so. What waits by the clock has its timer by then, or gets it soon and waits for the next step.</summary>
    private async Task StepAsync(Func<bool> isSo, TimeSpan? step = null)
    {
        for (var steps = 0; !isSo(); steps++)
        {
            steps.Should().BeLessThan(2_000);
            _time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            await Task.Delay(5);
        }
    }
}
