using System.Globalization;
using System.Text;
using InterfaceEngine.Control;
using InterfaceEngine.Control.Explaining;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Flows;

/// <summary>
/// One patient of whom a feed, a nightly file, athenaNet, FHIR and an export tell one after the other, in whatever order. Each time something of the patient has changed that
/// only the one who tells knows yet, so what is stored in the end is of all five, and each value leads to the one who told it.
/// </summary>
public sealed class OnePatientTests : IAsyncLifetime
{
    private const string Practice = "195900";

    /// <summary>What each way tells of that is new, and as what its message is kept.</summary>
    private static readonly Dictionary<string, (string Field, string Source, string Event, Func<Person, Person> Change)> _ways = new()
    {
        ["hl7"] = ("address.line1", "athena-feed", "ADT^A04", person => person with { Address = person.Address with { Line1 = "8 OAK AVE" } }),
        ["csv"] = ("email", "nightly", "Patients file", person => person with { Email = "new@example.org" }),
        ["athenanet"] = ("phone_mobile", Connected.Id, "GET /patients/{patientid}", person => person with { MobilePhone = "2175550171" }),
        ["fhir"] = ("preferred_name", Connected.Id, "FHIR Patient", person => person with { PreferredName = "BEE" }),
        ["bulk"] = ("phone_work", Connected.Id, "FHIR Patient", person => person with { WorkPhone = "2175550172" }),
    };

    /// <summary>The vendor's clock, which goes with the engine's.</summary>
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero));

    private VendorServer _vendor = null!;
    private TestEngine _engine = null!;
    private int _told;

    public async Task InitializeAsync()
    {
        _vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = "athena-real", People = 1, Limits = VendorLimits.None, Export = new VendorExport { Polls = 0 } }, _time);
        var options = Connected.Options("http://127.0.0.1") with
        {
            Practice = Practice,
            Rest = _vendor.Rest,
            Fhir = _vendor.Fhir,
            Token = _vendor.TokenAddress,
            Client = new EhrClient { Id = _vendor.ClientId, Secret = new EhrSecret(_vendor.ClientSecret) },
            Scopes = AthenaProfiles.Real.Scopes,
            Dialect = AthenaProfiles.Real.Dialect,
        };
        _engine = await TestEngine.StartAsync(settings => settings with { Connections = [options] });
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    [Theory]
    [InlineData("hl7", "csv", "athenanet", "fhir", "bulk")]
    [InlineData("bulk", "fhir", "athenanet", "csv", "hl7")]
    [InlineData("csv", "bulk", "hl7", "athenanet", "fhir")]
    public async Task Seen_in_five_ways_in_any_order_it_is_one_record_with_what_each_says(params string[] order)
    {
        var from = new Dictionary<string, List<EngineId>>();
        foreach (var way in order)
        {
            var before = (await MessagesAsync()).ConvertAll(message => message.Id);
            await TellAsync(way);
            from[way] = (await MessagesAsync()).Select(message => message.Id).Except(before).ToList();
        }

        var person = Person();
        var patient = (await _engine.RecordsAsync(Practice, "patient")).Should().ContainSingle().Subject;
        Told(patient).Should().Be(Told(person));
        (await MessagesAsync()).Select(message => message.State).Distinct().Should().BeSubsetOf([MessageState.Applied, MessageState.Unchanged]);
        foreach (var way in order)
        {
            var (field, source, told, _) = _ways[way];
            var origin = await OriginAsync(patient, field);
            (way, origin.Source, origin.Event).Should().Be((way, source, told));
            from[way].Should().Contain(origin.Id, "{0} told of it first", way);
        }

        (await _engine.RecordsAsync(Practice, "coverage")).Should().HaveCount(person.Coverages.Count, "a coverage is one, whoever tells of it");
        (await _engine.RecordsAsync(Practice, "allergy")).Should().HaveCount(person.Allergy is null ? 0 : 1);
        await SeesOneChartAsync();
    }

    /// <summary>Each order, value and visit is one record that each of the three who tell of it knows by a name of its own.</summary>
    private async Task SeesOneChartAsync()
    {
        var past = Past();
        past.Reports.Should().NotBeEmpty();
        var results = await _engine.RecordsAsync(Practice, "result");
        results.Select(result => result["order_number"]).Should().BeEquivalentTo(past.Reports.Select(report => report.Panel.FillerId));
        var values = await _engine.RecordsAsync(Practice, "observation");
        foreach (var report in past.Reports)
        {
            var result = results.Single(result => result["order_number"] == report.Panel.FillerId);
            result.Aliases.Count(alias => alias.System == "athenahealth").Should().Be(3, "a feed, athenaNet and FHIR each have a key for it");
            (await SaidByAsync(result, "resource_id")).Event.Should().Be("FHIR DiagnosticReport");
            (await SaidByAsync(result, "received_at")).Event.Should().Be("ORU^R01", "only the feed says when the laboratory got it");

            foreach (var line in report.Panel.Observations)
            {
                // Of two values of one code each is found by what it holds.
                var isAlone = report.Panel.Observations.Count(other => other.Code == line.Code) == 1;
                var value = values.Where(value => value["order_number"] == report.Panel.FillerId && value["code"] == line.Code && (isAlone || value["value.text"] == line.Value[0]))
                    .Should().ContainSingle("{0} is one value", line.Text).Subject;
                (value["code_system"], value["service_code"], value["sub_id"] ?? "").Should().Be(("loinc", report.Panel.Code, line.SubId));
                (await SaidByAsync(value, "resource_id")).Event.Should().Be("FHIR Observation");
                (await SaidByAsync(value, "other_code")).Event.Should().Be("GET /chart/{patientid}/labresults");
                (await SaidByAsync(value, "service_code")).Event.Should().Be("ORU^R01");
            }
        }

        values.Count(value => past.Reports.Any(report => report.Panel.FillerId == value["order_number"])).Should().Be(past.Reports.Sum(report => report.Panel.Observations.Count));
        past.Visits.Should().NotBeEmpty();
        var visits = await _engine.RecordsAsync(Practice, "encounter");
        visits.Select(visit => visit["external_id"]).Should().OnlyHaveUniqueItems().And.NotContain(id => id!.StartsWith("a-", StringComparison.Ordinal)).And.Contain(past.Visits.Select(visit => visit.Id));
        visits.Should().AllSatisfy(visit => visit.Aliases.Should().ContainSingle());
    }

    private Task TellAsync(string way)
    {
        Pass(TimeSpan.FromHours(1));
        _vendor.At(practice =>
        {
            var patient = practice.Patients.Single();
            patient.Person = _ways[way].Change(patient.Person);
            practice.Tell("UpdatePatient", patient);
            return true;
        });
        return way switch
        {
            "hl7" => ByFeedAsync(),
            "csv" => ByFileAsync(),
            "athenanet" => ByCallAsync(),
            "fhir" => _engine.Core.Vendor(Connected.Id).Sync().RunAsync(new SyncRequest { Patient = Person().Id }, default),
            _ => ByExportAsync(),
        };
    }

    private async Task ByFeedAsync()
    {
        var local = DateTime.SpecifyKind(_engine.Time.GetUtcNow().UtcDateTime.AddHours(-6), DateTimeKind.Unspecified);
        var message = new ClinicFeed(FeedStyle.Athena, new ClinicOptions()).Message(new ClinicEvent("ADT^A04", local, Person()) { Number = ++_told });
        await _engine.AcceptAsync(message.Body.ToArray(), TestEngine.Athena);
        await TellPastAsync(local);
    }

    /// <summary>The orders and visits that the chart has already.</summary>
    private async Task TellPastAsync(DateTime at)
    {
        var feed = new ClinicFeed(FeedStyle.Athena, new ClinicOptions());
        foreach (var report in Past().Reports)
        {
            var told = new ClinicEvent("ORU^R01", at, Person()) { Number = ++_told, Report = new LabReport { Panels = [report.Panel], Collected = report.Collected, Status = report.Status } };
            await _engine.AcceptAsync(feed.Message(told).Body.ToArray(), TestEngine.Athena);
        }

        foreach (var visit in Past().Visits)
        {
            await _engine.AcceptAsync(feed.Message(new ClinicEvent("ADT^A03", at, Person()) { Number = ++_told, Visit = visit }).Body.ToArray(), TestEngine.Athena);
        }
    }

    private async Task ByFileAsync()
    {
        var one = Person();
        var row = string.Join(',', one.Id, one.FirstName, one.LastName, $"{one.Born:yyyy-MM-dd}", one.Sex, one.Address.Line1, one.Address.Line2, one.Address.City, one.Address.State, one.Address.PostalCode, one.HomePhone, one.Email);
        var bytes = Encoding.UTF8.GetBytes($"PatientID,FirstName,LastName,DOB,Gender,Address1,Address2,City,State,Zip,Phone,Email\n{row}\n");
        await _engine.Core.RowFiles(new RowFileRules()).TakeAsync(
            new OfferedFile { Practice = Practice, Source = "nightly", Kind = "Patients file", Name = "patients.csv", ModifiedAt = _engine.Time.GetUtcNow(), Size = bytes.Length, OpenAsync = _ => Task.FromResult<Stream>(new MemoryStream(bytes)) },
            default);
    }

    private async Task ByCallAsync()
    {
        var client = new AthenaNetClient(_engine.Core.Connections[Connected.Id]);
        var row = await client.Patients.ReadAsync(Person().Id, default);
        List<EhrDocument> told = [AthenaDocument.Of(AthenaCalls.Get("/patients/{patientid}"), row)];
        await foreach (var page in new AthenaChart(client).LabResultsAsync(Person().Id, "1", default))
        {
            told.AddRange(page.Documents);
        }

        foreach (var visit in Past().Visits)
        {
            var call = AthenaCalls.Get("/chart/encounter/{encounterid}").With("encounterid", visit.Id);
            told.Add(AthenaDocument.Of(call, await client.OneAsync(call, default)));
        }

        await _engine.Core.VendorDocuments.TakeAsync(Practice, Connected.Id, told, _engine.Time.GetUtcNow(), default);
    }

    private async Task ByExportAsync()
    {
        var export = _engine.Core.Vendor(Connected.Id).Bulk();
        var job = await export.StartAsync(new BulkRequest { IsFull = true }, _engine.Time.GetUtcNow(), default);
        while (!job.IsOver)
        {
            Pass(TimeSpan.FromSeconds(5));
            job = (await export.StepAsync((await export.Jobs.FindAsync(job.Id, default))!, default)).Job;
        }

        job.Problem.Should().BeNull();
    }

    private void Pass(TimeSpan time)
    {
        _time.Advance(time);
        _engine.Time.Advance(time);
    }

    private MedicalHistory Past() => _vendor.At(practice => practice.PastOf(practice.Patients.Single()));

    private Person Person() => _vendor.At(practice => practice.Patients.Single().Person);

    /// <summary>What <c>explain</c> says a value came from.</summary>
    private async Task<StoredMessage> OriginAsync(StoredRecord patient, string field)
    {
        await using var operations = new EngineOperations(_engine.Core.Parts());
        var told = (await operations.AskAsync(new ExplainRequest(Practice, "patient", patient.ExternalId, field, ShowsValues: true) { Actor = "maria" }, default)).Should().BeOfType<ExplanationAnswer>().Subject.Fields.Single();
        EngineId.TryParse(told.CameFrom?.Message, out var id).Should().BeTrue($"{field} came from {told.CameFrom}");
        return (await _engine.Store.ReadAsync(reader => reader.Message(id), default))!;
    }

    /// <summary>The latest message that said a value.</summary>
    private async Task<StoredMessage> SaidByAsync(StoredRecord record, string field) =>
        (await _engine.Store.ReadAsync(reader => reader.Message(record.Find(field)!.Cause!.Message), default))!;

    private async Task<List<StoredMessage>> MessagesAsync() => [.. await _engine.Store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None, 10_000)), default)];

    private static string Told(StoredRecord patient) => string.Join(
        '|', patient.ExternalId, patient["last_name"], patient["first_name"], patient["date_of_birth"], patient["gender"], patient["address.line1"], patient["address.city"], patient["email"], patient["phone_mobile"], patient["phone_work"], patient["preferred_name"]);

    private static string Told(Person person) => string.Join(
        '|', person.Id, person.LastName, person.FirstName, person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), person.Sex == 'F' ? "female" : "male", person.Address.Line1, person.Address.City, person.Email, $"+1{person.MobilePhone}", $"+1{person.WorkPhone}", person.PreferredName);
}
