using System.Globalization;
using System.Net;
using System.Text;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox.Peers;

/// <summary>The sending side against the receiving side: what one says it sent the other has.</summary>
public sealed class FeedClientTests
{
    private static IEnumerable<FeedMessage> Messages(int count, int lanes = 5) => Enumerable.Range(1, count).Select(number => new FeedMessage(
        $"M{number}",
        "ADT^A08",
        (number % lanes).ToString(CultureInfo.InvariantCulture),
        Encoding.ASCII.GetBytes($"MSH|^~\\&|ATHENANET|1959|||202601050930||ADT^A08|M{number}|P|2.3.1\rPID|1|{number % lanes}\r")));

    [Fact]
    public async Task Every_message_is_sent_once_and_acknowledged()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);

        var account = await SendAsync(server, 200, connections: 4);

        account.Should().Match<FeedAccount>(one => one.Messages == 200 && one.Accepted == 200 && one.FramesSent == 200 && one.NoReplies == 0);
        server.Account.Kinds.Should().Equal(new Dictionary<ArrivalKind, long> { [ArrivalKind.Kept] = 200 });
        server.Account.Connections.Should().Be(4);
    }

    [Fact]
    public async Task Each_lane_arrives_in_its_order_however_badly_both_sides_behave()
    {
        await using var server = AthenaServer.Start(Options(FaultOptions.OfReceiver.Except([FaultKind.Ae, FaultKind.Ar])), TimeProvider.System);

        var account = await SendAsync(server, 400, connections: 4, faults: FaultOptions.All(FaultOptions.OfSender, 0.05, seed: 3));

        account.IsAllAccepted.Should().BeTrue("{0} were not: {1}", account.NotAccepted.Count, string.Join(", ", account.NotAccepted));
        account.ResendsUnequal.Should().Be(0);
        account.Faults.Keys.Should().BeEquivalentTo(FaultOptions.OfSender);
        server.Account.Faults.Keys.Should().BeEquivalentTo(FaultOptions.OfReceiver.Except([FaultKind.Ae, FaultKind.Ar]));
        server.Account.CountOf(ArrivalKind.Kept).Should().Be(400);
        server.Account.CountOf(ArrivalKind.Conflicting).Should().Be(0, "a message is sent again with the same bytes");
        foreach (var lane in server.Kept.GroupBy(arrival => Number(arrival) % 5))
        {
            lane.Select(Number).Should().BeInAscendingOrder();
        }
    }

    [Fact]
    public async Task Refusals_are_counted_by_their_code_and_named()
    {
        await using var server = AthenaServer.Start(Options([FaultKind.Ae], chance: 0.3), TimeProvider.System);

        var account = await SendAsync(server, 100, connections: 2);

        var refused = server.Account.CountOf(ArrivalKind.Refused);
        refused.Should().BePositive();
        account.Codes.Should().Equal(new Dictionary<string, long> { ["AA"] = 100 - refused, ["AE"] = refused });
        account.NotAccepted.Should().HaveCount((int)refused).And.OnlyContain(one => one.Answer == "AE");
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_leaves_everything_unanswered()
    {
        var account = await new FeedClient(new FeedClientOptions { To = new IPEndPoint(IPAddress.Loopback, Ports.Free()), AttemptsMax = 2 }, TimeProvider.System).SendAsync(Messages(3), default);

        account.Should().Match<FeedAccount>(one => one.Messages == 3 && one.Unanswered == 3 && one.FramesSent == 0 && !one.IsAllAccepted);
    }

    [Fact]
    public async Task It_sends_no_faster_than_it_is_told()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);

        var account = await new FeedClient(new FeedClientOptions { To = server.Address, PerSecond = 100 }, TimeProvider.System).SendAsync(Messages(31), default);

        account.Elapsed.Should().BeGreaterThan(TimeSpan.FromMilliseconds(295));
    }

    [Fact]
    public async Task An_endless_feed_ends_after_the_time_it_is_given()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);

        var (time, given) = (new FakeTimeProvider(), TimeSpan.FromMilliseconds(200));
        var account = await new FeedClient(new FeedClientOptions { To = server.Address, Duration = given }, time).SendAsync(Endless(), default);

        account.Messages.Should().Be(30);
        account.IsAllAccepted.Should().BeTrue();

        // Its time is over as the feed comes to the thirty-first.
        IEnumerable<FeedMessage> Endless()
        {
            var told = 0;
            foreach (var message in Messages(int.MaxValue))
            {
                time.Advance(told++ == 30 ? given : TimeSpan.Zero);
                yield return message;
            }
        }
    }

    private static int Number(Arrival arrival) => int.Parse(arrival.ControlId.AsSpan(1), CultureInfo.InvariantCulture);

    private static AthenaServerOptions Options(IEnumerable<FaultKind> kinds, double chance = 0.05) =>
        new() { Faults = FaultOptions.All(kinds, chance, seed: 1) with { Late = TimeSpan.FromSeconds(1) } };

    private static Task<FeedAccount> SendAsync(AthenaServer server, int messages, int connections, FaultOptions? faults = null) =>
        new FeedClient(
            new FeedClientOptions { To = server.Address, Connections = connections, Faults = faults ?? FaultOptions.None, ReplyTimeout = TimeSpan.FromMilliseconds(faults is null ? 30_000 : 250) },
            TimeProvider.System).SendAsync(Messages(messages), default);
}
