using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Control;

/// <summary>Who chooses a slot means that slot's vendor: it is told of the visit, or there is none, and no other vendor is told by calls.</summary>
public sealed class ChosenSlotTests
{
    private const string Other = "athenanet conn_2";
    private const string Messages = "mllp";

    [Fact]
    public async Task A_slot_of_which_nobody_would_tell_its_vendor_is_refused_with_what_to_add()
    {
        await using var clinic = await AthenaClinic.StartWithAsync();

        var refused = await AskAsync<FailureAnswer>(clinic, Booking(clinic, clinic.OpenSlot().Id));

        (refused.Kind, refused.Message).Should().Be((
            FailureKind.Refused,
            """Nothing would tell the vendor of conn_1 of it, so nothing was changed. Have a destination go over the connection ("Destinations": { "visits": { "Kind": "athenanet", "Connection": "conn_1", "Practices": ["195900"] } })."""));
        (await clinic.VisitsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_time_whose_slot_is_sought_is_refused_as_well_where_nobody_is_told()
    {
        await using var clinic = await AthenaClinic.StartWithAsync();

        (await AskAsync<FailureAnswer>(clinic, Sought(clinic))).Message.Should().StartWith("Nothing would tell the vendor of conn_1 of it");

        (await clinic.VisitsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Messages_have_no_slots_and_tell_of_the_time_at_which_one_was_found()
    {
        await using var clinic = await AthenaClinic.StartWithAsync(Messages);
        var slot = clinic.OpenSlot();

        (await AskAsync<FailureAnswer>(clinic, Booking(clinic, slot.Id))).Message.Should().EndWith(", or give time, length, provider and location and no slot: mllp is told by HL7, which has no slots.");
        var booked = await AskAsync<AppointmentAnswer>(clinic, Sought(clinic));

        booked.Deliveries.Select(delivery => delivery.Event).Should().Equal("SIU^S12");
        booked.Aliases.Should().NotContain(alias => alias.System == "athenahealth", "the vendor gives it a number when it was told");
        var visit = (await clinic.VisitsAsync()).Should().ContainSingle().Subject;
        (visit["location_id"], visit["provider_id"] is not null).Should().Be(("loc-main", true));
        (await AskAsync<FailureAnswer>(clinic, Sought(clinic) with { Patient = clinic.OtherPatient })).Message.Should().StartWith($"This slot is that of appointment {booked.Record} already.");
    }

    [Fact]
    public async Task Another_vendor_is_told_nothing_of_a_visit_in_a_slot_whatever_becomes_of_it()
    {
        await using var clinic = await AthenaClinic.StartWithAsync("athenanet conn_1", Other, Messages);
        var (slot, next) = (clinic.OpenSlot(), clinic.OpenSlot(8));

        var booked = await AskAsync<AppointmentAnswer>(clinic, Booking(clinic, slot.Id));
        clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        var moved = await AskAsync<AppointmentAnswer>(clinic, Moving(booked.Record) with { Slot = next.Id });
        clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        var changed = await AskAsync<AppointmentAnswer>(clinic, Moving(booked.Record) with { VisitReason = "Cough" });
        var cancelled = await AskAsync<AppointmentAnswer>(clinic, new CancelAppointmentRequest("195900", booked.Record) { Actor = "maria", Reason = "the patient called" });

        foreach (var answer in new[] { booked, moved, changed, cancelled })
        {
            answer.Deliveries.Select(delivery => delivery.Destination).Should().BeEquivalentTo(AthenaClinic.Destination, Messages);
        }
    }

    [Fact]
    public async Task A_destination_that_goes_elsewhere_is_not_told_of_a_slot_alone()
    {
        await using var clinic = await AthenaClinic.StartWithAsync("athenanet conn_1", Messages);

        (await AskAsync<FailureAnswer>(clinic, Booking(clinic, clinic.OpenSlot().Id) with { Destination = Messages })).Message
            .Should().Be("mllp does not go over conn_1, whose slot this is, so its vendor would not be told. Nothing was changed: leave the destination out, or name athena-api.");

        (await clinic.VisitsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_visit_that_two_vendors_may_have_is_not_moved_into_a_slot_of_one()
    {
        await using var clinic = await AthenaClinic.StartWithAsync("athenanet conn_1", Other);
        var (slot, next) = (clinic.OpenSlot(), clinic.OpenSlot(8));
        var booked = await AskAsync<AppointmentAnswer>(clinic, Booking(clinic, null) with { Start = slot.Start, Minutes = slot.Minutes, Provider = slot.Provider, Location = slot.Department, Type = "82" });
        clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));

        booked.Deliveries.Should().HaveCount(2, "who names no slot means all");
        (await AskAsync<FailureAnswer>(clinic, Moving(booked.Record) with { Slot = next.Id })).Message
            .Should().Be("The visit was booked without a slot, so conn_2 may have it as well as conn_1. Nothing was changed: move it by its time, or cancel it and book the slot.");
        (await AskAsync<AppointmentAnswer>(clinic, Moving(booked.Record) with { Start = next.Start })).Deliveries.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_slot_of_another_vendor_is_no_place_to_move_a_visit_to()
    {
        await using var clinic = await AthenaClinic.StartWithAsync("athenanet conn_1", Other);
        var booked = await AskAsync<AppointmentAnswer>(clinic, Booking(clinic, clinic.OpenSlot().Id));

        var move = async () => await clinic.Desk.ModifyAsync(clinic.Change(Id(booked)) with { Slot = "7", SlotServer = "conn_2", IsNumberedLater = true }, default);

        (await move.Should().ThrowAsync<InterfaceEngine.Intake.ChangeRefusedException>()).Which.Message
            .Should().Be("The visit is in a slot of conn_1, and this one is of conn_2. Nothing was changed: cancel it, and book the slot.");
    }

    /// <summary>A connection may be named anew while visits stand in its slots.</summary>
    [Fact]
    public async Task Where_nobody_is_told_over_the_slots_connection_any_more_all_are_told_as_before()
    {
        await using var clinic = await AthenaClinic.StartWithAsync(Other);
        var slot = clinic.OpenSlot();
        var booked = await clinic.Desk.BookAsync(clinic.Booking(slot) with { SlotServer = "conn_of_old" }, default);

        booked.Deliveries.Select(delivery => delivery.Destination).Should().Equal(Other);
    }

    private static EngineId Id(AppointmentAnswer booked) => EngineId.TryParse(booked.Record, out var id) ? id : EngineId.None;

    private static BookAppointmentRequest Booking(AthenaClinic clinic, string? slot) => new("195900", clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = slot };

    private static BookAppointmentRequest Sought(AthenaClinic clinic) =>
        Booking(clinic, null) with { Start = clinic.OpenSlot().Start, Location = "loc-main", SeeksSlot = true, Connection = Connected.Id };

    private static ModifyAppointmentRequest Moving(string visit) => new("195900", visit) { Actor = "maria", Reason = "the patient called" };

    private static async Task<T> AskAsync<T>(AthenaClinic clinic, ControlRequest request)
        where T : ControlAnswer
    {
        await using var operations = clinic.Operations;
        var answer = await operations.AskAsync(request, default);
        return answer.Should().BeOfType<T>((answer as FailureAnswer)?.Message ?? "").Subject;
    }
}
