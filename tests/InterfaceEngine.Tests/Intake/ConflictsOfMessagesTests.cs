using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake.Files;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Two sources that differ, by the practice's settings: real intake, real store.</summary>
public sealed class ConflictsOfMessagesTests
{
    private const string First = "|||||555-555-1111";
    private const string Second = "|||||555-555-2222";

    private static readonly SourceBinding _portal = new() { Name = "portal", Practices = ["1959"] };

    [Fact]
    public async Task A_held_change_is_kept_the_rest_applies_and_a_person_accepts_it()
    {
        await using var engine = await StartAsync("phone_home", ConflictRule.Hold);
        await engine.AcceptAsync(Adt("A04", "1", 1, Doe(rest: First)));

        var receipt = await engine.AcceptAsync(Adt("A08", "2", 2, Doe(given: "JONATHAN", rest: Second)), _portal);

        receipt.State.Should().Be(MessageState.Applied);
        (await PatientAsync(engine)).Should().Be(("JONATHAN", "+15555551111"));
        var review = (await engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().ContainSingle(item => item.Kind == "change").Which;
        MessageDetail.FromJson(review.Detail).Notes.Should().ContainSingle().Which.Should().Match<DetailNote>(note =>
            note.Code == "MAP557" && note.Severity == "review" && note.Field == "phone_home"
            && note.Reason == "phone_home was written by another source, and a change of it waits for a person. Kept.");

        await new EngineOperations(engine.Core.Parts()).AskAsync(new AcceptReviewRequest(review.Id.ToString()) { Actor = "maria" }, default);

        (await PatientAsync(engine)).Should().Be(("JONATHAN", "+15555552222"));
        (await engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().NotContain(item => item.Kind == "change");
    }

    [Fact]
    public async Task A_source_that_comes_first_wins_and_the_message_says_who_wrote_what_was_kept()
    {
        await using var engine = await StartAsync("phone_home", ConflictRule.Of(["guide-feed", "portal"]));
        var first = await engine.AcceptAsync(Adt("A04", "1", 1, Doe(rest: First)));

        var message = await engine.MessageAsync(await engine.AcceptAsync(Adt("A08", "2", 2, Doe(given: "JONATHAN", rest: Second)), _portal));

        (await PatientAsync(engine)).Should().Be(("JONATHAN", "+15555551111"));
        var detail = MessageDetail.FromJson(message.Detail);
        detail.Notes.Should().ContainSingle(note => note.Code == "MAP556").Which.Reason.Should().Be("another source comes before its own by the practice's settings. 1 field kept.");
        detail.Records.Single(record => record.Type == "patient").Differences.Should().Equal(new OutcomeDifference(
            "phone_home", "+15555551111", "+15555552222", "ours", "the source of ours comes first", "guide-feed",
            new DateTimeOffset(2026, 1, 5, 15, 1, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), first.Message.ToString()));
    }

    [Fact]
    public async Task A_row_tells_what_it_replaced_as_well_and_one_that_lost_is_read_again_the_next_night()
    {
        await using var engine = await StartAsync("phone_home", ConflictRule.Of(["guide-feed", DroppedRows.Source]));
        var first = await engine.AcceptAsync(Adt("A04", "1", 1, Doe(rest: First)));
        const string file = "PatientID,FirstName,LastName,DOB,Gender,Phone\n12345,JONATHAN,DOE,1980-05-15,M,555-555-2222\n";

        var run = (await engine.TakeAsync(file)).Run!;
        var again = (await engine.TakeAsync(file + "\n", made: DroppedRows.Made.AddDays(1))).Run!;

        run.Counts.Updated.Should().Be(1);
        again.Counts.Unchanged.Should().Be(1, "what was kept back is not in force");
        var differences = MessageDetail.FromJson((await engine.MessagesAsync(run))[0].Detail).Records.Single(record => record.Type == "patient").Differences!;
        differences.Select(difference => (difference.Field, difference.Ours, difference.Theirs, difference.Won, difference.Why, difference.Source, difference.Message)).Should().Equal(
            ("first_name", "JOHN", "JONATHAN", "theirs", "theirs is newer", "guide-feed", first.Message.ToString()),
            ("phone_home", "+15555551111", "+15555552222", "ours", "the source of ours comes first", "guide-feed", first.Message.ToString()));
    }

    private static Task<TestEngine> StartAsync(string unit, ConflictRule rule) => TestEngine.StartAsync(settings => settings with
    {
        Practices = [settings.Practices[0] with { Conflicts = new ConflictRules(new Dictionary<(string, string?), ConflictRule> { [("patient", unit)] = rule }) }, settings.Practices[1]],
        Sources = [.. settings.Sources, new SourceSettings("mllp", _portal, new(System.Net.IPAddress.Loopback, 0), new MllpLimits())],
    });

    private static async Task<(string?, string?)> PatientAsync(TestEngine engine)
    {
        var patient = (await engine.RecordAsync("1959", "patient", "12345"))!;
        return (patient["first_name"], patient["phone_home"]);
    }
}
