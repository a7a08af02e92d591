using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Ehr.Sync;

/// <summary>A synchronisation of a connection that has no FHIR, or is not to use it: patients and their charts by athenaNet's calls.</summary>
public sealed class RestChartTests
{
    private const string Vaccines = "GET /chart/{patientid}/vaccines";

    private static readonly string[] _charted = ["allergy", "diagnosis", "medication", "immunization", "observation", "result", "encounter", "document"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_patients_chart_comes_whole_and_once_and_the_next_run_has_nothing_new(bool hasFhir)
    {
        await using var place = await PlaceAsync(hasFhir);
        var (patient, past) = Somebody(place);

        var first = await RunAsync(place, new SyncRequest { Patient = patient });
        var stored = await StoredAsync(place);
        var messages = await place.MessagesAsync();
        var second = await RunAsync(place, new SyncRequest { Patient = patient });

        first.Fault.Should().BeNull();
        first.Types.Where(type => type.Skipped is not null).Select(type => type.Type).Should().Equal("Procedure", "CarePlan");
        (Of(first, "Patient").Created, Of(first, "AllergyIntolerance").Fetched, Of(first, "DiagnosticReport").Fetched).Should().Be((1, past.Allergies.Count, past.Reports.Count));
        stored["allergy"].Select(one => one["name"]).Should().BeEquivalentTo(past.Allergies.Select(one => one.Text));
        stored["diagnosis"].Select(one => one["problem_id"]).Should().BeEquivalentTo(past.Problems.Select(one => one.Id));
        stored["medication"].Select(one => one["external_id"]).Should().BeEquivalentTo(past.Medications.Select(one => $"H{one.Id}"));
        stored["immunization"].Select(one => one["external_id"]).Should().BeEquivalentTo(past.Vaccinations.Select(one => one.Id));
        stored["result"].Select(one => one["order_number"]).Should().BeEquivalentTo(past.Reports.Select(one => one.Panel.FillerId));
        stored["encounter"].Select(one => (one["external_id"], one["status"])).Should().Contain(past.Visits.Select(one => ((string?)one.Id, (string?)"finished")));
        stored["document"].Select(one => one["external_id"]).Should().BeEquivalentTo(past.Documents.Select(one => one.Id));
        stored["observation"].Should().HaveCount((6 * past.Vitals.Count) + past.Reports.Sum(report => report.Panel.Observations.Count));
        var ours = (await place.Engine.RecordAsync(AthenaPlace.Practice, "patient", patient))!.Id.ToString();
        stored.Values.SelectMany(records => records).Select(record => record["patient_id"]).Distinct().Should().Equal(ours);

        second.Types.Sum(type => type.Fetched).Should().Be(first.Types.Sum(type => type.Fetched));
        second.Types.Should().OnlyContain(type => type.Created == 0 && type.Updated == 0 && type.Refused == 0);
        (await place.MessagesAsync()).Should().Be(messages, "what is known is confirmed and nothing is written");
        place.Vendor.Calls.Should().NotContain(call => call.Endpoint.Contains("metadata", StringComparison.Ordinal) || call.Endpoint.StartsWith("GET Patient", StringComparison.Ordinal), "nothing is asked for by FHIR");
        place.Vendor.Calls.Where(call => call.Endpoint.StartsWith("GET /chart/", StringComparison.Ordinal)).Should().OnlyContain(call => call.Query.StartsWith($"?departmentid={Department(place, patient)}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_answers_as_untidily_as_the_vendor_does_is_there_once_too()
    {
        await using var place = await PlaceAsync(change: options => options with { IsUntidy = true });
        var (patient, _) = Somebody(place);

        await RunAsync(place, new SyncRequest { Patient = patient });
        var stored = await StoredAsync(place);
        var second = await RunAsync(place, new SyncRequest { Patient = patient });

        second.Types.Should().OnlyContain(type => type.Created == 0 && type.Updated == 0 && type.Refused == 0);
        (await StoredAsync(place)).Should().BeEquivalentTo(stored, options => options.Using<IReadOnlyList<StoredRecord>>(same => same.Subject.Select(one => one.Id).Should().Equal(same.Expectation.Select(one => one.Id))).WhenTypeIs<IReadOnlyList<StoredRecord>>());
    }

    [Fact]
    public async Task Everybody_who_is_known_is_asked_for_and_who_has_nothing_gets_nothing()
    {
        await using var place = await PlaceAsync(people: 12);
        var known = await KnowAllAsync(place);

        var report = await RunAsync(place, new SyncRequest());

        report.Fault.Should().BeNull();
        report.Notes.Should().BeEmpty();
        var pasts = place.Vendor.At(practice => practice.Patients.Select(practice.PastOf).ToList());
        pasts.Should().Contain(past => past.Allergies.Count == 0, "somebody has none, and athenaNet says so");
        (await CountAsync(place, "allergy")).Should().Be(pasts.Sum(past => past.Allergies.Count));
        (await CountAsync(place, "diagnosis")).Should().Be(pasts.Sum(past => past.Problems.Count));
        (await CountAsync(place, "appointment")).Should().BePositive("visits come from athenaNet's list where nothing comes by FHIR");
        place.Vendor.Calls.Count(call => call.Endpoint == Vaccines).Should().Be(known);
        place.Vendor.Calls.Count(call => call.Endpoint == "GET /patients/{patientid}").Should().Be(known, "in which department the chart is stands in the patient's row");
    }

    [Fact]
    public async Task Observations_bring_those_of_the_laboratory_also_where_they_alone_are_wanted()
    {
        await using var place = await PlaceAsync();
        var (patient, past) = Somebody(place);

        var standard = await RunAsync(place, new SyncRequest { Patient = patient, IncludeEnhanced = false });
        var alone = await RunAsync(place, new SyncRequest { Patient = patient, IncludeStandard = false, Types = ["Observation"] });

        Of(standard, "DiagnosticReport").Should().BeEquivalentTo(new { IsEnhanced = false, Fetched = (long)past.Reports.Count });
        alone.Types.Select(type => type.Type).Should().Equal("Observation", "DiagnosticReport");
    }

    [Theory]
    [InlineData(VendorFault.ServerError)]
    [InlineData(VendorFault.BadGateway)]
    [InlineData(VendorFault.Drop)]
    public async Task A_fault_that_passes_in_the_middle_is_not_noticed(VendorFault fault)
    {
        await using var place = await SpoiltAsync(fault);

        (await RunAsync(place, new SyncRequest())).Types.Where(IsAskedFor).Should().OnlyContain(type => type.Skipped == null);

        await HasAllVaccinesAsync(place, fault);
    }

    [Theory]
    [InlineData(VendorFault.GatewayText)]
    [InlineData(VendorFault.NotSuccess)]
    public async Task A_patient_of_whom_no_answer_can_be_read_is_asked_for_again_the_next_time_and_the_rest_goes_on(VendorFault fault)
    {
        await using var place = await SpoiltAsync(fault);

        var first = await RunAsync(place, new SyncRequest());
        var second = await RunAsync(place, new SyncRequest());

        first.Fault.Should().BeNull("it is one patient's");
        Of(first, "Immunization").Skipped.Should().StartWith("1 of 12 patients could not be asked for");
        first.Types.Where(type => IsAskedFor(type) && type.Type != "Immunization").Should().OnlyContain(type => type.Skipped == null);
        second.Types.Where(IsAskedFor).Should().OnlyContain(type => type.Skipped == null);
        await HasAllVaccinesAsync(place, fault);
    }

    [Fact]
    public async Task A_rate_that_is_used_up_in_the_middle_ends_the_run_and_the_next_one_brings_what_is_missing()
    {
        await using var place = await SpoiltAsync(VendorFault.RateLimited);

        (await RunAsync(place, new SyncRequest())).Stopped.Should().BeOfType<EhrException>().Which.Fault.Should().Be(EhrFault.RateLimited);
        place.Clock.Advance(TimeSpan.FromHours(1));
        place.Engine.Time.Advance(TimeSpan.FromHours(1));

        (await RunAsync(place, new SyncRequest())).Types.Where(IsAskedFor).Should().OnlyContain(type => type.Skipped == null);
        await HasAllVaccinesAsync(place, VendorFault.RateLimited);
    }

    [Fact]
    public async Task What_the_client_was_not_granted_is_noted_once_and_stops_nothing()
    {
        await using var place = await PlaceAsync(people: 12);
        await KnowAllAsync(place);
        place.Vendor.Faults.Add(Vaccines, VendorFault.Forbidden, times: 100);

        var report = await RunAsync(place, new SyncRequest());
        var alone = await RunAsync(place, new SyncRequest { Patient = place.Vendor.At(practice => practice.Patients[0].Person.Id) });

        report.Fault.Should().BeNull();
        report.Notes.Should().Equal($"Immunization was left out: the client may not ask for it ({Connected.Id} {Vaccines}: 403).");
        alone.Notes.Should().Equal(report.Notes);
        place.Vendor.Calls.Count(call => call.Endpoint == Vaccines && call.Status == 403).Should().Be(4, "after three patients it is not the patients");
        report.Types.Where(type => IsAskedFor(type) && type.Type != "Immunization").Should().OnlyContain(type => type.Skipped == null);
    }

    [Fact]
    public async Task A_run_that_was_killed_goes_on_at_the_patient_where_it_was()
    {
        await using var place = await PlaceAsync();
        await KnowAllAsync(place);
        place.Vendor.Faults.Add(Vaccines, VendorFault.Hang, skip: 25);
        using var stop = new CancellationTokenSource();
        var run = place.Engine.Core.Vendor(Connected.Id).Sync().RunAsync(Only("Immunization"), stop.Token);
        await Soon.HoldsAsync(() => place.Vendor.Calls.Count(call => call.Endpoint == Vaccines).Should().Be(26, "the one that hangs is noted as well"));
        await stop.CancelAsync();
        await FluentActions.Awaiting(() => run).Should().ThrowAsync<OperationCanceledException>();

        place.Vendor.Faults.Clear();
        var before = place.Vendor.Calls.Count(call => call.Endpoint == Vaccines);
        await RunAsync(place, Only("Immunization"));

        (place.Vendor.Calls.Count(call => call.Endpoint == Vaccines) - before).Should().Be(20, "twenty of forty were taken and kept");
        (await CountAsync(place, "immunization")).Should().Be(place.Vendor.At(practice => practice.Patients.Sum(patient => practice.PastOf(patient).Vaccinations.Count)));
    }

    [Fact]
    public async Task A_patient_whom_the_vendor_does_not_have_is_told_as_such()
    {
        await using var place = await PlaceAsync();

        var report = await RunAsync(place, new SyncRequest { Patient = "99999999" });

        report.Types.Where(type => IsAskedFor(type) && type.Type is not ("Appointment" or "Coverage")).Should().HaveCount(9).And.OnlyContain(type => type.HasFailed && type.Skipped!.Contains("GET /patients/{patientid}: 404", StringComparison.Ordinal));
        (await place.Engine.RecordsAsync(AthenaPlace.Practice, "patient")).Should().BeEmpty();
    }

    [Fact]
    public async Task An_export_that_would_bring_everything_once_more_is_refused()
    {
        await using var place = await PlaceAsync(hasFhir: true);

        (await FluentActions.Awaiting(() => place.Engine.Core.Vendor(Connected.Id).Bulk().StartAsync(new BulkRequest(), place.Engine.Time.GetUtcNow(), default)).Should().ThrowAsync<BulkRefusedException>())
            .WithMessage($"Patients and their charts come to {Connected.Id} by athenaNet (Sync:Chart)*");
    }

    [Fact]
    public async Task A_chart_is_asked_for_in_the_patients_department_or_in_one_of_each_group_that_shares_charts()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /v1/195900/patients/1", 200, """[{"patientid":"1","departmentid":"9","primarydepartmentid":"2"}]""")
            .On("GET /v1/195900/patients/3", 200, """[{"patientid":"3","departmentid":""}]""")
            .On("GET /v1/195900/departments", 200, """{"departments":[{"departmentid":"1","chartsharinggroupid":"7"},{"departmentid":"2","chartsharinggroupid":"7"},{"departmentid":"5"},{"departmentid":6,"chartsharinggroupid":8}]}""");
        var departments = new PatientDepartments(new AthenaNetClient(Connected.To(server)), new FakeTimeProvider());

        (await departments.OfAsync("1", default)).Should().Equal("2");
        (await departments.OfAsync("3", default)).Should().Equal("1", "5", "6");
        (await departments.OfAsync("3", default)).Should().Equal("1", "5", "6");
        server.Requests.Should().HaveCount(3, "what is known is not asked for again within the hour");
    }

    /// <summary>athenaNet has something for it.</summary>
    private static bool IsAskedFor(SyncedType type) => type.Type is not ("Procedure" or "CarePlan");

    /// <summary>Twelve people are known, and the sixth one's vaccines go wrong once.</summary>
    private static async Task<AthenaPlace> SpoiltAsync(VendorFault fault)
    {
        var place = await PlaceAsync(people: 12);
        await KnowAllAsync(place);
        place.Vendor.Faults.Add(Vaccines, fault, skip: 5);
        return place;
    }

    private static async Task HasAllVaccinesAsync(AthenaPlace place, VendorFault fault)
    {
        place.Vendor.Faults.Counts[fault].Should().Be(1);
        (await CountAsync(place, "immunization")).Should().Be(place.Vendor.At(practice => practice.Patients.Sum(patient => practice.PastOf(patient).Vaccinations.Count)));
    }

    private static SyncRequest Only(string type) => new() { IncludeStandard = false, Types = [type] };

    private static SyncedType Of(SyncReport report, string type) => report.Types.Single(one => one.Type == type);

    private static Task<SyncReport> RunAsync(AthenaPlace place, SyncRequest request) => place.Engine.Core.Vendor(Connected.Id).Sync().RunAsync(request, default);

    private static string Department(AthenaPlace place, string patient) => place.Vendor.At(practice => practice.Patient(patient)!.Department);

    /// <summary>Somebody who has something in every part of the chart.</summary>
    private static (string Patient, MedicalHistory Past) Somebody(AthenaPlace place) => place.Vendor.At(practice => practice.Patients.Select(one => (one.Person.Id, Past: practice.PastOf(one)))
        .First(one => one.Past is { Allergies.Count: > 0, Problems.Count: > 0, Medications.Count: > 0, Vitals.Count: > 0, Vaccinations.Count: > 0, Documents.Count: > 0, Reports.Count: > 0, Visits.Count: > 0 }));

    private static async Task<Dictionary<string, IReadOnlyList<StoredRecord>>> StoredAsync(AthenaPlace place)
    {
        var stored = new Dictionary<string, IReadOnlyList<StoredRecord>>();
        foreach (var type in _charted)
        {
            stored[type] = await RecordsAsync(place, type);
        }

        return stored;
    }

    private static async Task<IReadOnlyList<StoredRecord>> RecordsAsync(AthenaPlace place, string type) =>
        await place.Engine.Store.ReadAsync(reader => reader.Records(AthenaPlace.Practice, type, EngineId.None, 10_000), default);

    private static async Task<int> CountAsync(AthenaPlace place, string type) => (await RecordsAsync(place, type)).Count;

    /// <summary>Everybody at the vendor is known by the feed of patients, as they would be by HL7 or a file.</summary>
    private static async Task<int> KnowAllAsync(AthenaPlace place)
    {
        var people = place.Vendor.At(practice => practice.Patients.Count);
        var feed = await place.FollowedAsync();
        place.Change([.. Enumerable.Range(0, people)]);
        await feed.LookAsync(null, default);
        return people;
    }

    private static Task<AthenaPlace> PlaceAsync(bool hasFhir = false, int people = 40, Func<VendorServerOptions, VendorServerOptions>? change = null) => AthenaPlace.StartAsync(
        options => change?.Invoke(options) ?? options with { People = people },
        connect: options => hasFhir ? options with { Sync = new SyncOptions { Chart = ChartInterface.Rest } } : options with { Fhir = null, Dialect = new EhrDialect() });
}
