using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.Insurances;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Sources.Ehr.Insurances;

/// <summary>What pays for a patient, as athenaNet lists it: asked for when something of the patient changed, and at no other time.</summary>
public sealed class InsurancesTests
{
    private const string List = "GET /patients/{patientid}/insurances";

    [Fact]
    public async Task A_patient_who_changed_is_asked_for_once_however_often_it_was_told()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        var changed = place.Change(0, 1);
        await feed.LookAsync(null, default);
        place.Change(0);
        await feed.LookAsync(null, default);

        (await WorkAsync(place)).Should().Be((2, null));

        Asked(place).Should().Be(2);
        (await place.CountAsync("coverage")).Should().Be(changed.Sum(id => place.Vendor.At(practice => practice.Patient(id)!.Person.Coverages.Count)));
        (await WorkAsync(place)).Should().Be((0, null));
    }

    [Fact]
    public async Task One_that_is_no_longer_listed_has_ended_and_so_has_the_last_one()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        Insure(place, 0, 2);
        await ToldAsync(place, feed);
        (await CoveragesAsync(place)).Select(coverage => coverage["ended_at"]).Should().Equal(null, null);

        var left = Insure(place, 0, 1);
        await ToldAsync(place, feed);
        (await CoveragesAsync(place)).Where(coverage => coverage["ended_at"] is null).Select(coverage => coverage["member_id"]).Should().Equal(left);

        Insure(place, 0, 0);
        await ToldAsync(place, feed);
        (await CoveragesAsync(place)).Select(coverage => coverage["ended_at"] is null).Should().Equal([false, false], "nothing is deleted");
    }

    [Fact]
    public async Task A_number_that_is_another_policys_now_leaves_the_former_one_what_it_was()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        Insure(place, 0, 1);
        await ToldAsync(place, feed);
        var before = (await CoveragesAsync(place)).Single();
        Insure(place, 0, 1, "OTHER");
        await ToldAsync(place, feed);

        var (former, now) = ((await CoveragesAsync(place)).Single(one => one.Id == before.Id), (await CoveragesAsync(place)).Single(one => one.Id != before.Id));
        (former["member_id"], former["insurance_id"], former["ended_at"] is null).Should().Be(("M1", null, false));
        (now["member_id"], now["insurance_id"], now["ended_at"]).Should().Be(("OTHER1", before["insurance_id"], null));

        await ToldAsync(place, feed);
        (await CoveragesAsync(place)).Select(one => one.ChangedSequence).Should().BeEquivalentTo([former.ChangedSequence, now.ChangedSequence], "told again it changes nothing");

        Insure(place, 0, 1);
        await ToldAsync(place, feed);
        (await CoveragesAsync(place)).Should().HaveCount(2).And.ContainSingle(one => one["ended_at"] == null).Which.Id.Should().Be(before.Id);
    }

    [Fact]
    public async Task A_synchronisation_asks_for_all_once_and_then_for_those_of_whom_something_was_told()
    {
        await using var place = await AthenaPlace.StartAsync(options => options with { People = 6 });
        var feed = await place.FollowedAsync();
        place.Change(0, 1, 2, 3, 4, 5);
        await feed.LookAsync(null, default);
        Pass(place, TimeSpan.FromHours(1));
        var first = await SyncAsync(place);
        Pass(place, TimeSpan.FromHours(1));
        var second = await SyncAsync(place);
        place.Change(3);
        await feed.LookAsync(null, default);
        var third = await SyncAsync(place);

        first.Should().BeEquivalentTo(new { IsEnhanced = true, HasFailed = false, Refused = 0L, Skipped = (string?)null });
        first.Created.Should().Be(6);
        (second.Fetched, Asked(place)).Should().Be((0, 7));
        third.Fetched.Should().Be(place.Vendor.At(practice => practice.Patients[3].Person.Coverages.Count));
    }

    [Fact]
    public async Task One_patient_is_asked_for_whether_anything_was_told_or_not()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        var patient = place.Change(0).Single();
        await feed.LookAsync(null, default);
        await SyncAsync(place);

        (await SyncAsync(place, patient)).Fetched.Should().BePositive();

        Asked(place).Should().Be(2);
    }

    [Fact]
    public async Task An_event_of_a_patient_has_the_insurances_asked_for()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        place.Rename(0, "Abernathy");
        await place.ToldAsync(1);
        await place.WorkAsync();
        place.Time.Advance(TimeSpan.FromSeconds(30));

        (await place.InsurancesOf(place.Engine).Waiting.DueAsync(10, default)).Select(one => one.State.Patient).Should().Equal(place.Vendor.At(practice => practice.Patients[0].Person.Id));
    }

    [Fact]
    public async Task What_fails_is_asked_for_again_and_a_chart_that_stays_closed_is_left()
    {
        await using var place = await AthenaPlace.StartAsync(connect: options => options with { Http = options.Http with { AttemptsMax = 1 } });
        var feed = await place.FollowedAsync();
        place.Vendor.Faults.Add(List, VendorFault.ServerError);
        await ToldAsync(place, feed, 0);
        (await place.CountAsync("coverage")).Should().Be(0);
        Pass(place, TimeSpan.FromMinutes(1));
        await WorkAsync(place);
        (await place.CountAsync("coverage")).Should().BePositive();

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            place.Vendor.Faults.Add(List, VendorFault.NotSuccess);
        }

        var asked = Asked(place);
        await ToldAsync(place, feed, 1);
        for (var round = 1; round <= 5; round++)
        {
            Pass(place, TimeSpan.FromHours(1));
            await WorkAsync(place);
        }

        (Asked(place) - asked).Should().Be(3);
    }

    [Fact]
    public async Task A_change_while_the_vendor_is_asked_is_asked_for_once_more()
    {
        await using var place = await AthenaPlace.StartAsync();
        var queue = place.Engine.Core.Vendor(Connected.Id).Insurances();
        await queue.AddAsync(["1"], default);
        Pass(place, TimeSpan.FromMinutes(1));
        var asked = (await queue.Waiting.DueAsync(10, default)).Single();
        await queue.AddAsync(["1"], default);
        await queue.Waiting.DoneAsync(asked, default);
        Pass(place, TimeSpan.FromMinutes(1));

        (await queue.Waiting.DueAsync(10, default)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_connection_that_is_off_keeps_its_patients()
    {
        await using var place = await AthenaPlace.StartAsync(connect: options => options with { Token = new Uri("http://127.0.0.1:9/token"), Http = options.Http with { AttemptsMax = 1 } });
        await place.Engine.Core.Vendor(Connected.Id).Insurances().AddAsync(["1", "2"], default);

        (await WorkAsync(place)).Stopped!.Fault.Should().BeOneOf(EhrFault.Unreachable, EhrFault.TokenRefused);
        (await WorkAsync(place)).Count.Should().Be(2);
    }

    [Fact]
    public async Task A_list_that_may_not_be_whole_ends_nothing()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /v1/195900/patients/1/insurances", 200, """{"totalcount":3,"insurances":[{"insuranceid":"11"},{"insuranceid":"12"}]}""").On("GET /v1/195900/patients/1/insurances", 200, """{"totalcount":0,"insurances":[]}""");
        var patients = new AthenaNetClient(Connected.To(Connected.Options(server.Address) with { Practice = "195900" })).Patients;

        var (cut, none) = (await patients.InsurancesAsync("1", default), await patients.InsurancesAsync("1", default));

        cut.Documents.Should().HaveCount(2, "each says only that it is there");
        none.Documents.Should().ContainSingle().Which.Json.ToArray().Should().Equal("""{"patientid":"1","insurances":[]}"""u8.ToArray());
    }

    private static int Asked(AthenaPlace place) => place.Vendor.Calls.Count(call => call.Endpoint == List);

    private static Task<IReadOnlyList<StoredRecord>> CoveragesAsync(AthenaPlace place) => place.Engine.RecordsAsync(AthenaPlace.Practice, "coverage");

    /// <summary>Gives a patient so many insurances, one after the other, and takes those that are more away.</summary>
    /// <returns>The number of the last.</returns>
    private static string Insure(AthenaPlace place, int patient, int count, string member = "M") => place.Vendor.At(practice =>
    {
        var known = practice.Patients[patient];
        var own = new Subscriber(known.Person.LastName, known.Person.FirstName, known.Person.Born, known.Person.Sex);
        known.Person = known.Person with { Coverages = [.. Enumerable.Range(1, count).Select(number => new Coverage(InsurancePlan.All[number], $"{member}{number}", "G", own, IsOwn: true))] };
        return $"{member}{count}";
    });

    private static async Task ToldAsync(AthenaPlace place, InterfaceEngine.Sources.Ehr.Changed.ChangedFeed feed, int patient = 0)
    {
        place.Change(patient);
        await feed.LookAsync(null, default);
        Pass(place, TimeSpan.FromMinutes(1));
        await WorkAsync(place);
    }

    private static void Pass(AthenaPlace place, TimeSpan time)
    {
        place.Clock.Advance(time);
        place.Engine.Time.Advance(time);
    }

    private static Task<(int Count, EhrException? Stopped)> WorkAsync(AthenaPlace place)
    {
        Pass(place, TimeSpan.FromSeconds(30));
        return new InsuranceWork(place.Engine.Core.Connections[Connected.Id], place.Engine.Core.Vendor(Connected.Id).Insurances(), place.Engine.Core.VendorDocuments, place.Engine.Time, NullLogger<InsuranceWork>.Instance).WorkAsync(default);
    }

    private static async Task<SyncedType> SyncAsync(AthenaPlace place, string? patient = null) =>
        (await place.Engine.Core.Vendor(Connected.Id).Sync().RunAsync(new SyncRequest { IncludeStandard = false, Types = ["Coverage"], Patient = patient }, default)).Types.Single();
}
