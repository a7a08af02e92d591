using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Flows;

/// <summary>
/// The guides' workflows from their first call to their last, once as Practice Studio calls them and once as they are typed: an export that is begun, polled and taken in, a
/// synchronisation, a patient who is looked up and booked. One engine and one vendor serve all tests of a profile.
/// </summary>
public abstract class WorkflowTests(WorkflowTests.Vendor vendor)
{
    /// <summary>Of the types that a synchronisation asks for by itself.</summary>
    private static readonly string[] _standard = ["Patient", "Observation", "Condition", "MedicationRequest", "AllergyIntolerance", "Immunization", "Procedure"];

    /// <summary>What each type of resource is here.</summary>
    private static readonly Dictionary<string, string> _records = new()
    {
        ["Patient"] = "patient",
        ["Observation"] = "observation",
        ["Condition"] = "diagnosis",
        ["MedicationRequest"] = "medication",
        ["AllergyIntolerance"] = "allergy",
        ["Immunization"] = "immunization",
        ["Procedure"] = "procedure",
        ["Encounter"] = "encounter",
        ["DiagnosticReport"] = "result",
        ["CarePlan"] = "care_plan",
        ["Appointment"] = "appointment",
        ["DocumentReference"] = "document",
        ["Communication"] = "communication",
        ["Task"] = "task",
    };

    private protected FlowPlace Place => vendor.Place;

    [Fact]
    public async Task An_export_is_begun_polled_and_taken_in()
    {
        var (begun, complete) = await Place.ExportedAsync();

        begun.GetProperty("status").GetString().Should().Be("IN_PROGRESS");
        begun.GetProperty("statusUrl").GetString().Should().StartWith(Place.Vendor.Fhir.ToString());
        complete.GetProperty("id").GetString().Should().Be(begun.GetProperty("id").GetString());
        complete.GetProperty("status").GetString().Should().Be("COMPLETED");
        complete.GetProperty("outputUrls").GetArrayLength().Should().Be(Exported.Count, "the vendor has a file of each type");
        await CheckPeopleAsync();
        foreach (var type in Exported)
        {
            await CheckAsync(type);
        }

        (await Place.StatesAsync()).Keys.Should().BeSubsetOf([MessageState.Applied, MessageState.Unchanged]);
    }

    [Fact]
    public async Task A_synchronisation_brings_each_resource_once_and_then_what_changes()
    {
        await Place.ExportedAsync();
        // The real athenahealth has visits in athenaNet's list alone, which goes by days and not by resources.
        var enhanced = Place.Profile == "athena-real" ? new[] { "DiagnosticReport", "CarePlan", "Encounter", "DocumentReference" }
            : Place.IsAthena ? ["DiagnosticReport", "CarePlan", "Encounter", "Appointment", "DocumentReference"] : ["DiagnosticReport", "CarePlan", "Encounter", "Communication", "Task"];

        var synced = await Place.AskAsync(
            "POST", $"/api/ehr/{Place.System}/enhanced-sync",
            $$"""{ "connectionId": "conn_123", "includeStandard": true, "includeEnhanced": true, "resourceTypes": {{JsonSerializer.Serialize(enhanced)}}, "since": "1990-01-01T00:00:00Z" }""");

        var expected = (Standard: _standard.Sum(type => Place.AtVendor(type).Count), Enhanced: enhanced.Where(Has).Sum(type => Place.AtVendor(type).Count));
        (synced.GetProperty("standardResources").GetInt32(), synced.GetProperty("enhancedResources").GetInt32(), synced.GetProperty("total").GetInt32())
            .Should().Be((expected.Standard, expected.Enhanced, expected.Standard + expected.Enhanced));
        foreach (var type in _standard.Concat(enhanced.Where(Has)))
        {
            await CheckAsync(type);
        }

        var moved = Place.Vendor.At(practice =>
        {
            var patient = practice.Patients[0];
            patient.Person = patient.Person with { Address = patient.Person.Address with { Line1 = "7 ELM CT" }, MobilePhone = "2175550177" };
            practice.Tell("UpdatePatient", patient);
            return patient.Person;
        });
        var again = await Place.TypeAsync("ehr", "sync", FlowPlace.Connection, "--no-enhanced", "--reason", "the patient called");

        again.GetProperty("types").EnumerateArray().Single(type => type.GetProperty("type").GetString() == "Patient").GetProperty("updated").GetInt32().Should().Be(1);
        (await Place.RecordsAsync("patient")).Single(patient => patient.ExternalId == moved.Id)["address.line1"].Should().Be("7 ELM CT");
        await CheckPeopleAsync();
        (await Place.StatesAsync()).Keys.Should().BeSubsetOf([MessageState.Applied, MessageState.Unchanged]);
    }

    [Fact]
    public async Task What_the_connection_can_do_is_told_to_programs_and_people()
    {
        var told = await Place.AskAsync("GET", $"/api/ehr/{Place.System}/capabilities?connectionId=conn_123");
        var shown = await Place.TypeAsync("ehr", "capabilities", FlowPlace.Connection);

        (told.GetProperty("bulkExport").GetBoolean(), told.GetProperty("encounters").GetBoolean()).Should().Be((true, true));
        told.GetProperty("rateLimit").GetString().Should().Be(Place.Profile switch
        {
            "athena-guide" => "8 requests/second",
            "ecw-guide" => "7 requests/second",
            "athena-real" => "100 requests/second",
            _ => "4 requests/second",
        });
        if (!Place.IsAthena)
        {
            (told.GetProperty("communications").GetBoolean(), told.GetProperty("tasks").GetBoolean()).Should().Be((Has("Task"), Has("Task")));
        }

        shown.GetProperty("rateLimit").GetString().Should().Be(told.GetProperty("rateLimit").GetString());
        shown.GetProperty("disagreements").EnumerateArray().Should().BeEmpty();
    }

    [Fact]
    public async Task An_export_is_typed_watched_and_listed()
    {
        await Place.ExportedAsync();

        var done = await Place.TypeAsync("ehr", "bulk", "start", FlowPlace.Connection, "--types", "Patient,Condition", "--full", "--wait");
        var jobs = (await Place.TypeAsync("ehr", "bulk", "list", FlowPlace.Connection)).GetProperty("jobs");

        done.GetProperty("step").GetString().Should().Be("loaded");
        done.GetProperty("files").EnumerateArray().Select(file => (file.GetProperty("type").GetString(), file.GetProperty("rows").GetInt32()))
            .Should().Equal(("Patient", Place.AtVendor("Patient").Count), ("Condition", Place.AtVendor("Condition").Count));
        jobs.EnumerateArray().First().GetProperty("id").GetString().Should().Be(done.GetProperty("id").GetString());
        await CheckAsync("Patient");
        await CheckAsync("Condition");
    }

    private List<string> Exported => [.. Place.Exported.Where(Has)];

    /// <summary>Whether the vendor gives a type to who searches or exports: the real ones keep appointments and messages to themselves.</summary>
    private bool Has(string type) => Place.Profile.EndsWith("guide", StringComparison.Ordinal) || type is not ("Appointment" or "Communication" or "Task");

    /// <summary>Each person once, as the practice knows it.</summary>
    private async Task CheckPeopleAsync()
    {
        var people = Place.Vendor.At(practice => practice.Patients.Select(patient => patient.Person).ToList());
        (await Place.RecordsAsync("patient")).Select(Told).Should().BeEquivalentTo(people.Select(Told));
    }

    /// <summary>Each resource of the vendor's is here, and no other.</summary>
    private async Task CheckAsync(string type) =>
        (await Place.RecordsAsync(_records[type])).Select(record => record["resource_id"] ?? NumberOf(record)).Distinct()
            .Should().BeEquivalentTo(Place.AtVendor(type).Select(resource => Id(type, resource.GetProperty("id").GetString()!)), type);

    /// <summary>The vendor's number, also of what was booked here and is known by ours first.</summary>
    private string NumberOf(StoredRecord record) => record.Aliases.Where(alias => alias.System == Place.System).Select(alias => alias.Value).FirstOrDefault(record.ExternalId);

    /// <summary>Where the practice's own number is in the vendor's id, it is that number that names the record.</summary>
    private static string Id(string type, string id) => type is "Patient" or "Appointment" || (type == "Encounter" && id.Contains(".encounter-", StringComparison.Ordinal)) ? id[(id.LastIndexOf('-') + 1)..] : id;

    private static string Told(StoredRecord patient) => string.Join(
        '|', patient.ExternalId, patient["last_name"], patient["first_name"], patient["suffix"], patient["date_of_birth"], patient["gender"], patient["address.line1"], patient["address.city"], patient["phone_home"], patient["phone_mobile"], patient["email"]);

    private static string Told(Person person) => string.Join(
        '|',
        person.Id,
        person.LastName,
        person.FirstName,
        NullIfEmpty(person.Suffix),
        person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        person.Sex == 'F' ? "female" : "male",
        person.Address.Line1,
        person.Address.City,
        Phone(person.HomePhone),
        Phone(person.MobilePhone),
        NullIfEmpty(person.Email));

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string? Phone(string digits) => digits.Length == 0 ? null : $"+1{digits}";

    /// <summary>What all tests of a profile share.</summary>
    public abstract class Vendor(string profile) : IAsyncLifetime
    {
        internal FlowPlace Place { get; private set; } = null!;

        public async Task InitializeAsync() => Place = await FlowPlace.StartAsync(profile);

        public async Task DisposeAsync() => await Place.DisposeAsync();
    }
}
