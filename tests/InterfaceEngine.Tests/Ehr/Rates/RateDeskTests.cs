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

        foreach (var (next, others) in new[] { (booking, new[] { sync, bulk }), (sync, [bulk]), (bulk, []) })
        {
            // Time for one of them, and for no other.
            await Soon.HoldsAsync(() => _time.Timers.Should().BePositive());
            _time.Advance(TimeSpan.FromSeconds(1.1));
            await next.WaitAsync(TimeSpan.FromMinutes(1));
            others.Should().NotContain(other => other.IsCompleted);
        }
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

        await desk.TurnAsync(CallPriority.Bulk, false, default).WaitAsync(TimeSpan.FromMinutes(1));
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
    public async Task So_does_one_that_comes_while_it_is_written_down_that_a_token_waits()
    {
        var store = new WatchedStore(_store.Connections);
        await using var desk = Desk(new RateOptions { PerSecond = 100, TokensPerMinute = 1, WaitMax = TimeSpan.FromMinutes(5) }, store);
        await desk.TurnAsync(CallPriority.Booking, true, default);
        var (isWriting, goesOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        store.BeforeWriting = () =>
        {
            isWriting.TrySetResult();
            return goesOn.Task;
        };
        var token = desk.TurnAsync(CallPriority.Booking, true, default);
        await isWriting.Task.WaitAsync(TimeSpan.FromMinutes(1));

        var call = desk.TurnAsync(CallPriority.Sync, false, default);
        goesOn.SetResult();

        await call.WaitAsync(TimeSpan.FromMinutes(1));
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
        var store = new WatchedStore(_store.Connections) { BeforeWriting = () => throw new StoreUnavailableException("the disk is full") };
        await using var desk = Desk(new RateOptions { PerSecond = 1 }, store);

        await FluentActions.Awaiting(() => desk.TurnAsync(CallPriority.Booking, false, default)).Should().ThrowAsync<StoreUnavailableException>();
        store.BeforeWriting = () => Task.CompletedTask;
        await desk.TurnAsync(CallPriority.Booking, false, default);
        (await desk.StateAsync(default)).UsedToday.Should().Be(1);
    }

    /// <summary>A store that a test may keep waiting, or whose disk may be full.</summary>
    private sealed class WatchedStore(IConnectionStore inner) : IConnectionStore
    {
        public Func<Task> BeforeWriting { get; set; } = () => Task.CompletedTask;

        public Task<ConnectionDocument> FindAsync(ConnectionKey key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

        public async Task<bool> WriteAsync(IReadOnlyList<ConnectionWrite> writes, CancellationToken cancellationToken)
        {
            await BeforeWriting();
            return await inner.WriteAsync(writes, cancellationToken);
        }

        public Task<IReadOnlyList<ConnectionDocument>> ListAsync(string practice, string connection, string kind, string after, int limit, CancellationToken cancellationToken) =>
            inner.ListAsync(practice, connection, kind, after, limit, cancellationToken);

        public Task<IReadOnlyList<ConnectionDocument>> DueAsync(string kind, int limit, CancellationToken cancellationToken) => inner.DueAsync(kind, limit, cancellationToken);

        public Task<int> DropAsync(string kind, long writtenBefore, int limit, CancellationToken cancellationToken) => inner.DropAsync(kind, writtenBefore, limit, cancellationToken);
    }

    private RateDesk Desk(RateOptions rate, IConnectionStore? store = null) =>
        new(Connected.Options("http://127.0.0.1") with { Rate = rate }, store ?? _store.Connections, _time, NullLogger.Instance);

    /// <summary>Moves time on until something is so, and only while somebody waits by the clock: else much of it would pass a desk by whose thread is not let run.</summary>
    private async Task StepAsync(Func<bool> isSo, TimeSpan? step = null)
    {
        for (var steps = 0; !isSo(); steps++)
        {
            steps.Should().BeLessThan(2_000);
            await Soon.HoldsAsync(() => (_time.Timers > 0 || isSo()).Should().BeTrue());
            if (!isSo())
            {
                _time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
