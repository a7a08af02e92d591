using System.Net;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Tests.Api;

namespace InterfaceEngine.Tests.Flows;

/// <summary>eClinicalWorks as it is: everything is read, patients are looked up, and nothing is booked.</summary>
public sealed class EcwRealWorkflowTests(EcwRealWorkflowTests.Real vendor) : WorkflowTests(vendor), IClassFixture<EcwRealWorkflowTests.Real>
{
    [Fact]
    public async Task A_patient_is_looked_up_over_the_interface_and_from_the_command_line()
    {
        var person = Place.Vendor.At(practice => practice.Patients[0].Person);

        var asked = await Place.AskAsync("GET", $"/api/patients/search?lastname={person.LastName}&firstname={person.FirstName}&dob={person.Born:yyyy-MM-dd}");
        var typed = await Place.TypeAsync("ehr", "patients", FlowPlace.Connection, "--last", person.LastName, "--first", person.FirstName, "--born", $"{person.Born:yyyy-MM-dd}", "--reason", "the patient called");

        asked.GetProperty("patients").EnumerateArray().Select(patient => patient.GetProperty("id").GetString()).Should().Equal(person.Id);
        typed.GetProperty("patients").EnumerateArray().Select(patient => patient.GetProperty("id").GetString()).Should().Equal(person.Id);
    }

    [Fact]
    public async Task A_booking_by_a_slot_is_refused_plainly_over_the_interface_and_from_the_command_line()
    {
        await Place.ExportedAsync();
        var patient = Place.Vendor.At(practice => practice.Patients[0].Person.Id);

        var (open, slots) = await Place.Client.AskAsync("/api/appointments/open");
        var (booked, booking) = await Place.Client.SendAsync("POST", "/api/appointments", $$"""{ "patient": "{{patient}}", "slot": "1" }""", ("Idempotency-Key", "call-1"));
        var shown = await Place.RunAsync("ehr", "slots", FlowPlace.Connection);
        var typed = await Place.RunAsync("ehr", "book", FlowPlace.Connection, "--slot", "1", "--patient", patient, "--because", "the patient called");

        (open, booked, shown.Code, typed.Code).Should().Be((HttpStatusCode.Conflict, HttpStatusCode.Conflict, 1, 1));
        slots.GetProperty("detail").GetString().Should().StartWith("Nothing can be booked over conn_123");
        booking.GetProperty("detail").GetString().Should().Be($"Practice {Place.Practice} has no connection that has slots.");
        shown.Error.Should().Contain("Nothing can be booked over conn_123");
        typed.Error.Should().Contain("Nothing can be booked over conn_123");
        (await Place.RecordsAsync("appointment")).Should().BeEmpty();
    }

    public sealed class Real() : Vendor("ecw-real");
}

/// <summary>eClinicalWorks as the guide has it: visits are booked as Appointments of FHIR, with a token that is for nothing else.</summary>
public sealed class EcwGuideWorkflowTests(EcwGuideWorkflowTests.Guide vendor) : BookedWorkflowTests(vendor), IClassFixture<EcwGuideWorkflowTests.Guide>
{
    [Fact]
    public async Task The_token_that_reads_writes_nothing_and_trying_the_connection_says_that_visits_can_be_booked()
    {
        var writing = () => new FhirClient(Place.Engine.Core.Connections[FlowPlace.Connection]).CreateAsync("Appointment", """{"resourceType":"Appointment","status":"booked"}"""u8.ToArray(), null, CallPriority.Booking, default);
        (await FluentActions.Awaiting(writing).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.Forbidden);

        var tried = await Place.RunAsync("connectivity", "--only", FlowPlace.Connection);

        tried.Code.Should().Be(0, tried.Out);
        tried.Out.Should().Contain("what the practice's tables read is covered").And.NotContain("will be refused");
    }

    public sealed class Guide() : Vendor("ecw-guide");
}
