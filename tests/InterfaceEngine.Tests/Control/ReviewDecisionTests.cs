using System.Text.RegularExpressions;
using InterfaceEngine.Control;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Control;

/// <summary>A person's word on one item decides about that item and about nothing else: real intake, real store.</summary>
public sealed class ReviewDecisionTests : IAsyncLifetime
{
    private const string Slot = "^^^20260112090000^20260112093000";

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Accepting_an_unknown_code_does_not_apply_a_message_that_is_held_for_another_reason()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        var held = await _engine.AcceptAsync(Adt("A08", "2", 2, Doe(given: "MARY", family: "POE", birth: "19910101", rest: "||Martian")));
        held.State.Should().Be(MessageState.Held);

        await AskAsync(new AcceptReviewRequest((await ItemAsync("unknown code")).Id.ToString()) { Actor = "maria" });

        (await _engine.MessageAsync(held)).State.Should().Be(MessageState.Held);
        (await _engine.RecordAsync("1959", "patient", "12345"))!["last_name"].Should().Be("DOE");
    }

    [Fact]
    public async Task Dismissing_an_unknown_code_does_not_dismiss_the_message()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        var held = await _engine.AcceptAsync(Adt("A08", "2", 2, Doe(given: "MARY", family: "POE", birth: "19910101", rest: "||Martian")));

        await AskAsync(new DismissReviewRequest((await ItemAsync("unknown code")).Id.ToString()) { Actor = "maria", Reason = "not a race" });

        (await _engine.MessageAsync(held)).State.Should().Be(MessageState.Held);
    }

    [Fact]
    public async Task Every_held_message_is_an_item_of_its_own()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        var poe = await _engine.AcceptAsync(Adt("A08", "2", 2, Doe(given: "MARY", family: "POE", birth: "19910101")));
        await AskAsync(new DismissReviewRequest((await ItemAsync("held")).Id.ToString()) { Actor = "maria", Reason = "wrong number" });
        (await _engine.MessageAsync(poe)).State.Should().Be(MessageState.Dismissed);

        var nguyen = await _engine.AcceptAsync(Adt("A08", "3", 3, Doe(given: "AN", family: "NGUYEN", birth: "19700101")));

        nguyen.State.Should().Be(MessageState.Held);
        var item = await ItemAsync("held");
        await AskAsync(new AcceptReviewRequest(item.Id.ToString()) { Actor = "maria" });
        (await _engine.RecordAsync("1959", "patient", "12345"))!["last_name"].Should().Be("NGUYEN");
        (await _engine.MessageAsync(poe)).State.Should().Be(MessageState.Dismissed);
    }

    [Fact]
    public async Task Accepting_a_held_message_does_not_bring_a_cancelled_visit_back()
    {
        await _engine.AcceptAsync(Siu("S12", "1", 1, $"|9001||||||82^Office|30|minutes|{Slot}||||||||||||||Booked", Doe(), "AIP|1||54321", "AIL|1||1"));
        await _engine.AcceptAsync(Siu("S15", "2", 2, $"|9001||||||82^Office|30|minutes|{Slot}", Doe(), "AIP|1||54321", "AIL|1||1"));
        var held = await _engine.AcceptAsync(Siu("S14", "3", 3, $"|9001||||||82^Office|30|minutes|{Slot}||||||||||||||Started", Doe(id: "777", given: "ANN"), "AIP|1||54321", "AIL|1||1"));
        held.State.Should().Be(MessageState.Held);

        await AskAsync(new AcceptReviewRequest((await ItemAsync("held")).Id.ToString()) { Actor = "maria" });

        (await _engine.MessageAsync(held)).State.Should().Be(MessageState.Applied);
        (await _engine.RecordAsync("1959", "appointment", "9001"))!["status"].Should().Be("cancelled");
    }

    [Fact]
    public async Task A_check_that_holds_is_put_before_a_person()
    {
        var map = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "mappings/athenahealth/appointment.map.md"));
        await using var engine = await TestEngine.StartAsync(("athenahealth/appointment.map.md",
            Regex.Replace(map, @"(\| end_time > start_time +\|) reject ", "$1 hold ")));

        var held = await engine.AcceptAsync(Siu("S12", "1", 1, "|9001||||||82^Office||minutes|^^^20260112093000^20260112090000", Doe(), "AIP|1||54321", "AIL|1||1"));

        held.State.Should().Be(MessageState.Held);
        (await engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().Contain(item => item.Kind == "held");
    }

    [Fact]
    public async Task What_stands_in_MSH_9_is_kept_plain_only_when_it_is_an_event()
    {
        var shifted = TestEngine.Message("MSH|^~\\&|ATHENA|ATHENANET|PS|X|20260105090000||DOE^JOHN|1|P|2.3", "PID|1||1");

        var message = await _engine.MessageAsync(await _engine.AcceptAsync(shifted));

        message.Event.Should().BeEmpty();
    }

    private async Task<StoredReview> ItemAsync(string kind) =>
        (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 20), default)).First(item => item.Kind == kind);

    private async Task AskAsync(ControlRequest request) =>
        (await new EngineOperations(_engine.Core.Parts()).AskAsync(request, default)).Should().BeOfType<DecisionAnswer>();
}
