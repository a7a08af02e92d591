using System.Net;
using InterfaceEngine.Tests.Api;

namespace InterfaceEngine.Tests.Flows;

/// <summary>eClinicalWorks as it is: everything is read, and nothing is booked.</summary>
public sealed class EcwRealWorkflowTests(EcwRealWorkflowTests.Real vendor) : WorkflowTests(vendor), IClassFixture<EcwRealWorkflowTests.Real>
{
    [Fact]
    public async Task A_booking_by_a_slot_is_refused_plainly_over_the_interface_and_from_the_command_line()
    {
        await Place.ExportedAsync();
        var patient = Place.Vendor.At(practice => practice.Patients[0].Person.Id);

        var (open, slots) = await Place.Client.AskAsync("/api/appointments/open");
        var (booked, booking) = await Place.Client.SendAsync("POST", "/api/appointments", $$"""{ "patient": "{{patient}}", "slot": "1" }""", ("Idempotency-Key", "call-1"));
        var typed = await Place.RunAsync("ehr", "book", FlowPlace.Connection, "--slot", "1", "--patient", patient, "--because", "the patient called");

        (open, booked, typed.Code).Should().Be((HttpStatusCode.Conflict, HttpStatusCode.Conflict, 1));
        slots.GetProperty("detail").GetString().Should().StartWith("Nothing can be booked over conn_123");
        booking.GetProperty("detail").GetString().Should().Be($"Practice {Place.Practice} has no connection that has slots.");
        typed.Error.Should().Contain("Nothing can be booked over conn_123");
        (await Place.RecordsAsync("appointment")).Should().BeEmpty();
    }

    public sealed class Real() : Vendor("ecw-real");
}

public sealed class EcwGuideWorkflowTests(EcwGuideWorkflowTests.Guide vendor) : WorkflowTests(vendor), IClassFixture<EcwGuideWorkflowTests.Guide>
{
    public sealed class Guide() : Vendor("ecw-guide");
}
