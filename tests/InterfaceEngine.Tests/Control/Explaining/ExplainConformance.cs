using System.Text.RegularExpressions;
using InterfaceEngine.Control;
using InterfaceEngine.Control.Explaining;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Intake.Retention;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Control.Explaining;

/// <summary>Where stored values came from, in an engine on each store.</summary>
public abstract partial class ExplainConformance : IAsyncLifetime
{
    private TestEngine _engine = null!;

    internal abstract Task<TestEngine> StartAsync();

    public async Task InitializeAsync() => _engine = await StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [StoreFact]
    public async Task A_value_is_told_with_message_bytes_cell_steps_and_set()
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));

        var story = await TellAsync("phone_mobile");

        (story.State, story.Value, story.Since).Should().Be(("valued", "+15555555678", new DateTimeOffset(2022, 3, 15, 14, 26, 58, TimeSpan.FromHours(-5))));
        var origin = story.CameFrom!;
        (origin.Kind, origin.Text, origin.Message, origin.Place, origin.Raw).Should().Be(("message", "ADT^A04 12345", receipt.Message.ToString(), "PID-14", "(555)555-5678"));
        System.Text.Encoding.UTF8.GetString(TestEngine.Sample("guide-a04.hl7")).Substring(origin.Offset, origin.Length).Should().Be("(555)555-5678");
        (story.Cell!.Where, story.Cell.Text, story.Cell.Layer).Should().Be(("practices/1959/patient.map.md:12:21", "PID-14", "practice 1959"));
        story.Cell.Overrides.Should().ContainSingle().Which.Text.Should().Be("PID-13[2:=ORN,3=CP]");
        story.Cell.Notes.Should().Be("this practice sends the cell number in PID-14 (ticket 4471)");
        story.Steps.Select(step => (step.Words, step.Value)).Should().Equal(("XTN.1", "(555)555-5678"), ("digits", "5555555678"), ("region US", null), ("", "+15555555678"));
        story.NotUsed.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Place = "PID-13", Raw = "(555)555-1234", WentTo = "phone_home" });
        story.Before.Should().BeEquivalentTo(new { Value = (string?)null, Since = (DateTimeOffset?)null });
        story.MapSet!.Hash.Should().Be(_engine.Core.Mappings.Current.Hash);
        story.MapSet.Versions.Should().Equal("athenahealth 1", "profile guide 1", "practice 1959 1");
        story.MapSet.By.Should().Be(SetDeployment.Start);
    }

    [StoreFact]
    public async Task A_value_that_is_said_again_came_from_the_first_message_and_names_the_latest()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        await _engine.AcceptAsync(Adt("A08", "2", 2, Doe(given: "JACK")));
        await _engine.AcceptAsync(Adt("A08", "3", 3, Doe(given: "JACK")));

        var family = await TellAsync("last_name");
        var given = await TellAsync("first_name");

        (family.CameFrom!.Text, family.SaidAgain!.Text, family.SaidAgain.Place).Should().Be(("ADT^A04 1", "ADT^A08 3", "PID-5"));
        (given.CameFrom!.Text, given.SaidAgain!.Text).Should().Be(("ADT^A08 2", "ADT^A08 3"));
        (given.Since, given.Before!.Value, given.Before.Text).Should().Be((At(2), "JOHN", "ADT^A04 1"));
        given.Before.Since.Should().Be(At(1));
    }

    [StoreFact]
    public async Task A_value_is_told_by_the_set_that_read_it_though_another_is_in_force()
    {
        await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        var set = _engine.Core.Mappings.Current.Hash;
        await File.WriteAllTextAsync(
            Path.Combine(_engine.Settings.Mappings, "practices", "1959", "patient.map.md"),
            "---\nmap: patient\npractice: 1959\nextends: athenahealth\nversion: 2\n---\n\n| Practice Studio | HL7 v2 | Notes |\n|---|---|---|\n| phone_mobile | PID-13[2=XX,3=XX] | moved |\n");
        await _engine.DeployAsync();
        await _engine.RestartAsync();

        var story = await TellAsync("phone_mobile");

        _engine.Core.Mappings.Current.Hash.Should().NotBe(set);
        (story.MapSet!.Hash, story.Cell!.Text, story.Steps.Count).Should().Be((set, "PID-14", 4));
    }

    [StoreFact]
    public async Task What_was_cleared_says_by_what_and_what_it_held()
    {
        await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        await _engine.AcceptAsync(TestEngine.Sample("guide-a08-delete.hl7"));

        var story = await TellAsync("phone_mobile");

        (story.State, story.Value, story.CameFrom!.Raw, story.Before!.Value).Should().Be(("cleared", null, "\"\"", "+15555555678"));
    }

    [StoreFact]
    public async Task What_no_message_has_said_names_the_cells_by_which_it_would_come()
    {
        await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));

        var story = await TellAsync("ethnicity");

        (story.State, story.CameFrom).Should().Be((RecordStory.NeverSaid, null));
        story.WouldCome.Select(cell => $"{cell.Title} {cell.Text}").Should().Equal("HL7 v2 PID-22", "athenaNet ethnicity", "FHIR R4 $us-core-ethnicity");
        story.Remarks.Should().Equal("The latest message, ADT^A04 12345, has nothing at PID-22.");
    }

    [StoreFact]
    public async Task A_default_says_whose_it_is_and_for_what_it_stands_in()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe().Replace("|M", "|", StringComparison.Ordinal)));

        var story = await TellAsync("gender");

        (story.Value, story.CameFrom!.Kind, story.CameFrom.Text).Should().Be(("unknown", "default", "the row's default, taken when the record was made by ADT^A04 1"));
        (story.Cell!.Title, story.Cell.Text).Should().Be(("Rule", "default unknown"));
        story.Steps.Select(step => step.Words).Should().Equal("nothing at PID-8");
    }

    [StoreFact]
    public async Task What_a_person_booked_says_who_and_why_and_a_corrected_copy_its_original()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        var operations = new EngineOperations(_engine.Core.Parts());
        var booked = await operations.AskAsync(
            new BookAppointmentRequest("1959", "12345") { Start = "2026-02-02 09:00", Minutes = 30, Type = "office_visit", Provider = "prov-rivera", Location = "loc-main", Actor = "maria", Reason = "by phone" }, default);
        var visit = booked.Should().BeOfType<AppointmentAnswer>().Subject;
        var bad = await _engine.AcceptAsync(Adt("A04", "2", 2, Doe(id: "78", birth: "19801399")));
        await operations.AskAsync(new CorrectMessageRequest(bad.Message.ToString(), Adt("A04", "2", 2, Doe(id: "78"))) { Actor = "jim", Reason = "a slip" }, default);

        var start = await TellAsync("start_time", "appointment", visit.Record);
        var given = await TellAsync("first_name", id: "78");

        (start.CameFrom!.Kind, start.CameFrom.Text).Should().Be(("command", "appointments book by maria: \"by phone\""));
        (start.Cell!.Title, start.Cell.Text).Should().Be(("Practice Studio", "start_time"));
        given.CameFrom!.Text.Should().Be($"ADT^A04 2, a corrected copy of message {bad.Message}, by jim");
    }

    [StoreFact]
    public async Task What_a_merge_wrote_says_so()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe(id: "77")));
        await _engine.AcceptAsync(Adt("A40", "2", 2, Doe(), "MRG|77^^^ATHENA^MRN"));

        var story = await TellAsync("merged_into", id: "77");

        (story.CameFrom!.Kind, story.CameFrom.Text).Should().Be(("engine", "a merge: this record was retired in favour of the one that is named (ADT^A40 2)"));
        story.Cell.Should().BeNull();
    }

    [StoreFact]
    public async Task A_reference_to_a_patient_says_whose_our_id_is()
    {
        await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        await _engine.AcceptAsync(TestEngine.Sample("guide-s12.hl7"));
        var visit = (await _engine.RecordsAsync("1959", "appointment"))[0];

        var story = await TellAsync("patient_id", "appointment", visit.ExternalId);

        story.Steps[^2].Should().BeEquivalentTo(new { Words = "ref patient", Value = "12345" });
        story.Steps[^1].Should().BeEquivalentTo(new { Words = "our patient of that id", Value = visit["patient_id"] });
    }

    [StoreFact]
    public async Task A_message_that_was_dropped_is_said_to_be_and_the_latest_tells_how_it_was_read()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        await DropAsync(new RetentionOptions { Messages = TimeSpan.FromDays(40) });
        await _engine.AcceptAsync(Adt("A08", "2", 2, Doe()));

        var story = await TellAsync("first_name");

        story.CameFrom!.Text.Should().Contain("any more: messages of before").And.Contain("were dropped by retention on");
        story.SaidAgain!.Text.Should().Be("ADT^A08 2");
        story.Steps.Select(step => step.Value).Should().Equal("JOHN", "JOHN");
        story.Remarks[0].Should().StartWith("How it was read is told of the message that said it again: There is no message");
    }

    [StoreFact]
    public async Task What_was_there_before_is_found_in_earlier_messages_where_the_history_was_dropped()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        await _engine.AcceptAsync(Adt("A08", "2", 2, Doe(given: "JACK")));
        await DropAsync(new RetentionOptions { Changes = TimeSpan.FromDays(40) });

        var given = await TellAsync("first_name");
        var family = await TellAsync("last_name");

        (given.Value, given.Before!.Value, given.Before.Since).Should().Be(("JACK", "JOHN", At(1)));
        given.Before.Text.Should().StartWith("ADT^A04 1, found by reading earlier messages: changes of before");
        family.Before!.Text.Should().StartWith("not known: changes of before");
    }

    [StoreFact]
    public async Task Without_a_field_there_is_a_line_for_each_those_that_hold_nothing_last()
    {
        await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));

        var answer = await AskAsync(new ExplainRequest("1959", "patient", "12345", null, ShowsValues: true) { Actor = "maria" });

        answer.Fields[0].Name.Should().Be("external_id");
        answer.Fields.Select(field => field.State == RecordStory.NeverSaid).Should().BeInAscendingOrder();
        answer.Fields.Where(field => field.State == "valued").Should().OnlyContain(field => field.CameFrom != null && field.Cell != null);
    }

    [StoreFact]
    public async Task Values_are_shown_by_their_form_unless_they_are_asked_for_and_either_is_audited_first()
    {
        await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        await _engine.AcceptAsync(TestEngine.Sample("guide-a08.hl7"));

        var masked = await AskAsync(new ExplainRequest("1959", "patient", "12345", null, ShowsValues: false) { Actor = "maria" });
        await TellAsync("phone_home");

        string[] values = ["JOHN", "DOE", "1980", "555", "MAIN", "White", "ENG"];

        // The ids of messages are left out: they may have such letters by chance.
        var json = IdForm().Replace(ControlJson.Write(masked with { ExternalId = "", Id = "" }), "");
        values.Where(value => json.Contains(value, StringComparison.Ordinal)).Should().BeEmpty();
        masked.Fields.First(field => field.Name == "phone_home").Before!.Value.Should().Be("+###########");
        var audit = await _engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default);
        audit.Select(entry => (entry.Actor, entry.Action, entry.Subject, entry.Records.Count)).Should().Equal(
            ("maria", "map explain", "patient 12345 phone_home, with values", 1),
            ("maria", "map explain", "patient 12345", 1));
    }

    [StoreFact]
    public async Task What_is_not_there_is_refused_and_the_look_is_audited()
    {
        await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));

        (await FailAsync(new ExplainRequest("1959", "patient", "999", null, false) { Actor = "maria" })).Message.Should().Be("Practice 1959 has no patient 999.");
        (await FailAsync(new ExplainRequest("1959", "patient", "12345", "shoe_size", false) { Actor = "maria" })).Message.Should().StartWith("patient has no field shoe_size. Its fields are external_id, ");
        (await FailAsync(new ExplainRequest("1959", "horse", "12345", null, false) { Actor = "maria" })).Message.Should().StartWith("There are no records of type horse; there are ");
        (await FailAsync(new ExplainRequest("7", "patient", "12345", null, false) { Actor = "maria" })).Kind.Should().Be(FailureKind.Usage);
        (await _engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default)).Should().HaveCount(3);
    }

    [GeneratedRegex("\"[0-9A-Z]{13}\"")]
    private static partial Regex IdForm();

    private async Task DropAsync(RetentionOptions options)
    {
        var keeper = new RetentionKeeper(_engine.Store, options, "this node", _engine.Time, NullLogger<RetentionKeeper>.Instance);
        _engine.Time.Advance(TimeSpan.FromDays(100));
        await _engine.AcceptAsync(Adt("A04", "9", 9, Doe(id: "99")));
        await _engine.Store.Ledger.SealAsync(LedgerDay.Of(_engine.Time.GetUtcNow()) - 1, default);
        for (var turn = 0; turn < 10; turn++)
        {
            await keeper.KeepAsync(default);
            _engine.Time.Advance(TimeSpan.FromHours(6));
        }
    }

    private static DateTimeOffset At(int minute) => new(2026, 1, 5, 9, minute, 0, TimeSpan.FromHours(-6));

    private async Task<FieldStory> TellAsync(string field, string type = "patient", string id = "12345") =>
        (await AskAsync(new ExplainRequest("1959", type, id, field, ShowsValues: true) { Actor = "maria" })).Fields.Should().ContainSingle().Subject;

    private async Task<FailureAnswer> FailAsync(ControlRequest request) =>
        (await new EngineOperations(_engine.Core.Parts()).AskAsync(request, default)).Should().BeOfType<FailureAnswer>().Subject;

    private async Task<TAnswer> AskAsync<TAnswer>(ControlRequest<TAnswer> request)
        where TAnswer : ControlAnswer => (await new EngineOperations(_engine.Core.Parts()).AskAsync(request, default)).Should().BeOfType<TAnswer>().Subject;
}

public sealed class SqliteExplainTests : ExplainConformance
{
    internal override Task<TestEngine> StartAsync() => TestEngine.StartAsync(("practices/1959/README.md", ""));
}

[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresExplainTests : ExplainConformance
{
    internal override Task<TestEngine> StartAsync() => TestEngine.StartOnPostgresAsync(settings => settings, ("practices/1959/README.md", ""));
}
