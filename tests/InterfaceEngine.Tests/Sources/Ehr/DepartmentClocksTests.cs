using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Ehr;

/// <summary>Visits of a department that no table of the practice has: Mesa Clinic, whose clock is that of Phoenix.</summary>
public sealed class DepartmentClocksTests
{
    private const string Mesa = "31";
    private const string Departments = "GET /departments";

    [Fact]
    public async Task A_visit_has_the_time_of_its_departments_clock_whichever_way_it_comes()
    {
        await using var place = await AthenaPlace.StartAsync();
        var visits = await MesaAsync(place);

        (await place.Feed(AthenaPlace.Appointments).LookAsync(null, default)).Should().NotBeNull();
        place.Vendor.At(practice =>
        {
            visits.ForEach(visit => practice.Tell("UpdateAppointment", visit));
            return visits.Count;
        });

        await place.Feed(AthenaPlace.Appointments).LookAsync(null, default);

        foreach (var visit in visits)
        {
            (await place.Engine.RecordAsync(AthenaPlace.Practice, "appointment", visit.Id))!.Fields.Single(field => field.Name == "start_time").Value
                .Should().Be(visit.Start.AddHours(7).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }

        Asked(place).Should().Be(1, "a day's visits are read by one list");
    }

    [Fact]
    public async Task While_the_vendor_can_not_say_it_visits_wait_and_are_not_guessed()
    {
        await using var place = await AthenaPlace.StartAsync(connect: options => options with { Http = options.Http with { AttemptsMax = 1 } });
        var visit = (await MesaAsync(place))[0];
        var document = await DocumentAsync(place, visit);
        place.Vendor.Faults.Add(Departments, VendorFault.ServerError, times: 100);

        var taking = () => TakeAsync(place, document);

        (await taking.Should().ThrowAsync<EhrException>()).Which.IsTransient.Should().BeTrue();
        (await place.Engine.RecordAsync(AthenaPlace.Practice, "appointment", visit.Id)).Should().BeNull();
    }

    [Fact]
    public async Task Where_nobody_knows_the_clock_a_visit_is_held_until_its_department_is_listed()
    {
        await using var place = await AthenaPlace.StartAsync();
        var visit = (await MesaAsync(place))[0];
        var document = await DocumentAsync(place, visit);
        place.Vendor.Faults.Add(Departments, VendorFault.Forbidden, times: 100);

        await TakeAsync(place, document);
        await TakeAsync(place, document);

        (await place.Engine.RecordAsync(AthenaPlace.Practice, "appointment", visit.Id)).Should().BeNull();
        (await place.Engine.Store.ReadAsync(reader => reader.MessageCounts(), default)).Where(count => count.State == MessageState.Held).Sum(count => count.Count).Should().BePositive();
        Asked(place).Should().Be(1, "who may not ask is not asked again for an hour");
    }

    [Fact]
    public async Task A_department_that_the_table_knows_is_not_asked_for()
    {
        await using var place = await AthenaPlace.StartAsync();
        await MesaAsync(place);
        var visit = place.Vendor.At(practice => practice.Schedule.Appointments.First(one => one.Patient.Length > 0 && one.Department == "21"));

        await TakeAsync(place, await DocumentAsync(place, visit));

        (await place.Engine.RecordAsync(AthenaPlace.Practice, "appointment", visit.Id)).Should().NotBeNull();
        Asked(place).Should().Be(0);
    }

    private static Task<IReadOnlyList<FileOutcome>> TakeAsync(AthenaPlace place, EhrDocument document) =>
        place.Engine.Core.VendorDocuments.TakeAsync(AthenaPlace.Practice, Connected.Id, [document], place.Engine.Time.GetUtcNow(), default);

    private static async Task<EhrDocument> DocumentAsync(AthenaPlace place, VendorAppointment visit) =>
        AthenaAppointments.Document((await place.Client.Appointments.ReadAsync(visit.Id, default)).Visit.Row);

    private static int Asked(AthenaPlace place) => place.Vendor.Calls.Count(call => call.Endpoint == Departments);

    /// <summary>Everybody at the vendor is known; what is booked at Mesa Clinic, ahead.</summary>
    private static async Task<List<VendorAppointment>> MesaAsync(AthenaPlace place)
    {
        var feed = await place.FollowedAsync();
        place.Change([.. Enumerable.Range(0, 40)]);
        await feed.LookAsync(null, default);
        return place.Vendor.At(practice => practice.Schedule.Appointments
            .Where(one => one.Patient.Length > 0 && one.Department == Mesa && one.Status == VendorAppointment.Future).OrderBy(one => one.Start).Take(3).ToList());
    }
}
