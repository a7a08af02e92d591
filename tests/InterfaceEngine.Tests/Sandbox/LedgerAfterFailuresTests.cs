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
        var sending = Task.WhenAll(SendAsync(_engine.Athena, Day(FeedStyle.Athena, seed: 3)), SendAsync(_engine.Guide, Day(FeedStyle.Guide, seed: 4)), SendAsync(AddressOf(_strict), WithoutVisit()));
        var outages = await FailAgainAndAgainAsync(sending);
        var accounts = await sending;
        await _engine.RestartAsync(settings => settings with { Sources = [.. settings.Sources.Select(source => source with { Binding = source.Binding with { Strict = false } })] });
        var retried = await RetryAsync();
        await RunningEngine.UntilAsync(async () => (await LedgerAsync()).Sources.All(source => source.OnTheirWay == 0));
        var ledger = await LedgerAsync();

        outages.Should().BeGreaterThan(3);
        accounts.Sum(account => account.NoReplies).Should().BePositive("who sends while the store fails gets no answer");
        accounts.Should().OnlyContain(account => account.Unanswered == 0 && account.ResendsUnequal == 0);
        retried.Should().HaveCountGreaterThanOrEqualTo(Refused, "what was refused and sent again is there twice").And.OnlyContain(result => result.Passes);
        ledger.Differences.Select(difference => difference.Text).Should().BeEmpty();
        ledger.IsBalanced.Should().BeTrue();
        foreach (var source in ledger.Sources)
        {
            (source.Missing, source.Interrupted).Should().Be((0, 0), source.Source);
            source.Received.Should().Be(source.States.Values.Sum() + source.Unanswered, source.Source);
        }

        foreach (var (name, account) in new[] { (TestEngine.Athena.Name, accounts[0]), (TestEngine.Guide.Name, accounts[1]), (_strict.Name, accounts[2]) })
        {
            var states = ledger.Sources.Single(source => source.Source == name).States;
            states.Keys.Should().BeSubsetOf(["applied", "unchanged", "duplicate", "ignored"], name);
            (states.Values.Sum() - states.GetValueOrDefault("duplicate")).Should().BeGreaterThanOrEqualTo(account.Messages, "each message of {0} is there", name);
        }
    }

    /// <summary>A disk that is full, and one that does not sync, by turns, each until senders were sent away; then calm for a while.</summary>
    /// <returns>How often.</returns>
    private async Task<int> FailAgainAndAgainAsync(Task until)
    {
        var store = _engine.Host.Core.Store;
        var outages = 0;
        while (!until.IsCompleted)
        {
            var (failures, units) = (store.Counters.Failures, store.Counters.Units);
            await RunningEngine.UntilAsync(() => Task.FromResult(until.IsCompleted || store.Counters.Units >= units + CalmUnits));
            ref var faults = ref outages % 2 == 0 ? ref _log.WritesToFail : ref _log.SyncsToFail;
            Interlocked.Exchange(ref faults, long.MaxValue);
            outages++;
            await RunningEngine.UntilAsync(() => Task.FromResult(until.IsCompleted || store.Counters.Failures >= failures + OutageUnits));
            Interlocked.Exchange(ref _log.WritesToFail, 0);
            Interlocked.Exchange(ref _log.SyncsToFail, 0);
        }

        return outages;
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

    private IPEndPoint AddressOf(SourceBinding source) => _engine.Host.Addresses.Single(one => one.Source == source.Name).Address;

    private static IEnumerable<FeedMessage> Day(FeedStyle style, int seed) => new ClinicFeed(style, new ClinicOptions { Seed = seed, Events = 700, People = 100 }).Messages();

    /// <summary>Registrations that anybody can read, and that are not after the standard: PV1 is missing.</summary>
    private static IEnumerable<FeedMessage> WithoutVisit() => Enumerable.Range(1, Refused).Select(number => new FeedMessage(
        $"S{number}", "ADT^A04", $"{number}", GuideMessages.Adt("A04", $"S{number}", number, GuideMessages.Doe($"{80_000 + number}", "CASEY", $"{(char)('A' + (number % 26))}{(char)('A' + (number / 26))}MSON", $"19{20 + number}0203"))));

    private static Task<FeedAccount> SendAsync(IPEndPoint to, IEnumerable<FeedMessage> messages) => new FeedClient(
        new FeedClientOptions
        {
            To = to,
            Connections = 4,
            AttemptsMax = 1_000,
            RetryPauseMax = TimeSpan.FromMilliseconds(100),
            Faults = FaultOptions.All(FaultOptions.OfSender, 0.05, seed: 9) with { Pause = TimeSpan.FromMilliseconds(1) },
        },
        TimeProvider.System).SendAsync(messages, default);
}
