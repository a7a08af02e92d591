using InterfaceEngine.Ehr;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Sources.Ehr.Sync;

/// <summary>Visits of athenahealth, which FHIR has by their id alone: a synchronisation takes them from athenaNet's list.</summary>
public sealed class BookedVisitsTests
{
    private const string List = "GET /appointments/booked";

    private static readonly DateTime _today = new(2026, 2, 1);

    [Fact]
    public async Task All_departments_are_asked_for_the_days_of_the_window_and_what_is_known_is_confirmed()
    {
        await using var place = await KnownAsync();
        var booked = Booked(place, _today.AddDays(-30), _today.AddDays(180));

        var first = await RunAsync(place);
        var second = await RunAsync(place);

        first.Should().BeEquivalentTo(new { Fetched = (long)booked.Count, Created = (long)booked.Count, Refused = 0L, Skipped = (string?)null, HasFailed = false });
        second.Should().BeEquivalentTo(new { Fetched = (long)booked.Count, Created = 0L, Updated = 0L });
        place.Vendor.Calls.Where(call => call.Endpoint == List).Select(call => call.Query).Distinct().Should().HaveCount(3)
            .And.OnlyContain(query => query.StartsWith("?startdate=01%2F02%2F2026&enddate=07%2F31%2F2026&departmentid=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_visit_that_was_cancelled_at_the_vendor_is_cancelled_here()
    {
        await using var place = await KnownAsync();
        await RunAsync(place);
        place.Change(0);
        var cancelled = place.Vendor.At(practice =>
        {
            var visit = practice.Schedule.Appointments.First(one => one.Status == VendorAppointment.Future && one.Start > _today.AddDays(1));
            visit.Status = VendorAppointment.Cancelled;
            practice.Tell("CancelAppointment", visit);
            return visit.Id;
        });

        (await RunAsync(place)).Updated.Should().Be(1);

        (await place.Engine.RecordAsync(AthenaPlace.Practice, "appointment", cancelled))!.Fields.Single(field => field.Name == "status").Value.Should().Be("cancelled");
    }

    [Fact]
    public async Task One_patient_is_asked_for_alone_by_our_id_or_the_vendors()
    {
        await using var place = await KnownAsync();
        var (number, count) = place.Vendor.At(practice => practice.Schedule.Appointments.Where(one => one.Patient.Length > 0 && one.Start >= _today.AddDays(-30)).GroupBy(one => one.Patient).Select(one => (one.Key, one.Count())).First());
        var ours = (await place.Engine.RecordAsync(AthenaPlace.Practice, "patient", number))!.Id.ToString();

        foreach (var id in new[] { number, $"a-195900.E-{number}", ours })
        {
            (await RunAsync(place, patient: id)).Fetched.Should().Be(count);
        }

        place.Vendor.Calls.Where(call => call.Endpoint == List).Should().HaveCount(3).And.OnlyContain(call => call.Query.Contains($"&patientid={number}&", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_changed_since_is_asked_for_with_a_day_more_for_any_zone()
    {
        await using var place = await KnownAsync();

        (await RunAsync(place, since: new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero))).Fetched.Should().Be(0);

        place.Vendor.Calls.Last(call => call.Endpoint == List).Query.Should().Contain("&startlastmodified=01%2F31%2F2026%2012%3A00%3A00&");
    }

    [Fact]
    public async Task A_department_that_can_not_be_asked_for_keeps_no_other_from_it()
    {
        await using var place = await KnownAsync();
        place.Vendor.Faults.Add(List, VendorFault.NotSuccess);

        var report = await RunAsync(place);

        report.Fetched.Should().BePositive();
        report.Skipped.Should().StartWith("1 of 3 departments could not be asked for: GET /appointments/booked: ");
        report.HasFailed.Should().BeFalse("what the others have was taken");
    }

    [Fact]
    public async Task The_window_is_the_settings()
    {
        await using var place = await KnownAsync(options => options with { Sync = new SyncOptions { AppointmentsBack = TimeSpan.Zero, AppointmentsAhead = TimeSpan.FromDays(7) } });

        (await RunAsync(place)).Fetched.Should().Be(Booked(place, _today, _today.AddDays(7)).Count);
    }

    private static List<VendorAppointment> Booked(AthenaPlace place, DateTime from, DateTime until) =>
        place.Vendor.At(practice => practice.Schedule.Appointments.Where(visit => visit.Patient.Length > 0 && visit.Start.Date >= from && visit.Start.Date <= until).ToList());

    private static async Task<SyncedType> RunAsync(AthenaPlace place, string? patient = null, DateTimeOffset? since = null) =>
        (await place.Engine.Core.Vendor(Connected.Id).Sync().RunAsync(new SyncRequest { IncludeStandard = false, Types = ["Appointment"], Patient = patient, Since = since }, default)).Types.Single();

    /// <summary>Everybody at the vendor is known.</summary>
    private static async Task<AthenaPlace> KnownAsync(Func<ConnectionOptions, ConnectionOptions>? connect = null)
    {
        var place = await AthenaPlace.StartAsync(connect: connect);
        var feed = await place.FollowedAsync();
        place.Change([.. Enumerable.Range(0, 40)]);
        await feed.LookAsync(null, default);
        return place;
    }
}
