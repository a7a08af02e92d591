using System.Net;
using InterfaceEngine.Control;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox;

/// <summary>
/// Senders that misbehave, and under them a disk that is full or fails again and again. Whoever got no answer sends again,
/// what was refused is taken up again from the error queue, and the ledger has no difference.
/// </summary>
public sealed class LedgerAfterFailuresTests : IAsyncLifetime
{
    private const int Refused = 40;
    private const int OutageUnits = 5;
    private const int CalmUnits = 100;
    private const int Rounds = 4;
    private static readonly SourceBinding _strict = TestEngine.Guide with { Name = "strict-feed", Strict = true };

    private RunningEngine _engine = null!;
    private FileEvents _log = null!;

    public async Task InitializeAsync() => _engine = await RunningEngine.StartAsync(settings =>
    {
        _log = CountingFileLayer.Watch(Path.Combine(settings.Data, StoreFiles.Database + "-wal"));
        return settings with
        {
            Store = settings.Store with { FileLayer = CountingFileLayer.Name },
            Sources = [.. settings.Sources, new SourceSettings("mllp", _strict, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits())],
        };
    });

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Failures_of_the_store_resends_cut_frames_and_replays_leave_no_difference_in_the_ledger()
    {
        var (outages, accounts) = (0, new List<(string Source, FeedAccount Account)>());
        foreach (var (ofAthena, ofGuide, strict) in InRounds(Day(FeedStyle.Athena, seed: 3)).Zip(InRounds(Day(FeedStyle.Guide, seed: 4)), InRounds(WithoutVisit())))
        {
            // Each round begins under an outage, so that there are some however quick the senders are.
            Fail(outages);
            var sending = Task.WhenAll(SendAsync(TestEngine.Athena, ofAthena), SendAsync(TestEngine.Guide, ofGuide), SendAsync(_strict, strict));
            outages += await FailAgainAndAgainAsync(sending, outages);
            accounts.AddRange(await sending);
        }

        await _engine.RestartAsync(settings => settings with { Sources = [.. settings.Sources.Select(source => source with { Binding = source.Binding with { Strict = false } })] });
        var retried = await RetryAsync();
        await RunningEngine.UntilAsync(async () => (await LedgerAsync()).Sources.All(source => source.OnTheirWay == 0));
        var ledger = await LedgerAsync();

        outages.Should().BeGreaterThanOrEqualTo(Rounds);
        accounts.Sum(one => one.Account.NoReplies).Should().BePositive("who sends while the store fails gets no answer");
        accounts.Should().OnlyContain(one => one.Account.Unanswered == 0 && one.Account.ResendsUnequal == 0);
        retried.Should().HaveCountGreaterThanOrEqualTo(Refused, "what was refused and sent again is there twice").And.OnlyContain(result => result.Passes);
        ledger.Differences.Select(difference => difference.Text).Should().BeEmpty();
        ledger.IsBalanced.Should().BeTrue();
        foreach (var source in ledger.Sources)
        {
            (source.Missing, source.Interrupted).Should().Be((0, 0), source.Source);
            source.Received.Should().Be(source.States.Values.Sum() + source.Unanswered, source.Source);
        }

        foreach (var source in accounts.GroupBy(one => one.Source, one => one.Account.Messages))
        {
            var states = ledger.Sources.Single(one => one.Source == source.Key).States;
            states.Keys.Should().BeSubsetOf(["applied", "unchanged", "duplicate", "ignored"], source.Key);
            (states.Values.Sum() - states.GetValueOrDefault("duplicate")).Should().BeGreaterThanOrEqualTo(source.Sum(), "each message of {0} is there", source.Key);
        }
    }

    /// <summary>Outages, of which the first has begun, each until senders were sent away and then calm for a while, as long as somebody sends.</summary>
    /// <param name="until">Ends when all is sent.</param>
    /// <param name="before">How many there were before.</param>
    /// <returns>How often.</returns>
    private async Task<int> FailAgainAndAgainAsync(Task until, int before)
    {
        var store = _engine.Host.Core.Store;
        for (var outages = 1; ; outages++)
        {
            var failures = store.Counters.Failures;
            await RunningEngine.UntilAsync(() => Task.FromResult(until.IsCompleted || store.Counters.Failures >= failures + OutageUnits));
            Interlocked.Exchange(ref _log.WritesToFail, 0);
            Interlocked.Exchange(ref _log.SyncsToFail, 0);
            var units = store.Counters.Units;
            await RunningEngine.UntilAsync(() => Task.FromResult(until.IsCompleted || store.Counters.Units >= units + CalmUnits));
            if (until.IsCompleted)
            {
                return outages;
            }

            Fail(before + outages);
        }
    }

    /// <summary>From now on the disk is full, or does not sync, by turns.</summary>
    private void Fail(int before)
    {
        ref var faults = ref before % 2 == 0 ? ref _log.WritesToFail : ref _log.SyncsToFail;
        Interlocked.Exchange(ref faults, long.MaxValue);
    }

    private static IEnumerable<FeedMessage[]> InRounds(IEnumerable<FeedMessage> messages)
    {
        var all = messages.ToList();
        return all.Chunk((all.Count + Rounds - 1) / Rounds);
    }

    /// <summary>Everything in the error queue, now that nobody is held to the standard any more.</summary>
    private async Task<List<RetryView>> RetryAsync()
    {
        var causes = (await _engine.AskAsync(new ListErrorsRequest(TestEngine.Guide.Practices[0]) { Actor = "maria" })).Causes.Select(cause => cause.Id).ToList();
        var results = new List<RetryView>();
        string? after = null;
        do
        {
            var page = await _engine.AskAsync(new RetryErrorsRequest(causes, IsTrial: false, after) { Actor = "maria", Reason = "the sender mends its messages" });
            results.AddRange(page.Results);
            after = page.Next;
        }
        while (after is not null);

        return results;
    }

    private Task<LedgerAnswer> LedgerAsync() => _engine.AskAsync(new LedgerRequest(null, null, IsFull: true) { Actor = "test" });

    private static IEnumerable<FeedMessage> Day(FeedStyle style, int seed) => new ClinicFeed(style, new ClinicOptions { Seed = seed, Events = 700, People = 100 }).Messages();

    /// <summary>Registrations that anybody can read, and that are not after the standard: PV1 is missing.</summary>
    private static IEnumerable<FeedMessage> WithoutVisit() => Enumerable.Range(1, Refused).Select(number => new FeedMessage(
        $"S{number}", "ADT^A04", $"{number}", GuideMessages.Adt("A04", $"S{number}", number, GuideMessages.Doe($"{80_000 + number}", "CASEY", $"{(char)('A' + (number % 26))}{(char)('A' + (number / 26))}MSON", $"19{20 + number}0203"))));

    private async Task<(string Source, FeedAccount Account)> SendAsync(SourceBinding source, IEnumerable<FeedMessage> messages) => (source.Name, await new FeedClient(
        new FeedClientOptions
        {
            To = _engine.Host.Addresses.Single(one => one.Source == source.Name).Address,
            Connections = 4,
            AttemptsMax = 1_000,
            RetryPauseMax = TimeSpan.FromMilliseconds(100),
            Faults = FaultOptions.All(FaultOptions.OfSender, 0.05, seed: 9) with { Pause = TimeSpan.FromMilliseconds(1) },
        },
        TimeProvider.System).SendAsync(messages, default));
}
