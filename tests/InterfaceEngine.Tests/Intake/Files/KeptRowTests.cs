using System.Text;
using InterfaceEngine.Control;
using InterfaceEngine.Control.Explaining;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>A row is a message once it is kept: whatever people do with a message they do with it.</summary>
public sealed class KeptRowTests
{
    private static readonly AuditEntry _maria = new("maria", "messages correct", "1959", null, "called the office");

    [Fact]
    public async Task A_refused_row_is_corrected_in_place_and_shows_which_column_was()
    {
        await using var engine = await TestEngine.StartAsync();
        var run = (await engine.TakeAsync($"{DroppedRows.PatientColumns}\n1,Sam,,1980-05-15,F,62701,\n")).Run;
        var refused = (await engine.MessagesAsync(run)).Single();

        var corrected = await engine.Core.Intake.CorrectAsync(refused.Id, Encoding.UTF8.GetBytes($"{DroppedRows.PatientColumns}\r\n1,Sam,Sample,1980-05-15,F,62701,\r\n"), _maria, isTrial: false, default);

        corrected.State.Should().Be(MessageState.Applied);
        corrected.Reply.IsEmpty.Should().BeTrue("nobody waits for an answer to a row");
        var copy = await engine.MessageAsync(corrected);
        (copy.Event, copy.Number, copy.ControlId).Should().Be(("Patients file", 1, run.Id.ToString()));
        (await engine.RecordAsync("1959", "patient", "1"))!.Find("last_name")!.Cause!.EventTime.Should().Be(run.EventAt);
        var shown = (MessageAnswer)await AskAsync(engine, new ShowMessageRequest(copy.Id.ToString()) { Actor = "maria" });
        shown.Differences.Should().Equal(new DifferenceView("column LastName", "", "Sample"));
        (await engine.Store.ReadAsync(reader => reader.Message(refused.Id), default))!.State.Should().Be(MessageState.Dismissed);
    }

    [Fact]
    public async Task A_copy_that_is_no_row_any_more_is_not_taken()
    {
        await using var engine = await TestEngine.StartAsync();
        var refused = (await engine.MessagesAsync((await engine.TakeAsync($"{DroppedRows.PatientColumns}\n1,Sam,,1980-05-15,F,62701,\n")).Run)).Single();

        var tried = await engine.Core.Intake.CorrectAsync(refused.Id, Encoding.UTF8.GetBytes("PatientID\r\n1\r\n2\r\n"), null, isTrial: true, default);

        tried.State.Should().Be(MessageState.Quarantined);
        tried.Detail!.Notes.Should().ContainSingle().Which.Should().Match<DetailNote>(note => note.Code == "MAP534" && note.Reason == "there is more than one row below its header.");
    }

    [Fact]
    public async Task A_row_about_somebody_else_is_held_until_a_person_accepts_it()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync($"{DroppedRows.PatientColumns}\n1,Sam,Sample,1980-05-15,F,62701,\n");
        var run = (await engine.TakeAsync($"{DroppedRows.PatientColumns}\n1,Otto,Other,1955-01-02,M,62701,\n", made: DroppedRows.Made.AddDays(1))).Run;
        var held = (await engine.MessagesAsync(run)).Single();
        (held.State, run.Counts.Held).Should().Be((MessageState.Held, 1));

        (await engine.Core.Intake.TryAsync(held.Id, default)).State.Should().Be(MessageState.Held);
        var applied = await engine.Core.Intake.ReplayAsync(held.Id, Acceptance.OfContradiction, _maria, default);

        applied.State.Should().Be(MessageState.Applied);
        (await engine.RecordAsync("1959", "patient", "1"))!["last_name"].Should().Be("Other");
        (await engine.Store.ReadAsync(reader => reader.FileRun(run.Id), default))!.Counts.Should().Be(run.Counts, "counts say what became of the rows when they were read");
    }

    [Fact]
    public async Task Explain_leads_from_a_stored_value_to_its_column()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync($"{DroppedRows.PatientColumns}\n1,Sam,Sample,1980-05-15,F,2134,\n");

        var told = (ExplanationAnswer)await AskAsync(engine, new ExplainRequest("1959", "patient", "1", "address.postal_code", ShowsValues: true) { Actor = "maria" });

        System.Text.Json.JsonSerializer.Serialize(told).Should().Contain("column Zip").And.Contain("02134").And.Contain("2134").And.Contain("MAP554");
    }

    [Fact]
    public async Task Coverage_and_comparison_read_rows_as_rows()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync("PatientID,FirstName,LastName,DOB,Shoe\n1,Sam,Sample,1980-05-15,42\n2,Ann,Sample,1980-05-15,\n");
        var set = engine.Core.Mappings.Current.Set;

        var coverage = await new StoredCoverage(engine.Store, engine.Settings.Practices, engine.Time).RunAsync(set, new CoverageRequest(DateTimeOffset.UnixEpoch, 100) { Practice = "1959", Actor = "maria" }, default);
        var compared = await new StoredComparison(engine.Store, engine.Settings.Practices, engine.Time).RunAsync(
            new SetComparison(set, set), new CompareMappingsRequest(new MappingPlace(null, "a"), new MappingPlace(null, "b")) { From = DateTimeOffset.UnixEpoch, Limit = 100, Practice = "1959", Actor = "maria" }, default);

        coverage.Practices.Single().Should().Match<InterfaceEngine.Core.Mapping.Coverage.CoverageReport>(report => report.Messages == 2);
        coverage.Practices.Single().Unmapped.Should().Contain(place => place.Place == "Shoe" && place.Messages == 1);
        compared.Report.NotCompared.Should().BeEmpty();
    }

    private static Task<ControlAnswer> AskAsync(TestEngine engine, ControlRequest request) => new EngineOperations(engine.Core.Parts()).AskAsync(request, default);
}
