using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Bulk;
using InterfaceEngine.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Tests.Sources.Ehr.Sync;

public sealed class VendorSyncTests
{
    private const string Search = "GET /fhir/r4/";

    [Fact]
    public async Task Patients_who_are_known_are_asked_for_and_what_is_theirs()
    {
        await using var place = await PlaceAsync(known: [1, 2]);
        place.Server.On(Search + "Patient", 200, Bundle(BulkPlace.Patient(1, "Renamed"))).On(Search + "Patient", 200, Bundle(BulkPlace.Patient(2)));
        place.Server.On(Search + "Observation", 200, Bundle(BulkPlace.Value(1, 1))).On(Search + "Observation", 200, Bundle(BulkPlace.Value(2, 2), BulkPlace.Value(3, 2)));
        var report = await RunAsync(place, new SyncRequest { IncludeEnhanced = false });

        Of(report, "Patient").Fetched.Should().Be(2);
        Of(report, "Observation").Should().BeEquivalentTo(new { Fetched = 3L, Created = 3L, Skipped = (string?)null });
        (await place.CountAsync("observation")).Should().Be(3);
        place.Server.Requests.Where(request => request.Path.EndsWith("Patient", StringComparison.Ordinal)).Select(request => request.Query)
            .Should().Equal("?_id=a-195900.E-1&ah-practice=Organization%2Fa-1.Practice-195900", "?_id=a-195900.E-2&ah-practice=Organization%2Fa-1.Practice-195900");
        place.Server.Requests.First(request => request.Path.EndsWith("Observation", StringComparison.Ordinal)).Query.Should().StartWith("?patient=a-195900.E-1&");
    }

    [Fact]
    public async Task The_next_one_asks_for_what_changed_since_by_the_vendors_clock_with_an_overlap()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Observation", 200, Bundle(BulkPlace.Value(1, 1)), "application/fhir+json", ("Date", "Sun, 01 Feb 2026 10:30:00 GMT"));
        await RunAsync(place, Only("Observation"));
        await RunAsync(place, Only("Observation"));

        place.Server.Requests.Last(request => request.Path.EndsWith("Observation", StringComparison.Ordinal)).Query.Should().Contain("_lastUpdated=ge2026-02-01T10%3A25%3A00Z");
        (await place.MessagesAsync()).Should().Be(2, "what comes again changes nothing");
    }

    [Fact]
    public async Task Two_problems_of_one_code_are_two_records_each_time_they_come()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Condition", 200, Bundle(Condition("d-1", "2011-03-01", "active"), Condition("d-2", "2020-05-01", "active")));
        place.Server.On(Search + "Condition", 200, Bundle(Condition("d-2", "2020-05-01", "resolved"), Condition("d-1", "2011-03-01", "active")));
        await RunAsync(place, Only("Condition"));
        var report = await RunAsync(place, Only("Condition"));

        Of(report, "Condition").Should().BeEquivalentTo(new { Fetched = 2L, Refused = 0L });
        (await place.Engine.RecordsAsync(BulkPlace.Practice, "diagnosis")).Select(record => (record["diagnosed_at"], record["clinical_status"])).Should().BeEquivalentTo([("2011-03-01", "active"), ("2020-05-01", "resolved")]);
    }

    private static string Condition(string id, string onset, string status) => $$"""
        {"resourceType":"Condition","id":"{{id}}","clinicalStatus":{"coding":[{"code":"{{status}}"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"I10"}]},"subject":{"reference":"Patient/a-195900.E-1"},"onsetDateTime":"{{onset}}"}
        """;

    [Fact]
    public async Task Who_became_known_since_the_last_one_is_asked_for_from_the_beginning_and_then_as_the_others()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Observation", 200, Bundle(BulkPlace.Value(1, 1)));
        await RunAsync(place, Only("Observation"));
        await KnowAsync(place, 2);

        var queries = new List<string[]>();
        for (var run = 0; run < 2; run++)
        {
            var before = place.Server.Requests.Count(IsOfValues);
            await RunAsync(place, Only("Observation"));
            queries.Add([.. place.Server.Requests.Where(IsOfValues).Skip(before).Select(request => request.Query)]);
        }

        queries[0].Select(query => query.Contains("_lastUpdated")).Should().Equal([true, false], "the vendor has an older chart of the second");
        queries[0][1].Should().Contain("a-195900.E-2");
        queries[1].Select(query => query.Contains("_lastUpdated")).Should().Equal(true, true);

        static bool IsOfValues(ScriptedRequest request) => request.Path.EndsWith("Observation", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_got_the_vendors_number_since_the_last_one_is_asked_for_from_the_beginning()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Observation", 200, Bundle(BulkPlace.Value(1, 1)));
        var made = await place.Engine.Core.Patients.CreateAsync(
            new PatientChange
            {
                Practice = BulkPlace.Practice,
                Fields = [new SaidField("last_name", ["Example"]), new SaidField("first_name", ["Bob"]), new SaidField("date_of_birth", ["1990-01-02"]), new SaidField("gender", ["M"])],
                Audit = new AuditEntry("maria", "patients", BulkPlace.Practice, null, "a new patient"),
            },
            default);
        await RunAsync(place, Only("Observation"));
        place.Engine.Time.Advance(TimeSpan.FromDays(1));
        (await place.Engine.Core.OwnRecords(Connected.Id, "patient").RenumberAsync(made.Record.Id, "2", default)).Should().BeNull();

        var before = place.Server.Requests.Count;
        await RunAsync(place, Only("Observation"));

        var queries = place.Server.Requests.Skip(before).Where(request => request.Path.EndsWith("Observation", StringComparison.Ordinal)).Select(request => request.Query).ToList();
        queries.Should().HaveCount(2).And.ContainSingle(query => query.Contains("_lastUpdated")).Which.Should().Contain("E-1&");
    }

    [Fact]
    public async Task A_server_that_has_no_such_rule_is_asked_once_for_all_patients()
    {
        await using var place = await PlaceAsync(options => options with { Dialect = new EhrDialect { IsSearchedByPatient = false } });
        place.Server.On(Search + "Patient", 200, Bundle(BulkPlace.Patient(1), BulkPlace.Patient(2))).On(Search + "Observation", 200, Bundle(BulkPlace.Value(1, 2)));
        var report = await RunAsync(place, new SyncRequest { IncludeEnhanced = false, Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });

        (Of(report, "Patient").Created, Of(report, "Observation").Created).Should().Be((2, 1));
        place.Server.Requests.First(request => request.Path.EndsWith("Patient", StringComparison.Ordinal)).Query.Should().Be("?_lastUpdated=ge2026-01-01T00%3A00%3A00Z");
    }

    [Fact]
    public async Task What_can_not_be_asked_for_is_skipped_with_the_reason()
    {
        await using var place = await PlaceAsync(options => options with { Rest = null, Dialect = new EhrDialect { HasNoAppointmentSearch = true } }, known: [1]);
        place.Server.On(Search + "metadata", 200, """{"resourceType":"CapabilityStatement","rest":[{"resource":[{"type":"Patient","interaction":[{"code":"read"}]}]}]}""");
        var report = await RunAsync(place, new SyncRequest { Types = ["Appointment", "Medication"] });

        Of(report, "Patient").Skipped.Should().Be("the server has no search for it");
        Of(report, "Appointment").Skipped.Should().Be("the vendor has no search for appointments");
        Of(report, "Medication").Skipped.Should().Be("no table of practice 195900 reads it");
        report.Fault.Should().BeNull("nothing of it should have come");
        place.Asked.Should().BeEmpty();
    }

    [Theory]
    [InlineData("athenahealth", "Appointment")]
    [InlineData("eclinicalworks", "Task")]
    public void Each_vendor_has_the_enhanced_types_of_its_guide(string system, string type) => SyncTypes.Enhanced(system).Should().HaveCount(5).And.Contain(type);

    [Fact]
    public async Task A_page_is_on_disk_before_the_next_is_asked_for_and_what_breaks_off_leaves_the_cursor()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Observation", 200, Bundle(BulkPlace.Value(1, 1)).Replace("\"entry\"", $"\"link\":[{{\"relation\":\"next\",\"url\":\"{place.Server.Address}/page2\"}}],\"entry\"", StringComparison.Ordinal));
        place.Server.On("GET /page2", 401, "");
        var report = await RunAsync(place, Only("Observation"));

        Of(report, "Observation").HasFailed.Should().BeTrue();
        (await place.CountAsync("observation")).Should().Be(1);
        await RunAsync(place, Only("Observation"));
        place.Server.Requests.Last(request => request.Path.EndsWith("Observation", StringComparison.Ordinal)).Query.Should().NotContain("_lastUpdated");
    }

    [Fact]
    public async Task One_patient_who_is_closed_keeps_nobody_from_going_on_and_is_asked_for_from_where_they_were()
    {
        await using var place = await PlaceAsync(known: [1, 2]);
        place.Server.On(Search + "Observation", 403, "").On(Search + "Observation", 200, Bundle(BulkPlace.Value(2, 2)), "application/fhir+json", ("Date", "Sun, 01 Feb 2026 10:30:00 GMT"));
        var report = await RunAsync(place, Only("Observation"));

        Of(report, "Observation").Should().BeEquivalentTo(new { Fetched = 1L, Skipped = "1 of 2 patients could not be asked for: what changed of them is asked for again the next time" });
        await RunAsync(place, Only("Observation"));
        await RunAsync(place, Only("Observation"));
        place.Server.Requests.Where(request => request.Path.EndsWith("Observation", StringComparison.Ordinal)).Select(request => (request.Query.Contains("E-1&", StringComparison.Ordinal), request.Query.Contains("_lastUpdated", StringComparison.Ordinal)))
            .Should().Equal([(true, false), (false, false), (true, false), (false, true), (true, true), (false, true)]);
    }

    [Fact]
    public async Task A_vendor_that_refuses_the_first_patients_is_not_asked_for_all()
    {
        await using var place = await PlaceAsync(known: [1, 2, 3, 4, 5]);
        place.Server.On(Search + "Observation", 403, "");
        var report = await RunAsync(place, Only("Observation"));

        report.Fault.Should().Contain("403");
        place.Asked.Should().HaveCount(3);
    }

    [Fact]
    public async Task One_patient_alone_leaves_the_cursor()
    {
        await using var place = await PlaceAsync(known: [1, 2]);
        place.Server.On(Search + "Observation", 200, Bundle(BulkPlace.Value(1, 2)));
        var report = await RunAsync(place, Only("Observation") with { Patient = "2" });

        Of(report, "Observation").Until.Should().BeNull();
        place.Asked.Should().ContainSingle();
        place.Server.Requests.Last().Query.Should().Contain("a-195900.E-2");
    }

    [Fact]
    public async Task A_later_moment_than_the_last_ones_end_leaves_no_gap()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Observation", 200, Bundle(), "application/fhir+json", ("Date", "Sun, 01 Feb 2026 10:30:00 GMT"));
        await RunAsync(place, Only("Observation"));
        var later = await RunAsync(place, Only("Observation") with { Since = new DateTimeOffset(2026, 2, 1, 11, 0, 0, TimeSpan.Zero) });

        Of(later, "Observation").Until.Should().BeNull();
        await RunAsync(place, Only("Observation"));
        place.Server.Requests.Last().Query.Should().Contain("10%3A25%3A00Z");
    }

    [Fact]
    public async Task Who_asks_from_a_moment_before_any_ran_leaves_what_is_older_to_the_next()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Observation", 200, Bundle());
        var first = await RunAsync(place, Only("Observation") with { Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });

        Of(first, "Observation").Until.Should().BeNull();
        await RunAsync(place, Only("Observation"));
        place.Server.Requests.Last().Query.Should().NotContain("_lastUpdated");
    }

    [Fact]
    public async Task A_server_whose_clock_is_years_ahead_stops_nothing_for_years()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Observation", 200, Bundle(), "application/fhir+json", ("Date", "Tue, 01 Jan 2036 10:30:00 GMT"));

        Of(await RunAsync(place, Only("Observation")), "Observation").Until.Should().Be(place.Engine.Time.GetUtcNow() - SyncCursor.Overlap);
    }

    [Fact]
    public async Task A_run_that_broke_off_is_gone_on_with_by_one_that_asks_from_the_same_moment_alone()
    {
        await using var place = await PlaceAsync(known: [.. Enumerable.Range(1, 21)]);
        place.Server.On(Search + "Observation", 200, Bundle(), "application/fhir+json", ("Date", "Sun, 01 Feb 2026 10:30:00 GMT"));
        await RunAsync(place, Only("Observation"));
        var asked = 0;
        place.Server.On(Search + "Observation", async context =>
        {
            context.Response.StatusCode = ++asked == 20 ? 401 : 200;
            context.Response.ContentType = "application/fhir+json";
            await context.Response.WriteAsync(Bundle());
        });
        (await RunAsync(place, Only("Observation"))).Fault.Should().NotBeNull();

        asked = 100;
        await RunAsync(place, Only("Observation") with { Since = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        asked.Should().Be(121, "all of them are asked from then");
    }

    [Fact]
    public async Task A_resource_with_a_document_in_it_is_taken_with_its_page()
    {
        await using var place = await PlaceAsync(options => options with { Dialect = new EhrDialect { IsSearchedByPatient = false } });
        var photo = BulkPlace.Patient(1).Replace("\"name\"", $"\"photo\":[{{\"contentType\":\"image/png\",\"data\":\"{new string('A', 2_000_000)}\"}}],\"name\"", StringComparison.Ordinal);
        place.Server.On(Search + "Patient", 200, Bundle(photo, BulkPlace.Patient(2)));
        var report = await RunAsync(place, Only("Patient"));

        Of(report, "Patient").Should().BeEquivalentTo(new { Fetched = 2L, Created = 2L, Skipped = (string?)null });
    }

    [Fact]
    public async Task Two_do_not_run_at_once_and_one_patients_alone_runs_beside_them()
    {
        await using var place = await PlaceAsync(known: [1]);
        place.Server.On(Search + "Condition", 200, Bundle());
        var (asked, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        place.Server.On(Search + "Observation", async context =>
        {
            asked.TrySetResult();
            await goOn.Task;
            context.Response.StatusCode = 401;
        });
        var first = RunAsync(place, Only("Observation"));
        await asked.Task;
        var second = () => RunAsync(place, new SyncRequest());

        await second.Should().ThrowAsync<SyncBusyException>();
        Of(await RunAsync(place, Only("Condition") with { Patient = "1" }), "Condition").HasFailed.Should().BeFalse();
        (await StateAsync(place)).State.Should().Be("running");
        goOn.SetResult();
        await first;
        var last = await StateAsync(place);
        (last.State, last.BeganAt, last.EndedAt).Should().Be(("done", place.Engine.Time.GetUtcNow(), place.Engine.Time.GetUtcNow()));
        last.Result!.Types.Single().Should().Match<EhrSyncTypeView>(type => type.Type == "Observation" && type.HasFailed, "the one that ran, and not the patient's alone");
    }

    [Fact]
    public async Task One_that_never_ran_or_was_broken_off_says_so()
    {
        await using var place = await PlaceAsync(known: [1]);
        (await StateAsync(place)).State.Should().Be("never");
        using var stop = new CancellationTokenSource();
        place.Server.On(Search + "Observation", _ => stop.CancelAsync());

        await FluentActions.Awaiting(() => place.Engine.Core.Vendor(Connected.Id).Sync().RunAsync(Only("Observation"), stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        (await StateAsync(place)).Should().Match<EhrSyncStateAnswer>(last => last.State == "broken off" && last.EndedAt == null && last.Result == null);
    }

    [Fact]
    public async Task Where_no_patient_is_known_it_says_what_to_do()
    {
        await using var place = await PlaceAsync();

        (await RunAsync(place, new SyncRequest())).Notes.Should().ContainSingle().Which.Should().StartWith("No patient of practice 195900 is known yet");
        (await StateAsync(place)).Result!.Notes.Should().ContainSingle();
    }

    [Fact]
    public async Task A_type_that_is_named_and_not_asked_for_is_told()
    {
        await using var place = await PlaceAsync(known: [1]);
        var report = await RunAsync(place, new SyncRequest { IncludeEnhanced = false, Types = ["Encounter", "Patient"] });

        Of(report, "Encounter").Should().BeEquivalentTo(new { Skipped = "the enhanced types were not asked for", HasFailed = false });
        report.Types.Where(type => type.Type == "Patient").Should().ContainSingle();
    }

    [Fact]
    public async Task Over_a_users_consent_the_patient_whose_record_they_opened_is_asked_for_and_nobody_else()
    {
        await using var place = await PlaceAsync(
            options => options with
            {
                Dialect = new EhrDialect { FhirPatientId = "a-{practice}.E-{}" },
                Client = new EhrClient { Id = "app", Grant = TokenGrant.AuthorizationCode },
            },
            known: [1, 2]);
        var connection = place.Engine.Core.Connections[Connected.Id];
        var consent = new TokenAnswer(new EhrSecret("abc"), TimeSpan.FromHours(1)) { Patient = "a-195900.E-7" };
        await new UserGrant(connection.Options, place.Engine.Store.Connections, place.Engine.Time).KeepAsync(consent, place.Engine.Time.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds(), default);
        place.Server.On(Search + "Patient", 200, Bundle(BulkPlace.Patient(7))).On(Search + "Observation", 200, Bundle(BulkPlace.Value(1, 7)));

        var report = await RunAsync(place, new SyncRequest { IncludeEnhanced = false });

        (Of(report, "Patient").Created, Of(report, "Observation").Created, report.Notes.Count).Should().Be((1, 1, 0));
        place.Server.Requests.Where(request => !request.Path.EndsWith("metadata", StringComparison.Ordinal)).Should().OnlyContain(request => request.Query.Contains("a-195900.E-7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Over_a_users_consent_nothing_of_athenaNet_is_asked_for_and_the_report_says_why()
    {
        await using var place = await PlaceAsync(
            options => options with
            {
                Dialect = new EhrDialect { FhirPatientId = "a-{practice}.E-{}", HasNoAppointmentSearch = true },
                Client = new EhrClient { Id = "app", Grant = TokenGrant.AuthorizationCode },
            },
            known: [1]);
        var connection = place.Engine.Core.Connections[Connected.Id];
        var consent = new TokenAnswer(new EhrSecret("abc"), TimeSpan.FromHours(1)) { Patient = "a-195900.E-7" };
        await new UserGrant(connection.Options, place.Engine.Store.Connections, place.Engine.Time).KeepAsync(consent, place.Engine.Time.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds(), default);
        place.Server.On(Search + "Patient", 200, Bundle(BulkPlace.Patient(7)));

        var report = await RunAsync(place, new SyncRequest());
        await place.Engine.Core.Vendor(Connected.Id).References().RunByClockAsync(default);

        Of(report, "Appointment").Should().BeEquivalentTo(new { Skipped = "it comes by athenaNet, which opens nothing to a user's token (Client:Grant)", HasFailed = false });
        report.Types.Should().NotContain(type => type.Type == "Coverage", "no scope of FHIR has it");
        Of(report, "Patient").Created.Should().Be(1);
        place.Server.Requests.Should().NotContain(request => request.Path.StartsWith("/v1/", StringComparison.Ordinal));
        place.Engine.Core.Vendor(Connected.Id).Insurances().IsUsed.Should().BeFalse();
    }

    private static SyncRequest Only(string type) => new() { IncludeStandard = false, Types = [type] };

    private static Task<SyncReport> RunAsync(BulkPlace place, SyncRequest request) => place.Engine.Core.Vendor(Connected.Id).Sync().RunAsync(request, default);

    private static async Task<EhrSyncStateAnswer> StateAsync(BulkPlace place) =>
        (await new EngineOperations(place.Engine.Core.Parts()).AskAsync(new EhrSyncStateRequest(Connected.Id) { Actor = "test" }, default)).Should().BeOfType<EhrSyncStateAnswer>().Subject;

    private static SyncedType Of(SyncReport report, string type) => report.Types.Single(one => one.Type == type);

    private static string Bundle(params string[] resources) =>
        $$"""{"resourceType":"Bundle","type":"searchset","entry":[{{string.Join(',', resources.Select(resource => $"{{\"resource\":{resource}}}"))}}]}""";

    private static async Task<BulkPlace> PlaceAsync(Func<ConnectionOptions, ConnectionOptions>? change = null, params int[] known)
    {
        var dialect = new EhrDialect { FhirTenant = "ah-practice=Organization/a-1.Practice-{}", FhirPatientId = "a-{practice}.E-{}", HasNoAppointmentSearch = true };
        var place = await BulkPlace.StartAsync(options => change?.Invoke(options) ?? options with { Dialect = dialect });
        foreach (var number in known)
        {
            await KnowAsync(place, number);
        }

        return place;
    }

    private static async Task KnowAsync(BulkPlace place, int number) => await place.Engine.AcceptAsync(
        TestEngine.Message($"MSH|^~\\&|ATHENANET|195900^Sample|PS|PS|20260115100000||ADT^A04|P-{number}|P|2.5.1", "EVN|A04|20260115100000", $"PID|1||{number}^^^ATHENA^MRN||Sample^Ann||198005{10 + number}|F"), TestEngine.Athena);
}
