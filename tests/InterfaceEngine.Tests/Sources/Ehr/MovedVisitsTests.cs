using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Ehr;

/// <summary>
/// A visit that was booked here and that the clinic moves at athenahealth, where it has another number from then on: whichever way brings the rows of its old place and of
/// its new one, and whichever comes first, it is the same visit here.
/// </summary>
public sealed class MovedVisitsTests
{
    private const string One = "GET /appointments/{appointmentid}";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_move_that_is_told_row_by_row_moves_the_visit(bool isNewFirst)
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var (visit, from) = await BookedAsync(clinic);
        var to = await MoveAsync(clinic, from, 5);

        foreach (var number in isNewFirst ? new[] { to.Id, from } : [from, to.Id])
        {
            await clinic.SyncAsync(number);
            await ShouldBeMovedAsync(clinic, visit, to);
        }

        var moved = await clinic.VisitAsync(visit.Id);
        moved.Aliases.Should().Contain(visit.Aliases, "it is found by those that it had");
        var changes = await clinic.Engine.Store.ReadAsync(reader => reader.Changes(clinic.Practice, moved, 10), default);
        changes.SelectMany(change => change.Fields).Should().NotContain(field => field.Name == "status" && field.After == "cancelled");

        foreach (var number in new[] { from, to.Id, from })
        {
            await clinic.SyncAsync(number);
        }

        (await clinic.VisitAsync(visit.Id)).ChangedSequence.Should().Be(moved.ChangedSequence, "what comes again changes nothing");
        await ShouldBeMovedAsync(clinic, visit, to);
    }

    [Fact]
    public async Task The_feed_of_what_changed_moves_the_visit()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        await clinic.Parts.Changed()["appointments"].LookAsync(null, default);
        var (visit, from) = await BookedAsync(clinic);
        var to = await MoveAsync(clinic, from, 5);

        var report = await clinic.Parts.Changed()["appointments"].LookAsync(null, default);
        var again = await clinic.Parts.Changed()["appointments"].LookAsync(clinic.Clock.GetUtcNow() - TimeSpan.FromHours(6), default);

        (report.Created, report.Refused, again.Created, again.Updated).Should().Be((0, 0, 0, 0));
        again.Again.Should().BePositive();
        await ShouldBeMovedAsync(clinic, visit, to);
    }

    [Fact]
    public async Task A_synchronisation_moves_the_visit()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var (visit, from) = await BookedAsync(clinic);
        var to = await MoveAsync(clinic, from, 5);

        var first = await SyncAsync(clinic);
        await ShouldBeMovedAsync(clinic, visit, to, isAlone: false);
        var second = await SyncAsync(clinic);

        (first.Refused, second.Created, second.Updated).Should().Be((0, 0, 0));
        (await clinic.VisitsAsync()).Should().NotContain(one => one.ExternalId == from);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_visit_that_was_moved_twice_is_followed_from_whichever_place_is_told_first(int first)
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var (visit, from) = await BookedAsync(clinic);
        var between = await MoveAsync(clinic, from, 5);
        var to = await MoveAsync(clinic, between.Id, 9);
        string[] numbers = [from, between.Id, to.Id];

        foreach (var number in numbers.Skip(first).Concat(numbers.Take(first)))
        {
            await clinic.SyncAsync(number);
        }

        await ShouldBeMovedAsync(clinic, visit, to);
        (await clinic.VisitAsync(visit.Id)).Aliases.Select(alias => alias.Value).Should().Contain(numbers);
    }

    [Theory]
    [InlineData("S13 rows")]
    [InlineData("rows S13")]
    [InlineData("S15 rows S12")]
    [InlineData("rows S15 S12")]
    [InlineData("rows S12 S15")]
    public async Task HL7_that_tells_of_the_same_move_leaves_one_visit(string order)
    {
        await using var clinic = await AthenaClinic.StartAsync("athena-guide");
        var (visit, from) = await BookedAsync(clinic);
        var to = await MoveAsync(clinic, from, 5);

        foreach (var step in order.Split(' '))
        {
            Later(clinic);
            if (step == "rows")
            {
                await clinic.SyncAsync(to.Id);
                await clinic.SyncAsync(from);
                continue;
            }

            var receipt = await clinic.Engine.AcceptAsync(Siu(step, step == "S12" ? to.Id : from, clinic, to));
            receipt.State.Should().BeOneOf(MessageState.Applied, MessageState.Unchanged);
        }

        await ShouldBeMovedAsync(clinic, visit, to);
    }

    [Fact]
    public async Task A_place_that_is_another_visit_here_already_is_left_to_a_person()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var (visit, from) = await BookedAsync(clinic);
        var other = clinic.OpenSlot(5);
        await clinic.Client.Appointments.BookAsync(other.Id, clinic.Patient, "82", null, null, default);
        await clinic.SyncAsync(other.Id);
        await clinic.Client.Appointments.CancelAsync(from, clinic.Patient, null, null, default);
        Later(clinic);

        await TellAsync(clinic, from, row => row["rescheduledappointmentid"] = other.Id);

        (await clinic.VisitsAsync()).Select(one => (one.ExternalId, one["status"])).Should().BeEquivalentTo([(from, "cancelled"), (other.Id, "scheduled")]);
        (await clinic.VisitAsync(visit.Id)).ExternalId.Should().Be(from);
    }

    [Fact]
    public async Task A_place_that_is_another_patients_is_not_where_the_visit_went()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var (visit, from) = await BookedAsync(clinic);
        var other = clinic.OpenSlot(5);
        await clinic.Client.Appointments.BookAsync(other.Id, clinic.OtherPatient, "82", null, null, default);
        await clinic.Client.Appointments.CancelAsync(from, clinic.Patient, null, null, default);
        Later(clinic);

        await TellAsync(clinic, from, row => row["rescheduledappointmentid"] = other.Id);

        (await clinic.VisitsAsync()).Select(one => (one.Id, one.ExternalId, one["status"])).First(one => one.Id == visit.Id).Should().Be((visit.Id, from, "cancelled"));
    }

    [Theory]
    [InlineData(VendorFault.ServerError)]
    [InlineData(VendorFault.RateLimited)]
    public async Task Where_the_other_place_can_not_be_read_now_the_page_is_had_again(VendorFault fault)
    {
        await using var clinic = await AthenaClinic.StartAsync();
        await clinic.Parts.Changed()["appointments"].LookAsync(null, default);
        var (visit, from) = await BookedAsync(clinic);
        var booked = clinic.OpenSlot(5);
        await clinic.Parts.Changed()["appointments"].LookAsync(null, default);
        await clinic.Client.Appointments.BookAsync(booked.Id, clinic.Patient, "82", null, null, default);
        clinic.Vendor.Faults.Add(One, fault, times: 10);

        var looking = () => clinic.Parts.Changed()["appointments"].LookAsync(null, default);

        await looking.Should().ThrowAsync<EhrException>();
        (await clinic.VisitsAsync()).Should().ContainSingle("the new one may be the visit that is known, moved");
        clinic.Vendor.Faults.Clear();
        Later(clinic);
        (await looking()).Again.Should().BePositive();
        (await clinic.VisitsAsync()).Select(one => (one.ExternalId, one["status"])).Should().BeEquivalentTo([(from, "scheduled"), (booked.Id, "scheduled")]);
        (await clinic.VisitAsync(visit.Id)).ExternalId.Should().Be(from);
    }

    /// <summary>Our visit, as it was booked here and at the vendor, and its number there.</summary>
    private static async Task<(StoredRecord Visit, string Number)> BookedAsync(AthenaClinic clinic)
    {
        var booked = await clinic.BookAsync(clinic.OpenSlot());
        (await clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        var visit = await clinic.VisitAsync(booked.Visit.Id);
        return (visit, visit.ExternalId);
    }

    /// <summary>The clinic moves a visit at the vendor.</summary>
    private static async Task<VendorAppointment> MoveAsync(AthenaClinic clinic, string from, int slot)
    {
        Later(clinic);
        var to = clinic.OpenSlot(slot);
        await clinic.Client.Appointments.RescheduleAsync(from, to.Id, clinic.Patient, default);
        Later(clinic);
        return clinic.At(to.Id);
    }

    private static void Later(AthenaClinic clinic)
    {
        clinic.Clock.Advance(TimeSpan.FromMinutes(10));
        clinic.Engine.Time.Advance(TimeSpan.FromMinutes(10));
    }

    private static async Task ShouldBeMovedAsync(AthenaClinic clinic, StoredRecord visit, VendorAppointment to, bool isAlone = true)
    {
        var visits = await clinic.VisitsAsync();
        var moved = visits.Single(one => one.Id == visit.Id);
        if (isAlone)
        {
            visits.Should().ContainSingle();
        }

        (moved.ExternalId, moved["external_id"], moved["status"], moved["placer_id"]).Should().Be((to.Id, to.Id, "scheduled", visit["placer_id"]));
        moved["start_time"].Should().NotBe(visit["start_time"]).And.Contain(to.Start.ToString("mm':'ss", CultureInfo.InvariantCulture));
    }

    private static async Task<SyncedType> SyncAsync(AthenaClinic clinic) =>
        (await clinic.Parts.Sync().RunAsync(new SyncRequest { IncludeStandard = false, Types = ["Appointment"] }, default)).Types.Single();

    /// <summary>Takes in a row of the vendor's that says something else.</summary>
    private static async Task TellAsync(AthenaClinic clinic, string number, Action<JsonObject> change)
    {
        var (visit, serverTime) = await clinic.Client.Appointments.ReadAsync(number, default);
        var row = JsonNode.Parse(visit.Row.GetRawText())!.AsObject();
        change(row);
        await clinic.Engine.Core.VendorDocuments.TakeAsync(
            clinic.Practice, Connected.Id, [AthenaAppointments.Document(JsonSerializer.SerializeToElement(row))], serverTime, default);
    }

    /// <summary>A scheduling message of just now.</summary>
    private static byte[] Siu(string trigger, string number, AthenaClinic clinic, VendorAppointment to)
    {
        var at = clinic.Engine.Time.GetUtcNow().ToString("yyyyMMddHHmmss'+0000'", CultureInfo.InvariantCulture);
        var (start, end) = (to.Start.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture), to.Start.AddMinutes(to.Minutes).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
        return TestEngine.Message(
        [
            $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{at}||SIU^{trigger}|{trigger}{number}|P|2.3|",
            $"SCH|{number}|{number}||||||82^OFFICE VISIT|{to.Minutes}|min|^^^{start}^{end}",
            $"PID|1||{clinic.Patient}^^^ATHENA^MRN",
            $"AIG|1||{to.Provider}",
            $"AIL|1||{to.Department}",
        ]);
    }
}
