using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>Our clock has milliseconds, the vendor's <c>Date</c> whole seconds, and neither is exact: what was said later counts all the same.</summary>
public sealed class VisitClockTests
{
    private static readonly TimeSpan _partOfASecond = TimeSpan.FromMilliseconds(700);

    [Fact]
    public async Task What_the_vendor_changes_in_the_second_of_our_booking_is_taken_over()
    {
        await using var clinic = await FhirClinic.StartAsync();
        clinic.Engine.Time.Advance(_partOfASecond);
        var booked = await clinic.BookAsync(clinic.OpenSlot());
        (await clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        var number = clinic.Booked().Single().Id;

        await clinic.ChangeThereAsync(number, resource => resource["status"] = "cancelled");
        var read = await clinic.Client.ReadAsync("Appointment", number, CallPriority.Interactive, default);
        await clinic.Engine.Core.VendorDocuments.TakeAsync(FhirClinic.Practice, Connected.Id, [read.Document], read.ServerTime, default);

        read.ServerTime.Should().Be(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero), "the vendor says no part of a second");
        (await clinic.VisitAsync(booked.Visit.Id))["status"].Should().Be("cancelled");
    }

    [Fact]
    public async Task What_athenahealth_changes_in_the_second_of_our_booking_is_taken_over()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        clinic.Engine.Time.Advance(_partOfASecond);
        var slot = clinic.OpenSlot();
        var booked = await clinic.BookAsync(slot);
        (await clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);

        await clinic.Client.Appointments.CancelAsync(slot.Id, clinic.Patient, null, null, default);
        await clinic.SyncAsync(slot.Id);

        (await clinic.VisitAsync(booked.Visit.Id))["status"].Should().Be("cancelled");
    }

    [Fact]
    public async Task What_is_changed_here_in_the_second_of_the_vendors_answer_counts_as_well()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var booked = await clinic.BookAsync(clinic.OpenSlot());
        await clinic.DeliverAsync(booked);
        clinic.Engine.Time.Advance(_partOfASecond);

        var moved = await clinic.Desk.ModifyAsync(FhirClinic.Change(booked.Visit.Id) with { Location = "2" }, default);
        (await clinic.VisitAsync(booked.Visit.Id))["location_id"].Should().Be("loc-west");
        await clinic.DeliverAsync(moved);

        (await clinic.VisitAsync(booked.Visit.Id))["location_id"].Should().Be("loc-west");
        clinic.Booked().Single().Department.Should().Be("2");
    }

    [Theory]
    [InlineData(60, 0)]
    [InlineData(0, 60)]
    public async Task What_the_vendor_has_after_our_own_call_is_never_older_than_it_whichever_clock_is_ahead(int ours, int anotherSenders)
    {
        await using var clinic = await FhirClinic.StartAsync();
        var booked = await clinic.BookAsync(clinic.OpenSlot());
        await clinic.DeliverAsync(booked);
        var now = clinic.Engine.Time.GetUtcNow();
        clinic.Engine.Time.Advance(TimeSpan.FromSeconds(ours));
        var known = await clinic.Client.ReadAsync("Appointment", clinic.Booked().Single().Id, CallPriority.Interactive, default);
        await clinic.Engine.Core.VendorDocuments.TakeAsync(FhirClinic.Practice, "another", [known.Document], now, default, notBefore: now.AddSeconds(anotherSenders));

        var moved = await clinic.Desk.ModifyAsync(FhirClinic.Change(booked.Visit.Id) with { Location = "2" }, default);
        (await clinic.DeliverAsync(moved)).Outcome.Should().Be(AttemptOutcome.Delivered);

        var visit = await clinic.VisitAsync(booked.Visit.Id);
        visit["location_id"].Should().Be("loc-west");
        SourceOf(visit, "location_id").Should().Be(Connected.Id, "it was confirmed by what the vendor has");
    }

    private static string SourceOf(StoredRecord visit, string field) => visit.Find(field)!.Cause!.Source;
}
