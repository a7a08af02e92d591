using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>Patients registered and changed here, at a stand-in that takes them as FHIR resources: known there once, and by the vendor's number here.</summary>
public sealed class FhirRegistrationTests : IAsyncLifetime
{
    private const string Register = "POST Patient";
    private const string Change = "PUT Patient/{id}";
    private const string Read = "GET Patient/{id}";

    private FhirClinic _clinic = null!;

    public async Task InitializeAsync() => _clinic = await FhirClinic.StartAsync();

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Fact]
    public async Task Somebody_new_is_registered_with_our_id_and_has_the_vendors_number_from_then_on()
    {
        var made = await RegisterAsync();

        var result = await _clinic.DeliverAsync(made);

        result.Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "registered" }, result.Reason);
        var there = There().Should().ContainSingle().Subject;
        (there.Person.Sex, there.Person.MobilePhone, there.Person.Address.Line1, there.Person.Race.Code).Should().Be(('F', "2175550101", "456 Oak Ave", "2106-3"));
        var patient = await _clinic.VisitAsync(made.Record.Id);
        patient.Aliases[0].Should().Be(new RecordAlias("patient", "eclinicalworks", there.Person.Id));
        (patient["address.line1"], patient["race"], patient.Find("last_name")!.Cause!.Source).Should().Be(("456 Oak Ave", "2106-3", Connected.Id), "it was confirmed by what the server has");
        var resource = JsonNode.Parse((await _clinic.Client.ReadAsync("Patient", there.Person.Id, CallPriority.Sync, default)).Json.Span)!;
        resource["identifier"]!.AsArray().Select(one => (string?)one!["value"]).Should().Contain(made.Record.Id.ToString());
        (await _clinic.Engine.RecordsAsync(FhirClinic.Practice, "patient")).Should().HaveCount(3);
    }

    [Theory]
    [InlineData(VendorFault.DropAfterDoing, 1)]
    [InlineData(VendorFault.Truncated, 1)]
    [InlineData(VendorFault.ServerError, 2)]
    public async Task A_reply_that_is_lost_or_a_server_that_fails_makes_no_second_patient(VendorFault fault, int calls)
    {
        _clinic.Vendor.Faults.Add(Register, fault);
        var made = await RegisterAsync();

        var lost = await _clinic.DeliverAsync(made);
        var again = await _clinic.DeliverAsync(made);

        (lost.Outcome, again.Outcome).Should().Be((AttemptOutcome.Retry, AttemptOutcome.Delivered), again.Reason);
        There().Should().ContainSingle();
        _clinic.Calls(Register).Should().Be(calls, "the second attempt looked first");
    }

    [Theory]
    [InlineData(Register)]
    [InlineData(Read)]
    public async Task Killed_anywhere_between_registering_and_settling_she_is_there_once_and_known_once(string at)
    {
        var made = await RegisterAsync();
        _clinic.Vendor.Faults.Add(at, VendorFault.HangAfterDoing);
        using var killed = new CancellationTokenSource();
        var sending = _clinic.DeliverAsync(made, killed.Token);
        await RunningEngine.UntilAsync(() => Task.FromResult(_clinic.Vendor.Faults.Counts.ContainsKey(VendorFault.HangAfterDoing)));

        await killed.CancelAsync();
        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<OperationCanceledException>();
        await _clinic.KillAsync();
        var again = await _clinic.DeliverAsync(made);

        again.Outcome.Should().Be(AttemptOutcome.Delivered, again.Reason);
        There().Should().ContainSingle();
        (await _clinic.Engine.RecordsAsync(FhirClinic.Practice, "patient")).Should().HaveCount(3);
    }

    [Fact]
    public async Task Somebody_whom_the_server_knows_gets_that_number_and_one_who_is_only_like_her_waits_for_a_person()
    {
        var (known, other) = _clinic.Vendor.At(practice => (practice.Patients[5].Person, practice.Patients[6].Person));
        string Born(Person person) => person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var made = await RegisterAsync(known.LastName, known.FirstName, Born(known), known.Sex.ToString());
        var doubtful = await RegisterAsync(other.LastName, other.FirstName, Born(other), other.Sex == 'F' ? "M" : "F");

        var taken = await _clinic.DeliverAsync(made);
        var held = await _clinic.DeliverAsync(doubtful);

        (taken.Outcome, taken.Code, (await _clinic.VisitAsync(made.Record.Id)).ExternalId).Should().Be((AttemptOutcome.Delivered, "known there", known.Id), taken.Reason);
        (held.Outcome, held.Code).Should().Be((AttemptOutcome.Refused, "who is it"));
        _clinic.Calls(Register).Should().Be(0);
    }

    [Fact]
    public async Task Only_what_was_changed_here_is_changed_there_and_a_lost_reply_changes_nothing_more()
    {
        var made = await RegisterAsync();
        await _clinic.DeliverAsync(made);
        var number = There().Single().Person.Id;
        await ChangeThereAsync(number, resource => resource["telecom"]!.AsArray().Add(new JsonObject { ["system"] = "email", ["value"] = "ada@example.org" }));
        _clinic.Vendor.Faults.Add(Change, VendorFault.DropAfterDoing);

        var changed = await _clinic.Patients.ModifyAsync(Of(number) with { Fields = [new("phone_mobile", ["217-555-0199"]), new("middle_name", ["Q"])] }, default);
        await _clinic.DeliverAsync(changed);
        var result = await _clinic.DeliverAsync(changed);

        result.Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "changed" }, result.Reason);
        var there = There().Single().Person;
        (there.MobilePhone, there.MiddleName, there.Email, there.Address.Line1).Should().Be(("2175550199", "Q", "ada@example.org", "456 Oak Ave"));
        (await _clinic.VisitAsync(made.Record.Id))["email"].Should().Be("ada@example.org");
        _clinic.Calls(Change).Should().Be(2, "one is ours, one is somebody else's, and what is so already is not written");
    }

    [Fact]
    public async Task Somebody_who_changes_her_between_reading_and_writing_loses_nothing()
    {
        var made = await RegisterAsync();
        await _clinic.DeliverAsync(made);
        var number = There().Single().Person.Id;
        var changed = await _clinic.Patients.ModifyAsync(Of(number) with { Fields = [new("middle_name", ["Q"])] }, default);
        var first = Encoding.UTF8.GetString((await _clinic.Client.ReadAsync("Patient", number, CallPriority.Booking, default)).Json.Span);
        var theirs = first.Replace("456 Oak Ave", "1 New Street", StringComparison.Ordinal);
        await using var server = await ScriptedServer.StartAsync();
        var (read, write) = ($"GET /fhir/r4/Patient/{number}", $"PUT /fhir/r4/Patient/{number}");
        server.On("GET /fhir/r4/.well-known/smart-configuration", 404, "").On("GET /fhir/r4/metadata", 200, """{"resourceType":"CapabilityStatement","rest":[{"mode":"server","resource":[{"type":"Patient","interaction":[{"code":"read"},{"code":"update"}]}]}]}""")
            .On(read, 200, first, "application/fhir+json", ("ETag", "W/\"1\"")).On(write, 412, "").On(read, 200, theirs, "application/fhir+json", ("ETag", "W/\"2\"")).On(write, 200, "").On(read, 200, theirs);
        await using var connection = Connected.To(server);
        using var destination = _clinic.Open(new FhirClient(connection));

        var result = await destination.DeliverAsync(new OutgoingMessage("1", await _clinic.BodyAsync(changed.Deliveries.Single().Id)), default);

        result.Outcome.Should().Be(AttemptOutcome.Delivered, result.Reason);
        var written = server.Requests.Where(request => request.Method == "PUT").ToList();
        written.Select(request => request.Headers["If-Match"].ToString()).Should().Equal("W/\"1\"", "W/\"2\"");
        var last = JsonNode.Parse(written[^1].Body)!;
        ((string?)last["address"]![0]!["line"]![0], (string?)last["name"]![0]!["given"]![1]).Should().Be(("1 New Street", "Q"));
    }

    [Fact]
    public async Task A_server_that_only_reads_patients_is_sent_nothing_and_says_so()
    {
        var made = await RegisterAsync();
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /fhir/r4/.well-known/smart-configuration", 404, "").On("GET /fhir/r4/metadata", 200, """{"resourceType":"CapabilityStatement","rest":[{"mode":"server","resource":[{"type":"Patient","interaction":[{"code":"read"},{"code":"search-type"}]}]}]}""");
        await using var connection = Connected.To(server);
        using var destination = _clinic.Open(new FhirClient(connection));

        var held = await destination.DeliverAsync(new OutgoingMessage("1", await _clinic.BodyAsync(made.Deliveries.Single().Id)), default);

        (held.Outcome, held.Code).Should().Be((AttemptOutcome.Refused, "no patients"));
        held.Reason.Should().StartWith("The server of conn_1 says that it takes no Patient (create)");
        server.Requests.Should().OnlyContain(request => request.Method == "GET");
    }

    [Fact]
    public async Task Where_a_server_makes_none_twice_by_itself_it_is_asked_for_that()
    {
        var made = await RegisterAsync();
        _clinic.Vendor.Faults.Add(Register, VendorFault.DropAfterDoing);
        await _clinic.DeliverAsync(made);
        var resource = new JsonObject
        {
            ["resourceType"] = "Patient",
            ["name"] = new JsonArray(new JsonObject { ["family"] = "Sample", ["given"] = new JsonArray("Ada") }),
            ["birthDate"] = "1980-05-15",
        };

        var again = await _clinic.Client.CreateAsync("Patient", Encoding.UTF8.GetBytes(resource.ToJsonString()), $"identifier={made.Record.Id}", CallPriority.Booking, default);

        again.Id.Should().Be(There().Should().ContainSingle().Subject.Person.Id);
    }

    [Fact]
    public async Task A_visit_of_somebody_new_goes_by_the_number_that_she_has_by_then()
    {
        var made = await RegisterAsync();
        var slot = _clinic.OpenSlot();
        var booked = await _clinic.BookAsync(slot, patient: made.Record.Id.ToString());

        var early = await _clinic.DeliverAsync(booked);
        await _clinic.DeliverAsync(made);
        var result = await _clinic.DeliverAsync(booked);

        (early.Outcome, early.Code).Should().Be((AttemptOutcome.Retry, "not yet"));
        result.Outcome.Should().Be(AttemptOutcome.Delivered, result.Reason);
        _clinic.At(slot.Id["slot-".Length..]).Patient.Should().Be(There().Single().Person.Id);
    }

    private Task<MadeRecord> RegisterAsync(string last = "Sample", string first = "Ada", string born = "1980-05-15", string sex = "F") => _clinic.Patients.CreateAsync(
        new PatientChange
        {
            Practice = FhirClinic.Practice,
            Fields =
            [
                new("last_name", [last]), new("first_name", [first]), new("date_of_birth", [born]), new("gender", [sex]), new("phone_mobile", ["(217) 555-0101"]), new("race", ["white"]),
                new("address.line1", ["456 Oak Ave"]), new("address.city", ["Springfield"]), new("address.state", ["IL"]), new("address.postal_code", ["62702"]),
            ],
            Audit = AthenaClinic.AuditOf(FhirClinic.Practice),
        },
        default);

    private static PatientChange Of(string patient) => new() { Practice = FhirClinic.Practice, Patient = patient, Audit = AthenaClinic.AuditOf(FhirClinic.Practice) };

    private List<VendorPatient> There() => _clinic.Vendor.At(practice => practice.Patients.Where(patient => patient.Person is { LastName: "Sample", FirstName: "Ada" }).ToList());

    private async Task ChangeThereAsync(string id, Action<JsonObject> change)
    {
        var resource = JsonNode.Parse((await _clinic.Client.ReadAsync("Patient", id, CallPriority.Booking, default)).Json.Span)!.AsObject();
        change(resource);
        await _clinic.Client.UpdateAsync("Patient", id, Encoding.UTF8.GetBytes(resource.ToJsonString()), null, CallPriority.Booking, default);
    }
}
