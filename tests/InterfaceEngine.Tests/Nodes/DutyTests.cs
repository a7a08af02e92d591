using System.Threading.Channels;
using InterfaceEngine.Nodes;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Nodes;

/// <summary>What one process does for all: by one at a time, and always by one.</summary>
public sealed class DutyTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly RecordingLogger<Duty> _log = new();
    private readonly Channel<string> _begun = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _ended = Channel.CreateUnbounded<string>();
    private readonly SqliteStore _store;

    public DutyTests() => _store = _folder.Open(_clock);

    public void Dispose()
    {
        _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_does_it_and_another_goes_on_when_that_one_ends()
    {
        using var stop = new CancellationTokenSource();
        using var stopAll = new CancellationTokenSource();
        var one = RunAsync("one", stop.Token);
        (await NextAsync(_begun)).Should().Be("one");
        var two = RunAsync("two", stopAll.Token);

        await stop.CancelAsync();
        await one.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();

        (await NextAsync(_begun)).Should().Be("two");
        _begun.Reader.Count.Should().Be(0);
        await stopAll.CancelAsync();
        await two.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Who_lost_it_stops_at_once_and_stands_ready_again()
    {
        using var stop = new CancellationTokenSource();
        var one = RunAsync("one", stop.Token);
        await NextAsync(_begun);

        // Another has it by now, as if the first had been silent for long: the next renewal tells.
        await _store.Leases.ReleaseAsync(new Lease(Duty.LeaseOf("ledger"), "one", 1), default);
        (await _store.Leases.TakeAsync(Duty.LeaseOf("ledger"), "two", TimeSpan.FromSeconds(1), default)).Should().NotBeNull();
        _clock.Advance(Duty.LeaseFor / 3);

        (await NextAsync(_ended)).Should().Be("one");
        var begun = NextAsync(_begun);
        while (!begun.IsCompleted)
        {
            // The pause, and then the time after which it asks again.
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await begun).Should().Be("one");
        await stop.CancelAsync();
        await one.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_failure_of_the_work_is_the_engines()
    {
        var duty = New("one");

        var run = () => duty.RunAsync(_ => throw new InvalidOperationException("it broke"), default);

        await run.Should().ThrowAsync<InvalidOperationException>();
        (await _store.Leases.TakeAsync(Duty.LeaseOf("ledger"), "two", TimeSpan.FromSeconds(1), default)).Should().NotBeNull("the duty is free for another");
    }

    private Duty New(string owner) => new("ledger", owner, _store.Leases, _clock, _log);

    private Task RunAsync(string owner, CancellationToken stop) => New(owner).RunAsync(
        async ending =>
        {
            _begun.Writer.TryWrite(owner);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ending);
            }
            finally
            {
                _ended.Writer.TryWrite(owner);
            }
        },
        stop);

    private static Task<string> NextAsync(Channel<string> channel) => channel.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
}
