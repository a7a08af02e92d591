using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Store;

namespace InterfaceEngine.Tests.Cli;

public sealed class DeliveryCommandTests : IDisposable
{
    private readonly CommandBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Deliveries_are_listed_with_what_came_back()
    {
        var held = await HoldAsync("lane 1");
        var waiting = await QueueAsync("lane 2");

        var ran = await _bench.RunAsync("deliveries", "list");

        ran.Code.Should().Be(0);
        ran.Out.Should().Contain(waiting.Id.ToString()).And.MatchRegex($"{held.Id}.*1959.*athena.*SIU\\^S12.*{held.ControlId}.*held.*AE 103.*1.*no such provider");
        (await _bench.RunAsync("deliveries", "list", "--state", "held", "--destination", "athena")).Out.Should().Contain(held.Id.ToString()).And.NotContain(waiting.Id.ToString());
        (await _bench.RunAsync("deliveries", "list", "--destination", "elsewhere")).Out.Should().NotContain(held.Id.ToString());
    }

    [Fact]
    public async Task A_delivery_is_shown_with_its_message_and_the_last_reply_and_the_showing_is_audited()
    {
        var held = await HoldAsync("lane 1");

        var ran = await _bench.RunAsync("deliveries", "show", held.Id.ToString(), "--reason", "the receiver called");

        ran.Code.Should().Be(0);
        ran.Out.Should().Contain("held (AE 103), 1 attempt").And.Contain("no such provider").And.Contain("MSH|^~\\&|||||||SIU^S12").And.Contain("MSA|AE|");
        (await _bench.ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new { Actor = "maria", Action = "deliveries show", Practice = StoreSamples.Practice, Subject = $"delivery {held.Id}", Reason = "the receiver called" });
    }

    [Fact]
    public async Task A_held_delivery_is_sent_again_by_a_persons_word()
    {
        var held = await HoldAsync("lane 1");

        var ran = await _bench.RunAsync("deliveries", "retry", held.Id.ToString());

        (ran.Code, ran.Out).Should().Be((0, $"delivery {held.Id}: waiting\n"));
        (await _bench.ReadAsync(reader => reader.Delivery(held.Id)))!.Should().BeEquivalentTo(new { State = DeliveryState.Waiting, Attempts = 0 });
        (await _bench.ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle().Which.Action.Should().Be("deliveries retry");
    }

    [Fact]
    public async Task All_that_a_destination_holds_is_sent_again_once_it_was_said_how_many_that_are()
    {
        var first = await HoldAsync("lane 1");
        var second = await HoldAsync("lane 2", "AE 207");
        var waiting = await QueueAsync("lane 3");

        var ran = await _bench.RunAsync("deliveries", "retry", "--destination", "athena", "--reason", "they mended it");

        (ran.Code, ran.Out).Should().Be((0, "2 held deliveries to athena:\n1 AE 103\n1 AE 207\n2 are sent again.\n"));
        foreach (var id in new[] { first.Id, second.Id, waiting.Id })
        {
            (await _bench.ReadAsync(reader => reader.Delivery(id)))!.State.Should().Be(DeliveryState.Waiting);
        }

        (await _bench.ReadAsync(reader => reader.Audit(null, 10))).Should().HaveCount(2).And.OnlyContain(row => row.Action == "deliveries retry" && row.Reason == "they mended it");
    }

    [Theory]
    [InlineData("AE 103", 1)]
    [InlineData("ae", 2)]
    [InlineData("A", 0)]
    [InlineData("no reply", 1)]
    public async Task Only_those_with_a_reply_are_sent_again_when_it_is_named(string code, int expected)
    {
        await HoldAsync("lane 1");
        await HoldAsync("lane 2", "AE 207");
        await HoldAsync("lane 3", "no reply");

        var trial = await _bench.RunAsync("deliveries", "retry", "--destination", "athena", "--code", code, "--dry-run");

        trial.Out.Should().StartWith($"{expected} held deliveries to athena with {code}");
        (await HeldAsync()).Should().Be(3, "a trial changes nothing");
        (await _bench.RunAsync("deliveries", "retry", "--destination", "athena", "--code", code)).Out.Should().EndWith($"{expected} are sent again.\n");
        (await HeldAsync()).Should().Be(3 - expected);
    }

    [Theory]
    [InlineData(2, "Name deliveries by id, or all that are held for a destination")]
    [InlineData(2, "Name deliveries by id, or all that are held for a destination", "01KDRX5Q0G00A", "--destination", "athena")]
    [InlineData(2, "Name deliveries by id, or all that are held for a destination", "01KDRX5Q0G00A", "--code", "AE")]
    [InlineData(2, "Name deliveries by id, or all that are held for a destination", "01KDRX5Q0G00A", "--dry-run")]
    [InlineData(1, "There is no destination lab; there are: athena.", "--destination", "lab")]
    public async Task What_names_no_deliveries_or_names_them_twice_is_refused(int code, string problem, params string[] arguments)
    {
        await QueueAsync("lane 1");

        var ran = await _bench.RunAsync(["deliveries", "retry", .. arguments]);

        ran.Code.Should().Be(code);
        ran.Error.Should().Contain(problem);
    }

    [Fact]
    public async Task Dismissing_needs_a_reason_and_says_what_was_dismissed_already()
    {
        var first = await HoldAsync("lane 1");
        var second = await QueueAsync("lane 2");

        (await _bench.RunAsync("deliveries", "dismiss", first.Id.ToString())).Should().BeEquivalentTo(new { Code = 2 });
        var both = await _bench.RunAsync("deliveries", "dismiss", first.Id.ToString(), second.Id.ToString(), "--reason", "entered by hand");
        var again = await _bench.RunAsync("deliveries", "dismiss", first.Id.ToString(), "--reason", "entered by hand");

        both.Out.Should().Be($"delivery {first.Id}: dismissed\ndelivery {second.Id}: dismissed\n");
        again.Out.Should().Be($"delivery {first.Id}: is dismissed already, nothing was changed\n");
        (await _bench.ReadAsync(reader => reader.Audit(null, 10))).Should().HaveCount(2).And.OnlyContain(row => row.Reason == "entered by hand");
    }

    [Theory]
    [InlineData("show", "01KDRX5Q0G00A", 1, "There is no delivery 01KDRX5Q0G00A.")]
    [InlineData("retry", "01KDRX5Q0G00A", 1, "There is no delivery 01KDRX5Q0G00A.")]
    [InlineData("show", "seven", 2, "seven")]
    public async Task What_is_no_delivery_is_said(string command, string id, int code, string problem)
    {
        await QueueAsync("lane 1");

        var ran = await _bench.RunAsync("deliveries", command, id);

        ran.Code.Should().Be(code);
        ran.Error.Should().Contain(problem);
    }

    [Fact]
    public async Task A_word_that_is_no_state_is_refused()
    {
        await QueueAsync("lane 1");

        var ran = await _bench.RunAsync("deliveries", "list", "--state", "lost");

        (ran.Code, ran.Error).Should().Be((2, "lost is not a state of deliveries: waiting, delivered, held, dismissed.\n"));
    }

    [Fact]
    public async Task The_status_counts_deliveries_and_names_a_destination_that_left_the_settings()
    {
        await HoldAsync("lane 1");
        await QueueAsync("lane 1");
        _bench.Clock.Advance(TimeSpan.FromMinutes(90));

        var ran = await _bench.RunAsync("status");

        ran.Out.Should().MatchRegex("athena.*not in the settings.*1.*1 h.*1.*0.*0").And.MatchRegex("held deliveries.*1");
    }

    private async Task<DeliveryWrite> QueueAsync(string lane)
    {
        var write = StoreSamples.Delivery(_bench.Samples.NextId(), lane, "athena");
        await _bench.CommitAsync(_bench.Samples.Unit() with { Deliveries = [write] });
        return write;
    }

    private Task<long> HeldAsync() => _bench.ReadAsync(reader => reader.DeliveryCounts().Where(count => count.State == DeliveryState.Held).Sum(count => count.Count));

    private async Task<DeliveryWrite> HoldAsync(string lane, string code = "AE 103")
    {
        var write = await QueueAsync(lane);
        await _bench.WithStoreAsync(async store =>
        {
            var lease = (await store.Leases.TakeAsync("destination/athena", "one", TimeSpan.FromSeconds(1), default))!;
            var claim = (await store.Deliveries.ClaimAsync(lease, "athena", StoreSamples.Scope(10), default))!;
            await store.Deliveries.SettleAsync(
                lease,
                [new DeliverySettlement { Delivery = claim.Deliveries.Single(), State = DeliveryState.Held, Code = code, Reason = "no such provider", Reply = StoreSamples.Bytes("MSH|^~\\&|\rMSA|AE|\r") }],
                default);
        });
        return write;
    }
}
