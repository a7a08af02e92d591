using System.Text;
using InterfaceEngine.Control;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Bulk;

namespace InterfaceEngine.Tests.Control;

public sealed class EhrBulkOperationsTests
{
    [Fact]
    public async Task An_export_is_begun_shown_listed_and_given_up_as_the_guides_print_it()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        var begun = await AskAsync<EhrBulkAnswer>(control, new StartEhrBulkRequest(Connected.Id) { Actor = "anna", ResourceTypes = ["Patient", "Observation"] });
        var shown = await AskAsync<EhrBulkAnswer>(control, new EhrBulkRequest("", begun.Id) { Actor = "anna" });
        var given = await AskAsync<EhrBulkAnswer>(control, new CancelEhrBulkRequest("", begun.Id) { Actor = "anna" });

        (begun.Status, begun.Step, begun.StatusUrl).Should().Be(("IN_PROGRESS", "exporting", $"{place.Server.Address}/status?job=$1"));
        shown.Id.Should().Be(begun.Id);
        (given.Status, given.OutputUrls).Should().Be(("CANCELLED", null));
        (await AskAsync<EhrBulksAnswer>(control, new ListEhrBulkRequest(Connected.Id) { Actor = "anna" })).Jobs.Should().ContainSingle();
        (await AskAsync<AuditAnswer>(control, new ListAuditRequest(BulkPlace.Practice) { Actor = "anna" })).Entries.Select(entry => entry.Action).Should().Contain(["ehr bulk start", "ehr bulk cancel"]);
    }

    [Theory]
    [InlineData("Pateint", "Patient", "An export is of Patient")]
    [InlineData("Patient", "observation", "One of the types is no type of resource")]
    public async Task A_word_that_is_none_is_told_as_one(string level, string type, string message)
    {
        await using var place = await BulkPlace.WithClinicAsync();
        await using var control = new EngineOperations(place.Engine.Core.Parts());

        var refused = await AskAsync<FailureAnswer>(control, new StartEhrBulkRequest(Connected.Id) { Actor = "anna", ExportType = level, ResourceTypes = ["Patient", type] });

        (refused.Kind, refused.Message).Should().Match<(FailureKind Kind, string Message)>(told => told.Kind == FailureKind.Usage && told.Message.StartsWith(message, StringComparison.Ordinal));
        (await AskAsync<EhrBulksAnswer>(control, new ListEhrBulkRequest(Connected.Id) { Actor = "anna" })).Jobs.Should().BeEmpty();
    }

    [Fact]
    public async Task A_since_that_lies_ahead_is_told_as_a_mistake_of_an_export_and_of_a_synchronisation()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        var ahead = place.Engine.Time.GetUtcNow().AddYears(100);

        var export = await AskAsync<FailureAnswer>(control, new StartEhrBulkRequest(Connected.Id) { Actor = "anna", Since = ahead });
        var sync = await AskAsync<FailureAnswer>(control, new EhrSyncRequest(Connected.Id) { Actor = "anna", Since = ahead });

        new[] { export, sync }.Should().OnlyContain(told => told.Kind == FailureKind.Usage && told.Message == "since lies ahead, and nothing has changed since then: say a time that is past.");
        (await AskAsync<EhrBulksAnswer>(control, new ListEhrBulkRequest(Connected.Id) { Actor = "anna" })).Jobs.Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_the_vendor_did_not_begin_is_refused_with_its_reason_and_kept_as_failed()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Server.On(BulkPlace.KickOff, 400, """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-supported"}]}""");
        await using var control = new EngineOperations(place.Engine.Core.Parts());

        var refused = await AskAsync<FailureAnswer>(control, new StartEhrBulkRequest(Connected.Id) { Actor = "anna", ResourceTypes = ["Patient"] });

        var kept = (await AskAsync<EhrBulksAnswer>(control, new ListEhrBulkRequest(Connected.Id) { Actor = "anna" })).Jobs.Should().ContainSingle().Subject;
        (refused.Kind, kept.Status).Should().Be((FailureKind.Refused, "FAILED"));
        refused.Message.Should().Be($"The vendor did not begin export {kept.Id}. {kept.ErrorMessage}");
    }

    [Fact]
    public async Task Rows_that_were_refused_are_told_with_what_was_exported()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Patient", "/files/p", 3)).File("/files/p", BulkPlace.Patient(1), BulkPlace.Patient(2), """{"resourceType":"Patient","id":"a-7.E-3"}""").Server.On(BulkPlace.Release, 202, "");
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        var job = await place.RunAsync();

        var shown = await AskAsync<EhrBulkAnswer>(control, new EhrBulkRequest("", job.Id) { Actor = "anna" });

        shown.Files.Should().ContainSingle().Which.Should().Match<EhrBulkFileView>(file => file.Rows == 3 && file.Refused == 1);
        shown.Notes.Should().ContainSingle(note => note.StartsWith("1 of 3 rows were refused, and wait in the error queue", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_complete_one_names_its_files()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var job = await place.RunAsync();
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        var shown = await AskAsync<EhrBulkAnswer>(control, new EhrBulkRequest(Connected.Id, job.Id) { Actor = "anna" });

        (shown.Status, shown.CompletedAt).Should().Be(("COMPLETED", job.EndedAt));
        shown.OutputUrls.Should().HaveCount(3).And.Contain($"{place.Server.Address}/files/p");
        shown.Files.Should().OnlyContain(file => file.State == "loaded" && file.Rows == file.Stated && file.Run != null);
    }

    [Fact]
    public async Task The_list_has_the_newest_first_and_leaves_their_files_to_who_asks_for_one()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var jobs = new List<string>();
        for (var count = 0; count < 12; count++)
        {
            jobs.Insert(0, (await place.RunAsync(new BulkRequest { Types = ["Patient"], IsFull = true })).Id);
            place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await using var control = new EngineOperations(place.Engine.Core.Parts());
        var listed = (await AskAsync<EhrBulksAnswer>(control, new ListEhrBulkRequest(Connected.Id) { Actor = "anna" })).Jobs;

        listed.Select(job => job.Id).Should().Equal(jobs);
        listed.Should().OnlyContain(job => job.Files.Count == 0 && job.OutputUrls == null && job.Status == "COMPLETED");
        (await place.Jobs.ListAsync(3, default)).Select(kept => kept.Job.Id).Should().Equal(jobs.Take(3));
    }

    [Fact]
    public async Task Whoever_may_not_speak_of_its_practice_is_told_that_there_is_none()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var job = await place.BeginAsync();
        await using var control = new EngineOperations(place.Engine.Core.Parts());

        (await AskAsync<FailureAnswer>(control, new EhrBulkRequest("", job.Id) { Actor = "anna", Practices = ["1959"] })).Kind.Should().Be(FailureKind.NotFound);
        (await AskAsync<FailureAnswer>(control, new StartEhrBulkRequest(Connected.Id) { Actor = "anna", Practices = ["1959"] })).Kind.Should().Be(FailureKind.NotFound);
        (await AskAsync<FailureAnswer>(control, new EhrSyncRequest(Connected.Id) { Actor = "anna", Practices = ["1959"] })).Kind.Should().Be(FailureKind.NotFound);
    }

    [Fact]
    public async Task A_synchronisation_says_what_came_of_each_type()
    {
        await using var place = await BulkPlace.StartAsync(options => options with { Dialect = new() { IsSearchedByPatient = false } });
        place.Server.On("GET /fhir/r4/Patient", 200, $$"""{"resourceType":"Bundle","entry":[{"resource":{{BulkPlace.Patient(1)}}}]}""");
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        var answer = await AskAsync<EhrSyncAnswer>(control, new EhrSyncRequest(Connected.Id) { Actor = "anna", IncludeEnhanced = false });

        (answer.StandardResources, answer.EnhancedResources, answer.Total).Should().Be((1, 0, 1));
        answer.Types.Should().HaveCount(7).And.Contain(new EhrSyncTypeView("Patient", false, 1, 1, 0, 0, null));
    }

    [Fact]
    public async Task A_synchronisation_says_what_was_held_and_what_waits_for_its_patient()
    {
        await using var place = await BulkPlace.StartAsync(options => options with { Dialect = new() { IsSearchedByPatient = false } });
        await place.Engine.Core.VendorDocuments.TakeAsync(BulkPlace.Practice, Connected.Id, [new("FHIR Patient", Encoding.UTF8.GetBytes(BulkPlace.Patient(1)))], place.Engine.Time.GetUtcNow(), default);
        var other = BulkPlace.Patient(1).Replace("1980-05-11", "1999-01-01", StringComparison.Ordinal).Replace("Sample", "Somebody", StringComparison.Ordinal);
        place.Server.On("GET /fhir/r4/Patient", 200, $$"""{"resourceType":"Bundle","entry":[{"resource":{{other}}}]}""").On("GET /fhir/r4/Observation", 200, $$"""{"resourceType":"Bundle","entry":[{"resource":{{BulkPlace.Value(1, 9)}}}]}""");
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        place.Engine.Time.Advance(TimeSpan.FromMinutes(1));

        var answer = await AskAsync<EhrSyncAnswer>(control, new EhrSyncRequest(Connected.Id) { Actor = "anna", IncludeEnhanced = false });

        answer.Types.Should().Contain(new EhrSyncTypeView("Patient", false, 1, 0, 0, 0, null) { Held = 1 });
        answer.Types.Single(type => type.Type == "Observation").Should().Match<EhrSyncTypeView>(type => type.Fetched == 1 && type.Created == 0 && type.Parked == 1);
        var last = await AskAsync<EhrSyncStateAnswer>(control, new EhrSyncStateRequest(Connected.Id) { Actor = "anna" });
        (last.Result!.Types.Sum(type => type.Held), last.Result.Types.Sum(type => type.Parked)).Should().Be((1, 1));
    }

    [Fact]
    public async Task A_synchronisation_that_the_vendor_turns_away_altogether_is_no_answer_of_zeros()
    {
        await using var place = await BulkPlace.StartAsync(options => options with { Dialect = new() { IsSearchedByPatient = false } });
        place.Server.On("GET /fhir/r4/Patient", 401, "");
        await using var control = new EngineOperations(place.Engine.Core.Parts());

        var refused = await AskAsync<FailureAnswer>(control, new EhrSyncRequest(Connected.Id) { Actor = "anna" });

        refused.Kind.Should().Be(FailureKind.Refused);
        refused.Message.Should().Contain("Patient").And.Contain("401");
    }

    [Fact]
    public async Task A_type_that_is_none_and_a_patient_whom_the_vendor_does_not_know_are_told()
    {
        await using var place = await BulkPlace.StartAsync(options => options with { Dialect = new() { IsSearchedByPatient = false } });
        place.Server.On("GET /fhir/r4/Patient", 200, """{"resourceType":"Bundle","entry":[]}""");
        await using var control = new EngineOperations(place.Engine.Core.Parts());

        (await AskAsync<FailureAnswer>(control, new EhrSyncRequest(Connected.Id) { Actor = "anna", ResourceTypes = ["encounter"] })).Kind.Should().Be(FailureKind.Usage);
        var nobody = await AskAsync<FailureAnswer>(control, new EhrSyncRequest(Connected.Id) { Actor = "anna", Patient = "4711", IncludeEnhanced = false });

        (nobody.Kind, nobody.Message).Should().Be((FailureKind.NotFound, "conn_1 has no such patient: give the vendor's number or our id."));
    }

    private static async Task<T> AskAsync<T>(EngineOperations control, ControlRequest request)
        where T : ControlAnswer => (await control.AskAsync(request, default)).Should().BeOfType<T>().Subject;
}
