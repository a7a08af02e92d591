using System.Net;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

/// <summary>A clinic's day is told by its feeds and seen over HTTP alike.</summary>
public sealed class VendorDayTests
{
    [Fact]
    public async Task At_the_end_of_a_day_the_vendor_has_what_the_feeds_told()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var day = new ClinicDay(new ClinicOptions { People = 40, Events = 600 });
        foreach (var told in day.Run())
        {
            client.Server.Happen(told);
        }

        foreach (var chart in day.Charts)
        {
            var patient = await client.GetAsync($"/patients/{chart.Person.Id}");
            if (chart.MergedInto is not null)
            {
                patient.Status.Should().Be(HttpStatusCode.NotFound);
                continue;
            }

            patient.One["lastname"]!.GetValue<string>().Should().Be(chart.Person.LastName);
            foreach (var visit in chart.Visits.Values)
            {
                (await client.GetAsync($"/appointments/{visit.Id}")).One["appointmentstatus"]!.GetValue<string>().Should().Be(
                    visit.Status switch { VisitStatus.CheckedIn => "2", VisitStatus.CheckedOut => "3", VisitStatus.Cancelled or VisitStatus.NoShow or VisitStatus.Deleted => "x", _ => "f" });
            }

            var results = (await client.GetAsync($"/chart/{chart.Person.Id}/labresults?departmentid=1")).Json["results"]!.AsArray().Select(row => row!["labresultid"]!.ToString());
            chart.Reports.SelectMany(report => report.Panels).Where(panel => panel.Code != "11502-2").Select(panel => panel.FillerId).Should().BeSubsetOf(results);
        }

        client.Server.At(practice => practice.Changes.Select(change => change.Event).Distinct().ToList()).Should().Contain(["AddLabResult", "CheckIn", "ScheduleAppointment", "MergePatient"]);
    }

    [Fact]
    public async Task Two_stand_ins_of_one_seed_have_the_same_people_and_charts()
    {
        const string Path = "Patient/1000003";
        await using var one = await VendorClient.LoggedInAsync("athena-guide", "");
        await using var other = await VendorClient.LoggedInAsync("athena-guide", "");

        (await one.GetAsync(Path)).Body.Should().Be((await other.GetAsync(Path)).Body);
        (await one.GetAsync("Observation?patient=1000003")).Json["entry"]!.ToJsonString().Replace(one.Server.Address.Authority, "", StringComparison.Ordinal)
            .Should().Be((await other.GetAsync("Observation?patient=1000003")).Json["entry"]!.ToJsonString().Replace(other.Server.Address.Authority, "", StringComparison.Ordinal));
    }
}
