using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Intake;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>What a vendor answers while our own change is on its way does not know of it, and takes nothing of it back.</summary>
public sealed class UntoldChangesTests
{
    private static readonly TimeSpan _later = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_move_that_waits_is_not_taken_back_and_what_else_changed_there_is_taken_over()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var booked = await clinic.BookAsync(clinic.OpenSlot());
        (await clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        var number = clinic.Booked().Single().Id;
        clinic.Engine.Time.Advance(_later);
        var moved = await clinic.Desk.ModifyAsync(FhirClinic.Change(booked.Visit.Id) with { Location = "2" }, default);
        clinic.Engine.Time.Advance(_later);
        await clinic.ChangeThereAsync(number, resource => resource["comment"] = "Bring the old chart");

        await SyncAsync(clinic, number);

        var visit = await clinic.VisitAsync(booked.Visit.Id);
        (visit["location_id"], visit["notes"]).Should().Be(("loc-west", "Bring the old chart"));
        (await clinic.DeliverAsync(moved)).Outcome.Should().Be(AttemptOutcome.Delivered);
        clinic.Engine.Time.Advance(_later);
        await SyncAsync(clinic, number);
        (await clinic.VisitAsync(booked.Visit.Id))["location_id"].Should().Be("loc-west", "the vendor has it by now");
    }

    [Fact]
    public async Task A_visit_that_was_cancelled_here_stays_cancelled_while_the_vendor_is_not_told_and_stands_again_when_nobody_will_tell_it()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var slot = clinic.OpenSlot();
        var booked = await clinic.BookAsync(slot);
        (await clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        clinic.Engine.Time.Advance(_later);
        var cancelled = await clinic.Desk.CancelAsync(clinic.Change(booked.Visit.Id), default);
        clinic.Engine.Time.Advance(_later);

        await SyncAsync(clinic, slot.Id);
        (await clinic.VisitAsync(booked.Visit.Id))["status"].Should().Be("cancelled");

        var delivery = await clinic.Engine.Store.ReadAsync(reader => reader.Delivery(cancelled.Deliveries.Single().Id), default);
        await clinic.Engine.DismissAsync(delivery!);
        clinic.Engine.Time.Advance(_later);
        await SyncAsync(clinic, slot.Id);
        (await clinic.VisitAsync(booked.Visit.Id))["status"].Should().Be("scheduled", "so it is at the vendor");
    }

    [Fact]
    public async Task What_the_vendor_has_after_one_change_takes_nothing_of_the_next_back()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var booked = await clinic.BookAsync(clinic.OpenSlot());
        (await clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        clinic.Engine.Time.Advance(_later);
        var first = await clinic.Desk.ModifyAsync(FhirClinic.Change(booked.Visit.Id) with { Location = "2" }, default);
        clinic.Engine.Time.Advance(_later);
        await clinic.Desk.CancelAsync(FhirClinic.Change(booked.Visit.Id), default);
        clinic.Engine.Time.Advance(_later);

        (await clinic.DeliverAsync(first)).Outcome.Should().Be(AttemptOutcome.Delivered);

        var visit = await clinic.VisitAsync(booked.Visit.Id);
        (visit["location_id"], visit["status"]).Should().Be(("loc-west", "cancelled"));
    }

    /// <summary>The vendor answers now: its clock is ours.</summary>
    private static async Task SyncAsync(FhirClinic clinic, string number)
    {
        var read = await clinic.Client.ReadAsync("Appointment", number, CallPriority.Interactive, default);
        await clinic.Engine.Core.VendorDocuments.TakeAsync(FhirClinic.Practice, Connected.Id, [read.Document], clinic.Engine.Time.GetUtcNow(), default);
    }

    private static async Task SyncAsync(AthenaClinic clinic, string number)
    {
        var (visit, _) = await clinic.Client.Appointments.ReadAsync(number, default);
        await clinic.Engine.Core.VendorDocuments.TakeAsync(clinic.Practice, Connected.Id, [AthenaAppointments.Document(visit.Row)], clinic.Engine.Time.GetUtcNow(), default);
    }
}
