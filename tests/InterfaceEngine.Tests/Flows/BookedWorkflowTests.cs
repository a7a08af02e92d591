using System.Net;
using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Api;

namespace InterfaceEngine.Tests.Flows;

/// <summary>Vendors at whom visits are booked: look the patient up, see what is free, book, and it stands at the vendor once. What is changed and cancelled here, is there.</summary>
public abstract class BookedWorkflowTests(WorkflowTests.Vendor vendor) : WorkflowTests(vendor)
{
    [Fact]
    public async Task A_patient_is_looked_up_booked_into_a_free_slot_moved_and_cancelled_over_the_interface()
    {
        await Place.ExportedAsync();
        var person = Place.Vendor.At(practice => practice.Patients[0].Person);

        var found = await Place.AskAsync("GET", $"/api/patients/search?lastname={person.LastName}&firstname={person.FirstName}&dob={person.Born:yyyy-MM-dd}");
        var patient = found.GetProperty("patients").EnumerateArray().First().GetProperty("id").GetString()!;
        var open = await Place.AskAsync("GET", $"/api/appointments/open?from={Day(7)}&until={Day(14)}&limit=50");
        var (slot, later) = Two(open);
        var body = $$"""{ "patient": "{{patient}}", "slot": "{{slot}}", "visitReason": "Sore throat", "because": "the patient called" }""";
        var (status, booked) = await Place.Client.SendAsync("POST", "/api/appointments", body, ("Idempotency-Key", "call-1"));
        await Place.DeliveredAsync(booked.GetProperty("deliveries")[0].GetProperty("id").GetString()!);
        var (repeated, again) = await Place.Client.SendAsync("POST", "/api/appointments", body, ("Idempotency-Key", "call-1"));

        (patient, status, repeated).Should().Be((person.Id, HttpStatusCode.Created, HttpStatusCode.OK));
        (again.GetProperty("id").GetString(), again.GetProperty("isRepeat").GetBoolean()).Should().Be((booked.GetProperty("id").GetString(), true));
        var visit = booked.GetProperty("id").GetString()!;
        var number = await CheckBookedAsync(person.Id, slot, visit);

        await TellAsync("PUT", visit, $$"""{ "start": "{{later.GetProperty("start").GetString()}}", "because": "the patient asked for a later time" }""");
        var moved = Standing(person.Id).Should().ContainSingle().Subject;
        moved.Start.Should().Be(later.GetProperty("start").GetDateTimeOffset().DateTime, "both are by the clinic's clock");
        (await VisitAsync(visit)).Aliases.Should().Contain(new RecordAlias("appointment", Place.System, moved.Id));

        await TellAsync("DELETE", visit);
        Standing(person.Id).Should().BeEmpty();
        var over = await VisitAsync(visit);
        (over["status"], over.Aliases.Count(alias => alias.System == Place.System && (alias.Value == number || alias.Value == moved.Id))).Should().Be(("cancelled", number == moved.Id ? 1 : 2));
    }

    [Fact]
    public async Task A_patient_is_looked_up_and_booked_into_a_free_slot_from_the_command_line()
    {
        await Place.ExportedAsync();
        var person = Place.Vendor.At(practice => practice.Patients[1].Person);

        var found = await Place.TypeAsync("ehr", "patients", FlowPlace.Connection, "--last", person.LastName, "--first", person.FirstName, "--born", $"{person.Born:yyyy-MM-dd}", "--reason", "the patient called");
        var patient = found.GetProperty("patients").EnumerateArray().First().GetProperty("id").GetString()!;
        var open = await Place.TypeAsync("ehr", "slots", FlowPlace.Connection, "--from", Day(15), "--until", Day(21), "--limit", "5");
        var slot = open.GetProperty("slots").EnumerateArray().First().GetProperty("id").GetString()!;
        var booked = await Place.TypeAsync("ehr", "book", FlowPlace.Connection, "--slot", slot, "--patient", patient, "--because", "the patient called");
        await Place.DeliveredAsync(booked.GetProperty("deliveries")[0].GetProperty("id").GetString()!);

        patient.Should().Be(person.Id);
        var visit = booked.GetProperty("record").GetString()!;
        await CheckBookedAsync(person.Id, slot, visit);

        var cancelled = await Place.TypeAsync("appointments", "cancel", visit, "--because", "the patient called again");
        await Place.DeliveredAsync(cancelled.GetProperty("deliveries")[0].GetProperty("id").GetString()!);
        Standing(person.Id).Should().BeEmpty();
    }

    [Fact]
    public async Task Somebody_new_is_registered_and_booked_at_once_and_is_the_vendors_patient()
    {
        var open = await Place.AskAsync("GET", $"/api/appointments/open?from={Day(22)}&until={Day(28)}&limit=5");
        var slot = open.GetProperty("slots").EnumerateArray().First().GetProperty("id").GetString()!;

        var (made, patient) = await Place.Client.SendAsync(
            "POST",
            "/api/patients",
            """{ "fields": { "last_name": "Newcomer", "first_name": "Ada", "date_of_birth": "1980-05-15", "gender": "F", "email": "ada@example.org" }, "location": "1" }""",
            ("Idempotency-Key", "intake-1"));
        var id = patient.GetProperty("id").GetString()!;
        var booked = await Place.AskAsync("POST", "/api/appointments", $$"""{ "patient": "{{id}}", "slot": "{{slot}}" }""", ("Idempotency-Key", "call-3"));
        await Place.DeliveredAsync(booked.GetProperty("deliveries")[0].GetProperty("id").GetString()!);

        made.Should().Be(HttpStatusCode.Created);
        var there = Place.Vendor.At(practice => practice.Patients.Where(one => one.Person.LastName == "Newcomer").Select(one => one.Person.Id).ToList()).Should().ContainSingle().Subject;
        Place.Vendor.At(practice => practice.Schedule.Find(NumberOf(slot))!.Patient).Should().Be(there);
        (await Place.AskAsync("GET", $"/api/records/patient/{there}")).GetProperty("id").GetString().Should().Be(id);
    }

    /// <summary>The number of a visit in a slot: FHIR has a word before it.</summary>
    private static string NumberOf(string slot) => slot[(slot.IndexOf('-', StringComparison.Ordinal) + 1)..];

    /// <summary>The slot is this patient's and nobody has another of ours; here it is one record, by the vendor's number and ours.</summary>
    /// <returns>The vendor's number.</returns>
    private async Task<string> CheckBookedAsync(string patient, string slot, string visit)
    {
        var number = NumberOf(slot);
        Standing(patient).Select(one => one.Id).Should().Equal(number);
        var record = await VisitAsync(visit);
        record.Aliases.Should().Contain(new RecordAlias("appointment", Place.System, number));
        (await Place.Engine.Core.Store.ReadAsync(reader => reader.Record(Place.Practice, new RecordAlias("appointment", Place.System, number)), default))!.Id.Should().Be(record.Id);
        return number;
    }

    /// <summary>Changes a visit over the interface, and waits until the vendor was told.</summary>
    private async Task TellAsync(string method, string visit, string? body = null)
    {
        var told = await Place.AskAsync(method, $"/api/appointments/{visit}", body);
        await Place.DeliveredAsync(told.GetProperty("deliveries")[0].GetProperty("id").GetString()!);
    }

    /// <summary>What the patient has at the vendor by us.</summary>
    private List<VendorAppointment> Standing(string patient) => Place.Vendor.At(practice => practice.Schedule.Appointments
        .Where(one => one.Patient == patient && one.Status == VendorAppointment.Future && (one.ScheduledBy.StartsWith("API-", StringComparison.Ordinal) || one.ScheduledBy == Place.Vendor.ClientId)).ToList());

    private async Task<StoredRecord> VisitAsync(string visit)
    {
        EngineId.TryParse(visit, out var id).Should().BeTrue();
        return (await Place.Engine.Core.Store.ReadAsync(reader => reader.Record(Place.Practice, id), default))!;
    }

    /// <summary>The first that is free, and another time of the same provider's at the same place.</summary>
    private static (string Slot, JsonElement Later) Two(JsonElement open)
    {
        static (string?, string?) Whose(JsonElement slot) => (slot.GetProperty("provider").GetString(), slot.GetProperty("department").GetString());
        var slots = open.GetProperty("slots").EnumerateArray().ToList();
        return (slots[0].GetProperty("id").GetString()!, slots.Skip(1).First(slot => Whose(slot) == Whose(slots[0]) && slot.GetProperty("start").GetString() != slots[0].GetProperty("start").GetString()));
    }

    protected static string Day(int days) => DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}

public sealed class AthenaRealWorkflowTests(AthenaRealWorkflowTests.Real vendor) : BookedWorkflowTests(vendor), IClassFixture<AthenaRealWorkflowTests.Real>
{
    [Fact]
    public async Task The_vendors_numbers_are_shown_and_a_slot_is_kept_back_and_given_free_from_the_command_line()
    {
        var types = await Place.TypeAsync("ehr", "lists", FlowPlace.Connection, "types");
        types.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("number").GetString(), row.GetProperty("name").GetString())).Should().Contain(("82", "Any 15"));
        (await Place.RunAsync("ehr", "lists", FlowPlace.Connection, "cancelreasons")).Out.Should().Contain("PATIENT NO SHOW").And.Contain($"{FlowPlace.Connection}: 5 cancelreasons");
        (await Place.RunAsync("ehr", "lists", FlowPlace.Connection, "colours")).Error.Should().Contain("There is no such list: there are departments,");

        var slot = (await Place.TypeAsync("ehr", "slots", FlowPlace.Connection, "--from", Day(22), "--until", Day(28), "--limit", "1")).GetProperty("slots")[0].GetProperty("id").GetString()!;
        (await Place.TypeAsync("ehr", "freeze", FlowPlace.Connection, slot, "--reason", "the doctor is away")).GetProperty("isFrozen").GetBoolean().Should().BeTrue();
        (await Place.RunAsync("ehr", "freeze", FlowPlace.Connection, slot)).Out.Should().Contain($"{FlowPlace.Connection}: slot {slot} was kept back before, nothing was changed");
        (await Place.RunAsync("ehr", "freeze", FlowPlace.Connection, slot, "--thaw")).Out.Should().Contain($"slot {slot} is free");
        Place.Vendor.At(practice => practice.Schedule.Find(slot)!.IsFrozen).Should().BeFalse();
    }

    public sealed class Real() : Vendor("athena-real");
}

public sealed class AthenaGuideWorkflowTests(AthenaGuideWorkflowTests.Guide vendor) : BookedWorkflowTests(vendor), IClassFixture<AthenaGuideWorkflowTests.Guide>
{
    public sealed class Guide() : Vendor("athena-guide");
}
