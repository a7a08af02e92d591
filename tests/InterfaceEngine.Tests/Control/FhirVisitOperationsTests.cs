using InterfaceEngine.Control;
using InterfaceEngine.Destinations;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Control;

/// <summary>What people ask of a vendor who has FHIR alone: slots, and a booking by a slot.</summary>
public sealed class FhirVisitOperationsTests
{
    [Fact]
    public async Task Slots_are_found_with_the_clinics_offset_and_our_names_and_one_is_booked()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var free = clinic.OpenSlot();

        var slots = (await AskAsync<EhrSlotsAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "loc-main", Provider = free.Provider, From = free.Start[..10], Until = free.Start[..10] })).Slots;
        var booked = await AskAsync<AppointmentAnswer>(clinic, new BookAppointmentRequest(FhirClinic.Practice, clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = free.Id });

        var slot = slots.Single(one => one.Id == free.Id);
        (slot.Start.ToString("yyyy-MM-dd HH:mm zzz", System.Globalization.CultureInfo.InvariantCulture), slot.Department, slot.Type, slot.Minutes).Should().Be(($"{free.Start} -06:00", "loc-main", "office_visit", 15));
        slots.Should().OnlyContain(one => one.Department == "loc-main" && one.Provider == slot.Provider);
        var visit = (await clinic.VisitsAsync()).Should().ContainSingle().Subject;
        (visit["provider_id"], visit["location_id"], visit["appointment_type"]).Should().Be((slot.Provider, "loc-main", "office_visit"));
        booked.Deliveries.Should().ContainSingle().Which.Destination.Should().Be(FhirClinic.Destination);
        (await clinic.DeliverAsync(await clinic.OrderAsync(booked))).Outcome.Should().Be(AttemptOutcome.Delivered);
        clinic.Booked().Should().ContainSingle().Which.Id.Should().Be(free.Id["slot-".Length..]);
        (await AskAsync<FailureAnswer>(clinic, new BookAppointmentRequest(FhirClinic.Practice, clinic.OtherPatient) { Actor = "maria", Reason = "too late", Slot = free.Id }))
            .Message.Should().Be("This slot is not open at the vendor. Nothing was changed: choose another.");
    }

    [Fact]
    public async Task Where_the_vendor_has_no_appointments_it_is_said_and_nothing_is_booked()
    {
        await using var clinic = await FhirClinic.StartAsync("ecw-real");

        (await AskAsync<FailureAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "maria" })).Message.Should().StartWith("Nothing can be booked over conn_1: its server (ecw-real) has no appointments");
        (await AskAsync<FailureAnswer>(clinic, new BookAppointmentRequest(FhirClinic.Practice, "1") { Actor = "maria", Reason = "the patient called", Slot = "1", Connection = Connected.Id })).Message.Should().StartWith("Nothing can be booked over conn_1");
        (await AskAsync<FailureAnswer>(clinic, new BookAppointmentRequest(FhirClinic.Practice, "1") { Actor = "maria", Reason = "the patient called", Start = "2026-03-01 09:00", Minutes = 15, Connection = Connected.Id })).Message.Should().StartWith("Nothing can be booked over conn_1");
        (await clinic.VisitsAsync()).Should().BeEmpty();
    }

    private static async Task<T> AskAsync<T>(FhirClinic clinic, ControlRequest request)
        where T : ControlAnswer
    {
        await using var operations = clinic.Operations;
        var answer = await operations.AskAsync(request, default);
        return answer.Should().BeOfType<T>((answer as FailureAnswer)?.Message ?? "").Subject;
    }
}
