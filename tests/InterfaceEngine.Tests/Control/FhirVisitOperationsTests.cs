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
    public async Task One_slot_that_many_choose_at_once_is_one_visits()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var patients = clinic.Vendor.At(practice => practice.Patients.Take(6).Select(one => one.Person.Id).ToArray());
        await clinic.MeetAsync(patients);
        var free = clinic.OpenSlot();
        await using var operations = clinic.Operations;

        var answers = await Task.WhenAll(patients.Select(patient => Task.Run(() => operations.AskAsync(Booking(patient, free.Id), default))));

        var booked = answers.OfType<AppointmentAnswer>().Should().ContainSingle().Subject;
        booked.Aliases.Should().NotContain(alias => alias.System == "slot", "it is kept to compare");
        answers.OfType<FailureAnswer>().Should().HaveCount(5).And.OnlyContain(answer => answer.Kind == FailureKind.Refused && answer.Message == $"This slot is that of appointment {booked.Record} already. Nothing was changed: choose another.");
        (await clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("moved to another slot")]
    [InlineData("moved to another time")]
    [InlineData("moved there and back, and cancelled")]
    public async Task A_slot_whose_visit_left_it_is_free_for_another(string how)
    {
        await using var clinic = await FhirClinic.StartAsync();
        var (free, other) = (clinic.OpenSlot(), clinic.OpenSlot(4));
        var visit = (await AskAsync<AppointmentAnswer>(clinic, Booking(clinic.Patient, free.Id))).Record;
        var to = new ModifyAppointmentRequest(FhirClinic.Practice, visit) { Actor = "maria", Reason = "the patient called" };
        var cancelled = new CancelAppointmentRequest(FhirClinic.Practice, visit) { Actor = "maria", Reason = "the patient called" };
        ControlRequest[] steps = how switch
        {
            "cancelled" => [cancelled],
            "moved to another slot" => [to with { Slot = other.Id }],
            "moved to another time" => [to with { Start = other.Start }],
            _ => [to with { Slot = other.Id }, to with { Slot = free.Id }, cancelled],
        };
        foreach (var step in steps)
        {
            clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
            await AskAsync<AppointmentAnswer>(clinic, step);
        }

        var second = await AskAsync<AppointmentAnswer>(clinic, Booking(clinic.OtherPatient, free.Id));

        (await AskAsync<FailureAnswer>(clinic, Booking(clinic.Patient, free.Id))).Message.Should().StartWith($"This slot is that of appointment {second.Record} already.");
    }

    [Fact]
    public async Task A_visit_is_not_moved_into_a_slot_that_another_has()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var (free, other) = (clinic.OpenSlot(), clinic.OpenSlot(4));
        var first = (await AskAsync<AppointmentAnswer>(clinic, Booking(clinic.Patient, free.Id))).Record;
        var second = (await AskAsync<AppointmentAnswer>(clinic, Booking(clinic.OtherPatient, other.Id))).Record;

        var refused = await AskAsync<FailureAnswer>(clinic, new ModifyAppointmentRequest(FhirClinic.Practice, second) { Actor = "maria", Reason = "the patient called", Slot = free.Id });

        refused.Message.Should().StartWith($"This slot is that of appointment {first} already.");
    }

    [Fact]
    public async Task A_connection_that_there_is_not_is_no_way_to_book()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var free = clinic.OpenSlot();

        var refused = await AskAsync<FailureAnswer>(clinic, new BookAppointmentRequest(FhirClinic.Practice, clinic.Patient)
        {
            Actor = "maria",
            Reason = "the patient called",
            Start = free.Start,
            Minutes = 15,
            Provider = "prov-johnson",
            Location = "loc-main",
            Connection = "nope",
        });

        (refused.Kind, refused.Message).Should().Be((FailureKind.NotFound, $"nope is no connection of practice {FhirClinic.Practice}."));
        (await clinic.VisitsAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("99", null, "There is no such department: loc-main, loc-west are in locations.ref.md; the vendor's number does as well.")]
    [InlineData(null, "nobody", "There is no such provider: prov-johnson, prov-rivera are in providers.ref.md; the vendor's number does as well.")]
    public async Task A_place_or_a_provider_that_there_is_not_is_no_empty_day(string? department, string? provider, string message)
    {
        await using var clinic = await FhirClinic.StartAsync();

        var refused = await AskAsync<FailureAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = department, Provider = provider });

        (refused.Kind, refused.Message).Should().Be((FailureKind.NotFound, message));
    }

    [Fact]
    public async Task A_place_of_the_tables_that_the_vendor_has_not_is_told_as_one_and_a_day_with_nothing_open_is_one()
    {
        await using var clinic = await FhirClinic.StartAsync(change: null, ("practices/7410/locations.ref.md", $"---\nreferences: location\npractice: 7410\n---\n\n| Practice Studio | eclinicalworks | Name |\n|---|---|---|\n| loc-main | 1 | Main |\n| loc-past | 9 | Closed |\n"));

        (await AskAsync<FailureAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "loc-past" })).Message
            .Should().Be("The vendor has no department of the id that locations.ref.md gives: see 'ehr references conn_1'.");
        (await AskAsync<EhrSlotsAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "loc-main", Provider = "prov-johnson", From = "2028-01-01", Until = "2028-01-01" })).Slots.Should().BeEmpty();
    }

    [Fact]
    public async Task A_type_that_the_vendor_is_not_known_to_have_is_no_full_calendar()
    {
        await using var clinic = await FhirClinic.StartAsync(change: null, ("practices/7410/codes/appt-type.codes.md", "---\ncodes: appt-type\npractice: 7410\n---\n\n| Practice Studio | HL7 v2 | FHIR R4 | Display |\n|---|---|---|---|\n| nurse | RN | - | Nurse |\n"));

        (await AskAsync<FailureAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "voice", Type = "new_patient" })).Should().Match<FailureAnswer>(refused =>
            refused.Kind == FailureKind.Refused
            && refused.Message == "The code table appt-type has no code of the vendor's for new_patient (FHIR R4), so its slots can't be sought: add it to the practice's appt-type.codes.md.");
        (await AskAsync<FailureAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "voice", Type = "follow_up" })).Should().Match<FailureAnswer>(refused =>
            refused.Kind == FailureKind.Refused
            && refused.Message.StartsWith("The vendor has slots, and none of a type that the code table appt-type knows, so follow_up (FOLLOWUP) can't be told from a full calendar: add its codes (") && refused.Message.Contains("82"));
        (await AskAsync<EhrSlotsAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "voice" })).Slots.Should().NotBeEmpty("without a type everything is shown");
        (await AskAsync<EhrSlotsAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "voice", Type = "82" })).Slots.Should().NotBeEmpty("the vendor's own code does as well");
    }

    [Fact]
    public async Task A_type_of_the_tables_that_has_no_open_slot_is_a_full_calendar()
    {
        await using var clinic = await FhirClinic.StartAsync();

        (await AskAsync<EhrSlotsAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "voice", Type = "office_visit" })).Slots.Should().NotBeEmpty();
        (await AskAsync<EhrSlotsAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "voice", Type = "follow_up" })).Slots.Should().BeEmpty("the table knows types of the vendor's, and this one is not among the open ones");
    }

    [Fact]
    public async Task A_slot_that_is_the_visits_already_is_no_fault_of_its_change()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var free = clinic.OpenSlot();
        var booked = await AskAsync<AppointmentAnswer>(clinic, Booking(clinic.Patient, free.Id));
        (await clinic.DeliverAsync(await clinic.OrderAsync(booked))).Outcome.Should().Be(AttemptOutcome.Delivered);
        clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        var change = new ModifyAppointmentRequest(FhirClinic.Practice, booked.Record) { Actor = "maria", Reason = "the patient called", Slot = free.Id };

        (await AskAsync<FailureAnswer>(clinic, change)).Message.Should().Be("It is so already: nothing would change, and nothing is sent.");
        (await AskAsync<AppointmentAnswer>(clinic, change with { VisitReason = "Cough" })).Changes.Select(field => field.Name).Should().Equal("reason");
        (await AskAsync<AppointmentAnswer>(clinic, Booking(clinic.OtherPatient, clinic.OpenSlot(4).Id))).IsRepeat.Should().BeFalse();
    }

    [Theory]
    [InlineData("2031-02-02")]
    [InlineData("9999-12-31")]
    public async Task Slots_of_a_day_that_no_schedule_has_are_not_sought(string day)
    {
        await using var clinic = await FhirClinic.StartAsync();

        var refused = await AskAsync<FailureAnswer>(clinic, new EhrSlotsRequest(Connected.Id) { Actor = "maria", From = day });

        (refused.Kind, refused.Message).Should().Be((FailureKind.Usage, "Slots are looked for within 5 years: is the year right?"));
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

    private static BookAppointmentRequest Booking(string patient, string slot) => new(FhirClinic.Practice, patient) { Actor = "maria", Reason = "the patient called", Slot = slot };

    private static async Task<T> AskAsync<T>(FhirClinic clinic, ControlRequest request)
        where T : ControlAnswer
    {
        await using var operations = clinic.Operations;
        var answer = await operations.AskAsync(request, default);
        return answer.Should().BeOfType<T>((answer as FailureAnswer)?.Message ?? "").Subject;
    }
}
