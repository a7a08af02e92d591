using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Control;

/// <summary>By which clock people's times are: Mesa Clinic (department 31) has that of Phoenix, and the practice that of Chicago.</summary>
public sealed class VisitClocksTests
{
    private const string Departments = "GET /departments";
    private const string Department = "GET /departments/{departmentid}";
    private const string Table = "practices/195900/locations.ref.md";

    private const string Listed = """
        ---
        references: location
        practice:   195900
        ---

        # Departments

        | Practice Studio | athenahealth | Name           | Zone             |
        |-----------------|--------------|----------------|------------------|
        | loc-main        | 1            | Main St Clinic | America/Chicago  |
        | loc-east        | 21           | East Clinic    | America/New_York |
        """;

    private const string MesaWithoutZone = Listed + "\n| loc-mesa        | 31           | Mesa Clinic    |                  |";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_visit_at_a_department_whose_zone_no_table_says_is_told_by_the_vendors_clock(bool isBySlot)
    {
        await using var clinic = await AthenaClinic.StartAsync("athena-real", null, (Table, MesaWithoutZone));
        await using var operations = clinic.Operations;
        var slot = clinic.OpenSlot(department: "31");
        var request = new BookAppointmentRequest("195900", clinic.Patient) { Actor = "maria", Reason = "the patient called", Type = "82" };

        var booked = (AppointmentAnswer)await operations.AskAsync(
            isBySlot ? request with { Slot = slot.Id } : request with { Start = slot.Start, Minutes = slot.Minutes, Provider = slot.Provider, Location = "loc-mesa" }, default);

        (await clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("booked");
        (await clinic.VisitsAsync()).Single()["start_time"].Should().Be(InPhoenix(slot.Start));
        clinic.Booked().Single().Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture).Should().Be(slot.Start);

        await operations.AskAsync(new CancelAppointmentRequest("195900", booked.Record) { Actor = "maria", Reason = "the patient called" }, default);
        (await clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("cancelled");
        clinic.Vendor.Calls.Count(call => call.Endpoint == Departments).Should().Be(1, "a day's visits are written by one list");
    }

    [Fact]
    public async Task While_the_vendor_can_not_say_its_clock_nothing_is_booked()
    {
        await using var clinic = await AthenaClinic.StartAsync("athena-real", null, (Table, MesaWithoutZone));
        await using var operations = clinic.OperationsWith(options => options with { Http = options.Http with { AttemptsMax = 1 } });
        var slot = clinic.OpenSlot(department: "31");
        clinic.Vendor.Faults.Add(Departments, VendorFault.ServerError, times: 100);

        var refused = (FailureAnswer)await operations.AskAsync(
            new BookAppointmentRequest("195900", clinic.Patient) { Actor = "maria", Reason = "the patient called", Start = slot.Start, Minutes = slot.Minutes, Provider = slot.Provider, Location = "loc-mesa" }, default);

        refused.Kind.Should().Be(FailureKind.Failed);
        (await clinic.VisitsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_visit_that_the_vendor_has_is_cancelled_though_the_vendor_can_not_say_its_clock_now()
    {
        await using var clinic = await AthenaClinic.StartAsync("athena-real", null, (Table, MesaWithoutZone));
        var slot = clinic.OpenSlot(department: "31");
        string visit;
        await using (var before = clinic.Operations)
        {
            visit = ((AppointmentAnswer)await before.AskAsync(new BookAppointmentRequest("195900", clinic.Patient) { Actor = "maria", Reason = "the patient called", Type = "82", Slot = slot.Id }, default)).Record;
        }

        await clinic.SendAsync();
        await clinic.KillAsync();
        await using var operations = clinic.OperationsWith(options => options with { Http = options.Http with { AttemptsMax = 1 } });
        clinic.Vendor.Faults.Add(Departments, VendorFault.ServerError, times: 100);

        (await operations.AskAsync(new CancelAppointmentRequest("195900", visit) { Actor = "maria", Reason = "the patient called" }, default)).Should().BeOfType<AppointmentAnswer>();

        clinic.Vendor.Faults.Clear();
        (await clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("cancelled");
        clinic.Booked().Should().BeEmpty();
    }

    [Fact]
    public async Task Slots_of_a_department_whose_clock_nobody_knows_are_refused_and_not_shown_by_another()
    {
        await using var clinic = await AthenaClinic.StartAsync("athena-real", null, (Table, Listed));
        await using var operations = clinic.Operations;
        var slot = clinic.OpenSlot(department: "31");
        clinic.Vendor.Faults.Add(Departments, VendorFault.Forbidden, times: 100);
        clinic.Vendor.Faults.Add(Department, VendorFault.Forbidden, times: 100);

        foreach (var refused in new[]
        {
            await operations.AskAsync(new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "31", From = slot.Start[..10], Until = slot.Start[..10] }, default),
            await operations.AskAsync(new BookAppointmentRequest("195900", clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = slot.Id }, default),
        })
        {
            refused.Should().BeOfType<FailureAnswer>().Which.Should().Match<FailureAnswer>(failure => failure.Kind == FailureKind.Refused
                && failure.Message.StartsWith("By which clock times at department 31 are is not known: ") && failure.Message.Contains("locations.ref.md"));
        }

        (await clinic.VisitsAsync()).Should().BeEmpty();
    }

    /// <summary>Where all that are listed keep the practice's clock, so does one that is not.</summary>
    [Fact]
    public async Task In_a_practice_of_one_zone_a_department_has_the_practices_clock()
    {
        await using var clinic = await AthenaClinic.StartAsync("athena-real", null, (Table, Listed.Replace("America/New_York", "America/Chicago ", StringComparison.Ordinal)));
        await using var operations = clinic.Operations;
        var slot = clinic.OpenSlot(department: "31");
        clinic.Vendor.Faults.Add(Departments, VendorFault.Forbidden, times: 100);
        clinic.Vendor.Faults.Add(Department, VendorFault.Forbidden, times: 100);

        var slots = (EhrSlotsAnswer)await operations.AskAsync(new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "31", From = slot.Start[..10], Until = slot.Start[..10] }, default);

        slots.Slots.Single(one => one.Id == slot.Id).Start.Offset.Should().Be(TimeSpan.FromHours(-6));
    }

    [Fact]
    public async Task A_visit_at_a_department_that_no_table_has_is_moved_by_no_guessed_clock_and_its_place_is_to_be_listed_first()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        await using var operations = clinic.Operations;
        var slot = clinic.OpenSlot(department: "31");
        await operations.AskAsync(new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "31", From = slot.Start[..10], Until = slot.Start[..10] }, default);
        await clinic.Client.Appointments.BookAsync(slot.Id, clinic.Patient, "82", null, null, default);
        await clinic.SyncAsync(slot.Id);
        var visit = (await clinic.VisitsAsync()).Single();
        var day = slot.Start[..10];

        var guessed = async () => await clinic.Desk.ModifyAsync(clinic.Change(visit.Id) with { Start = $"{day} 17:00" }, default);
        (await guessed.Should().ThrowAsync<ChangeRefusedException>()).Which.Message.Should().StartWith("By which clock times at location 31 are is not known: ").And.Contain("with an offset");

        var said = async () => await clinic.Desk.ModifyAsync(clinic.Change(visit.Id) with { Start = $"{day} 17:00-07:00" }, default);
        (await said.Should().ThrowAsync<ChangeRefusedException>()).Which.Message.Should().StartWith($"It can't be told to {AthenaClinic.Destination}, so nothing was changed. MAP602 location_id: ");
    }

    private static string InPhoenix(string local) =>
        DateTimeOffset.Parse($"{local} -07:00", CultureInfo.InvariantCulture).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
