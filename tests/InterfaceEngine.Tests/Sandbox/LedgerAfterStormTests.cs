using InterfaceEngine.Control;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox;

/// <summary>
/// An hour of two clinics' traffic, run faster than real time, from senders that misbehave in every way they can: about
/// every second message meets a fault. While it runs and afterwards the ledger, with rows counted, has no difference.
/// </summary>
public sealed class LedgerAfterStormTests : IAsyncLifetime
{
    private const double Chance = 0.08;
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private RunningEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await RunningEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task An_hour_of_traffic_with_faults_leaves_no_difference_in_the_ledger()
    {
        var athena = SendAsync(_engine.Athena, FeedStyle.Athena, seed: 1);
        var guide = SendAsync(_engine.Guide, FeedStyle.Guide, seed: 2);
        var both = Task.WhenAll(athena, guide);
        while (!both.IsCompleted)
        {
            (await _engine.AskAsync(new LedgerRequest(null, null, IsFull: false) { Actor = "test" })).Differences.Select(one => one.Text).Should().BeEmpty("what is on its way is no difference");
            await Task.WhenAny(both, Task.Delay(TimeSpan.FromMilliseconds(200)));
        }

        var accounts = await both;
        var ledger = await WhenAllIsSettledAsync();

        accounts.Should().OnlyContain(account => account.Unanswered == 0 && account.ResendsUnequal == 0);
        accounts.Sum(account => account.Faults.Values.Sum()).Should().BeGreaterThan((int)accounts.Sum(account => account.Messages) / 3, "it is a storm");
        ledger.Differences.Select(difference => difference.Text).Should().BeEmpty();
        ledger.IsBalanced.Should().BeTrue();
        foreach (var (name, account) in new[] { (TestEngine.Athena.Name, accounts[0]), (TestEngine.Guide.Name, accounts[1]) })
        {
            var source = ledger.Sources.Single(line => line.Source == name);
            (source.Missing, source.Interrupted).Should().Be((0, 0));
            source.States.Values.Sum().Should().BeInRange(account.Messages, account.FramesSent, "every whole frame has a state");
            source.Unanswered.Should().BeInRange(1, account.Faults[FaultKind.Drop], "only what was cut off before its end has no answer");
            source.Received.Should().Be(source.States.Values.Sum() + source.Unanswered);
            source.States.Keys.Should().NotContain(MessageState.Quarantined.Text()).And.NotContain(MessageState.Parked.Text()).And.NotContain(MessageState.Held.Text());
            account.Codes.Values.Sum().Should().Be(account.Messages);
        }
    }

    /// <summary>What a sender did not wait for may still be on its way when it has its last reply.</summary>
    private async Task<LedgerAnswer> WhenAllIsSettledAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var ledger = await _engine.AskAsync(new LedgerRequest(null, null, IsFull: true) { Actor = "test" });
            if (ledger.Sources.All(source => source.OnTheirWay == 0))
            {
                return ledger;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    private static Task<FeedAccount> SendAsync(System.Net.IPEndPoint to, FeedStyle style, int seed)
    {
        var feed = new ClinicFeed(style, new ClinicOptions { Seed = seed, Events = 1_800, People = 250, Length = _hour });
        var faults = FaultOptions.All(FaultOptions.OfSender, Chance, seed) with { Pause = TimeSpan.FromMilliseconds(1) };
        return new FeedClient(new FeedClientOptions { To = to, Connections = 6, Faults = faults }, TimeProvider.System).SendAsync(feed.Messages(), default);
    }
}
