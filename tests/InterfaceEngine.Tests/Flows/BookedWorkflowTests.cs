using System.Net;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Api;

namespace InterfaceEngine.Tests.Flows;

/// <summary>Vendors at whom visits are booked: look the patient up, see what is free, book, and it stands at the vendor once.</summary>
public abstract class BookedWorkflowTests(WorkflowTests.Vendor vendor) : WorkflowTests(vendor)
{
    [Fact]
    public async Task A_patient_is_looked_up_and_booked_into_a_free_slot_over_the_interface()
    {
        await Place.ExportedAsync();
        var person = Place.Vendor.At(practice => practice.Patients[0].Person);

        var found = await Place.AskAsync("GET", $"/api/patients/search?lastname={person.LastName}&firstname={person.FirstName}&dob={person.Born:yyyy-MM-dd}");
        var patient = found.GetProperty("patients").EnumerateArray().First().GetProperty("id").GetString()!;
        var open = await Place.AskAsync("GET", $"/api/appointments/open?from={Day(7)}&until={Day(14)}&limit=5");
        var slot = open.GetProperty("slots").EnumerateArray().First().GetProperty("id").GetString()!;
        var body = $$"""{ "patient": "{{patient}}", "slot": "{{slot}}", "visitReason": "Sore throat", "because": "the patient called" }""";
        var (status, booked) = await Place.Client.SendAsync("POST", "/api/appointments", body, ("Idempotency-Key", "call-1"));
        await Place.DeliveredAsync(booked.GetProperty("deliveries")[0].GetProperty("id").GetString()!);
        var (repeated, again) = await Place.Client.SendAsync("POST", "/api/appointments", body, ("Idempotency-Key", "call-1"));

        (patient, status, repeated).Should().Be((person.Id, HttpStatusCode.Created, HttpStatusCode.OK));
        (again.GetProperty("id").GetString(), again.GetProperty("isRepeat").GetBoolean()).Should().Be((booked.GetProperty("id").GetString(), true));
        await CheckBookedAsync(person.Id, slot, booked.GetProperty("id").GetString()!);
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
        await CheckBookedAsync(person.Id, slot, booked.GetProperty("record").GetString()!);
    }

    /// <summary>The slot is this patient's and nobody has another of ours; here it is one record, by the vendor's number and ours.</summary>
    private async Task CheckBookedAsync(string patient, string slot, string visit)
    {
        var booked = Place.Vendor.At(practice => practice.Schedule.Appointments.Where(one => one.Patient == patient && one.ScheduledBy.StartsWith("API-", StringComparison.Ordinal)).Select(one => (one.Id, one.Status)).ToList());
        booked.Should().Equal((slot, VendorAppointment.Future));
        EngineId.TryParse(visit, out var id).Should().BeTrue();
        var record = await Place.Engine.Core.Store.ReadAsync(reader => reader.Record(Place.Practice, id), default);
        record!.Aliases.Should().Contain(new RecordAlias("appointment", "athenahealth", slot));
        (await Place.Engine.Core.Store.ReadAsync(reader => reader.Record(Place.Practice, new RecordAlias("appointment", "athenahealth", slot)), default))!.Id.Should().Be(id);
    }

    private static string Day(int days) => DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}

public sealed class AthenaRealWorkflowTests(AthenaRealWorkflowTests.Real vendor) : BookedWorkflowTests(vendor), IClassFixture<AthenaRealWorkflowTests.Real>
{
    public sealed class Real() : Vendor("athena-real");
}

public sealed class AthenaGuideWorkflowTests(AthenaGuideWorkflowTests.Guide vendor) : BookedWorkflowTests(vendor), IClassFixture<AthenaGuideWorkflowTests.Guide>
{
    public sealed class Guide() : Vendor("athena-guide");
}
