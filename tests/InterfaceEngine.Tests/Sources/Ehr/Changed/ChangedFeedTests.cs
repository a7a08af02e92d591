using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Sources.Ehr.Changed;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using ChangedFeed = InterfaceEngine.Sources.Ehr.Changed.ChangedFeed;

namespace InterfaceEngine.Tests.Sources.Ehr.Changed;

/// <summary>Feeds that give each change once, and a reader that loses none of it, whatever breaks off where.</summary>
public sealed class ChangedFeedTests
{
    [Fact]
    public async Task What_changed_comes_once_and_as_it_is_now()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        var changed = place.Change(0, 1, 1);

        var report = await feed.LookAsync(null, default);

        (report.Rows, report.Again, report.Created, report.Refused).Should().Be((2, 0, 2, 0));
        await place.ShouldHaveAsync(changed);
        (await feed.LookAsync(null, default)).Rows.Should().Be(0);
    }

    [Fact]
    public async Task A_feed_is_subscribed_to_once_and_it_is_made_sure_of_each_hour()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        await feed.LookAsync(null, default);
        place.Vendor.Calls.Select(call => $"{call.Method} {call.Path.Split('/')[^1]}").Where(call => call.Contains("subscription", StringComparison.Ordinal)).Should().Equal("GET subscription", "POST subscription");

        place.Vendor.At(practice => practice.Feed(AthenaPlace.Patients).Subscribed.ToList().ConvertAll(name =>
        {
            practice.Feed(AthenaPlace.Patients).Unsubscribe(name);
            return name;
        }));
        place.Engine.Time.Advance(TimeSpan.FromHours(1));
        await feed.LookAsync(null, default);

        await feed.LookAsync(null, default);
        place.Vendor.At(practice => practice.Feed(AthenaPlace.Patients).StatusAt(place.Clock.GetUtcNow())).Should().Be("ACTIVE");
    }

    [Fact]
    public async Task What_the_vendor_writes_in_another_way_each_time_is_the_same()
    {
        await using var place = await AthenaPlace.StartAsync(options => options with { IsUntidy = true });
        var feed = await place.FollowedAsync();
        var changed = place.Change(0, 1, 2, 3);
        await feed.LookAsync(null, default);

        var report = await feed.LookAsync(place.Clock.GetUtcNow(), default);

        (report.Again, report.Created, report.Updated, report.Refused).Should().Be((4, 0, 0, 0));
        await place.ShouldHaveAsync(changed);
    }

    [Theory]
    [InlineData(VendorFault.DropAfterDoing)]
    [InlineData(VendorFault.Truncated)]
    [InlineData(VendorFault.ServerError)]
    [InlineData(VendorFault.BadGateway)]
    [InlineData(VendorFault.GatewayText)]
    [InlineData(VendorFault.NotSuccess)]
    [InlineData(VendorFault.RedirectElsewhere)]
    [InlineData(VendorFault.DeepJson)]
    public async Task A_page_that_was_handed_out_and_did_not_come_is_had_again(VendorFault fault)
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        var changed = place.Change(0, 1, 2);
        var reads = place.Reads.Count();
        place.Vendor.Faults.Add(AthenaPlace.Read, fault);

        await FluentActions.Awaiting(() => feed.LookAsync(null, default)).Should().ThrowAsync<EhrException>();
        await Soon.HoldsAsync(() => place.Reads.Count().Should().Be(reads + 1, "a read that is sent again by itself finds nothing, and the page is lost"));
        (await CursorAsync(place)).Should().Match<ChangedCursor>(cursor => cursor.IsOpen && cursor.Fault != null);
        await feed.LookAsync(null, default);

        await place.ShouldHaveAsync(changed);
        (await place.CountAsync("patient")).Should().Be(3);
        (await CursorAsync(place)).Should().Match<ChangedCursor>(cursor => !cursor.IsOpen && cursor.Fault == null);
    }

    [Fact]
    public async Task Where_nothing_was_handed_out_nothing_is_asked_for_again()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        var changed = place.Change(0);
        place.Vendor.Faults.Add(AthenaPlace.Read, VendorFault.RateLimited);
        await FluentActions.Awaiting(() => feed.LookAsync(null, default)).Should().ThrowAsync<EhrException>();
        (await CursorAsync(place)).Should().Match<ChangedCursor>(cursor => !cursor.IsOpen && cursor.Fault != null);

        await feed.LookAsync(null, default);

        place.Replays.Should().BeEmpty();
        await place.ShouldHaveAsync(changed);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    [InlineData(24 * 40)]
    public async Task A_clock_that_is_hours_off_loses_nothing(int hours)
    {
        await using var place = await AthenaPlace.StartAsync();
        place.Engine.Time.Advance(TimeSpan.FromDays(10));
        place.Clock.Advance(TimeSpan.FromDays(10) + TimeSpan.FromHours(hours));
        var feed = await place.FollowedAsync();
        var changed = place.Change(0, 1);
        place.Vendor.Faults.Add(AthenaPlace.Read, VendorFault.DropAfterDoing);
        await FluentActions.Awaiting(() => feed.LookAsync(null, default)).Should().ThrowAsync<EhrException>();

        place.Engine.Time.Advance(TimeSpan.FromDays(6));
        place.Clock.Advance(TimeSpan.FromDays(6));
        await place.Another().LookAsync(null, default);

        await place.ShouldHaveAsync(changed);
    }

    [Fact]
    public async Task Of_many_pages_each_is_on_disk_before_the_next_is_asked_for()
    {
        await using var place = await AthenaPlace.StartAsync(options => options with { People = ChangedFeed.PageRows + 20 });
        var feed = await place.FollowedAsync();
        var changed = place.Change([.. Enumerable.Range(0, ChangedFeed.PageRows + 20)]);
        place.Vendor.Faults.Add(AthenaPlace.Read, VendorFault.DropAfterDoing, skip: 1);
        await FluentActions.Awaiting(() => feed.LookAsync(null, default)).Should().ThrowAsync<EhrException>();

        (await place.MessagesAsync()).Should().Be(ChangedFeed.PageRows, "the first page was taken");
        var report = await feed.LookAsync(null, default);

        (report.Again, report.Created).Should().Be((ChangedFeed.PageRows + 20, 20));
        (await place.MessagesAsync()).Should().Be(ChangedFeed.PageRows + 20, "what had come before is confirmed");
        await place.ShouldHaveAsync(changed.Skip(ChangedFeed.PageRows));
    }

    [Fact]
    public async Task A_store_that_fails_at_a_page_has_it_again()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        var changed = place.Change(0, 1);
        var failing = new FailingStore(place.Engine.Store, new StoreUnavailableException("the disk is full"));
        var documents = new VendorDocuments(rules => new RowFileIntake(
            failing, place.Engine.Core.Mappings, place.Engine.Settings.Practices, new IdSource(place.Engine.Time, Random.Shared), place.Engine.Time, NullLogger<RowFileIntake>.Instance)
        { Rules = rules });

        await FluentActions.Awaiting(() => place.Another(documents: documents).LookAsync(null, default)).Should().ThrowAsync<StoreUnavailableException>();
        await feed.LookAsync(null, default);

        await place.ShouldHaveAsync(changed);
        (await place.MessagesAsync()).Should().Be(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_engine_that_is_killed_at_any_step_has_everything_afterwards_and_nothing_twice(bool isKept)
    {
        for (var write = 1; write <= 2; write++)
        {
            await using var place = await AthenaPlace.StartAsync();
            await place.FollowedAsync();
            var changed = place.Change(0, 1, 2);
            var killed = place.Another(WatchedStore.Killed(place.Engine.Store.Connections, write, isKept));
            await FluentActions.Awaiting(() => killed.LookAsync(null, default)).Should().ThrowAsync<KilledException>();

            await place.Engine.RestartAsync();
            await place.Feed().LookAsync(null, default);

            await place.ShouldHaveAsync(changed, $"it was killed at write {write}");
            (await place.MessagesAsync()).Should().Be(3, $"it was killed at write {write}");
        }
    }

    [Fact]
    public async Task While_one_looks_another_does_not()
    {
        await using var place = await AthenaPlace.StartAsync();
        await place.FollowedAsync();
        var reads = place.Reads.Count();
        var lease = await place.Engine.Store.Leases.TakeAsync($"changed/{Connected.Id}/{AthenaPlace.Patients}", "somebody", TimeSpan.FromMinutes(1), default);

        await FluentActions.Awaiting(() => place.Another().LookAsync(null, default)).Should().ThrowAsync<ChangedBusyException>();

        place.Reads.Count().Should().Be(reads);
        await place.Engine.Store.Leases.ReleaseAsync(lease!, default);
    }

    [Fact]
    public async Task Whoever_was_overtaken_asks_no_more()
    {
        await using var place = await AthenaPlace.StartAsync();
        await place.FollowedAsync();
        var reads = place.Reads.Count();
        var overtaken = place.Another(new WatchedStore(place.Engine.Store.Connections, async (_, write) => await write() && await write()));

        await FluentActions.Awaiting(() => overtaken.LookAsync(null, default)).Should().ThrowAsync<ChangedBusyException>();

        place.Reads.Count().Should().Be(reads);
    }

    [Fact]
    public async Task Two_that_take_turns_on_one_key_lose_nothing()
    {
        await using var place = await AthenaPlace.StartAsync();
        var (one, two) = (await place.FollowedAsync(), place.Another());
        var changed = new List<string>();
        foreach (var patient in Enumerable.Range(0, 12))
        {
            changed.AddRange(place.Change(patient));
            place.Vendor.Faults.Add(AthenaPlace.Read, VendorFault.DropAfterDoing, times: patient % 3 == 0 ? 1 : 0);
            foreach (var feed in patient % 2 == 0 ? [one, two] : new[] { two, one })
            {
                await TryAsync(feed);
            }
        }

        place.Vendor.Faults.Clear();
        await one.LookAsync(null, default);

        await place.ShouldHaveAsync(changed);
        (await place.CountAsync("patient")).Should().Be(12);
    }

    [RequiresProgramFact("postgres")]
    public async Task Two_nodes_on_one_store_and_one_key_lose_nothing()
    {
        await using var place = await AthenaPlace.StartAsync(isOnPostgres: true);
        await using var other = await EngineCore.OpenAsync(
            place.Engine.Settings with { Data = Path.Combine(place.Engine.Settings.Data, "two"), Node = place.Engine.Settings.Node with { Name = "two" } }, NullLoggerFactory.Instance, place.Engine.Time, default);
        var (one, two) = (await place.FollowedAsync(), other.Vendor(Connected.Id).Changed()[AthenaPlace.Patients]);
        var changed = new List<string>();
        foreach (var patient in Enumerable.Range(0, 10))
        {
            changed.AddRange(place.Change(patient));
            place.Vendor.Faults.Add(AthenaPlace.Read, VendorFault.DropAfterDoing, times: patient % 2);
            await Task.WhenAll(TryAsync(one), TryAsync(two));
        }

        place.Vendor.Faults.Clear();
        await two.LookAsync(null, default);

        await place.ShouldHaveAsync(changed);
        (await place.CountAsync("patient")).Should().Be(10);
    }

    [Fact]
    public async Task A_restored_store_asks_for_what_was_handed_out_since_it_was_kept()
    {
        await using var place = await AthenaPlace.StartAsync();
        await place.FollowedAsync();
        await using var restored = await place.Engine.KilledAsync();
        var changed = place.Change(0, 1);
        await place.Feed().LookAsync(null, default);
        place.Clock.Advance(TimeSpan.FromDays(3));
        place.Engine.Time.Advance(TimeSpan.FromDays(3));

        var report = await restored.Core.Vendor(Connected.Id).Changed()[AthenaPlace.Patients].LookAsync(null, default);

        report.Should().Match<ChangedReport>(one => one.Rows == 0 && one.Again == 2 && one.Created == 2);
        (await restored.RecordsAsync(AthenaPlace.Practice, "patient")).Select(patient => patient.ExternalId).Should().BeEquivalentTo(changed);
    }

    [Fact]
    public async Task What_is_asked_for_again_changes_nothing()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = await place.FollowedAsync();
        place.Change(0, 1);
        await feed.LookAsync(null, default);

        var report = await feed.LookAsync(place.Clock.GetUtcNow() - TimeSpan.FromDays(30), default);

        report.Should().Match<ChangedReport>(one => one.Rows == 0 && one.Again == 2 && one.Created + one.Updated + one.Refused == 0);
        (await place.MessagesAsync()).Should().Be(2);
        place.Replays.Last().Query.Should().Contain("showprocessedstartdatetime=01%2F01%2F2026%2012%3A00%3A10", "a day before, whatever zone the vendor takes it for");
    }

    [Fact]
    public async Task Visits_come_as_they_are_and_open_slots_are_none()
    {
        await using var place = await AthenaPlace.StartAsync();
        var patients = await place.FollowedAsync();
        var known = place.Change(0).Single();
        await patients.LookAsync(null, default);
        var feed = await place.FollowedAsync(AthenaPlace.Appointments);
        var booked = place.Vendor.At(practice =>
        {
            var open = practice.Schedule.Appointments.Where(one => one.Status == VendorAppointment.Open && one.Type == "82").Take(2).ToList();
            (open[0].Patient, open[0].Status) = (known, VendorAppointment.Future);
            practice.Tell("ScheduleAppointment", open[0]);
            practice.Tell("AddAppointmentSlot", open[1]);
            return open[0];
        });

        var report = await feed.LookAsync(null, default);
        (report.Rows, report.LeftOut, report.Created, report.Refused).Should().Be((2, 1, 1, 0));
        place.Change(1);
        place.Vendor.At(practice =>
        {
            booked.Status = VendorAppointment.Cancelled;
            practice.Tell("CancelAppointment", booked);
            return booked;
        });
        report = await feed.LookAsync(null, default);

        (report.Rows, report.Updated).Should().Be((1, 1));
        (await place.Engine.RecordAsync(AthenaPlace.Practice, "appointment", booked.Id))!.Fields.Single(field => field.Name == "status").Value.Should().Be("cancelled");
    }

    [Theory]
    [InlineData("labresults", "result")]
    [InlineData("chart/healthhistory/problems", "diagnosis")]
    public async Task What_is_new_in_a_chart_comes_with_its_patient(string name, string type)
    {
        await using var place = await AthenaPlace.StartAsync();
        var patients = await place.FollowedAsync();
        place.Change([.. Enumerable.Range(0, 40)]);
        await patients.LookAsync(null, default);
        var feed = await place.FollowedAsync(name);
        place.Vendor.At(practice =>
        {
            var patient = practice.Patients.First(one => practice.PastOf(one) is { Reports.Count: > 0, Problems.Count: > 0 });
            var (report, problem) = (practice.PastOf(patient).Reports[0], practice.PastOf(patient).Problems[0]);
            practice.Tell("labresults", "AddLabResult", report.Panel.FillerId, patient.Person.Id, patient.Department);
            practice.Tell("chart/healthhistory/problems", "AddProblem", problem.Id, patient.Person.Id, patient.Department);
            return patient;
        });

        var looked = await feed.LookAsync(null, default);

        (looked.Rows, looked.Refused).Should().Be((1, 0));
        (await place.CountAsync(type)).Should().Be(1);
    }

    [Fact]
    public async Task A_feed_that_no_table_reads_is_left_where_it_is()
    {
        await using var place = await AthenaPlace.StartAsync();
        var feed = place.Another(kind: new ChangedKind(AthenaPlace.Patients, "GET /nothing"));

        (await FluentActions.Awaiting(() => feed.LookAsync(null, default)).Should().ThrowAsync<EhrException>()).Which.Message.Should().Be(
            "conn_1: no table of practice 195900 reads 'GET /nothing', so the changed patients are left where they are.");

        place.Vendor.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task It_is_looked_at_again_and_again_and_a_failure_is_no_end()
    {
        await using var place = await AthenaPlace.StartAsync();
        using var stopping = new CancellationTokenSource();
        place.Vendor.Faults.Add(AthenaPlace.Read, VendorFault.ServerError);
        var running = place.Feed().RunAsync(stopping.Token);
        await Soon.HoldsAsync(() => place.Reads.Should().ContainSingle());
        var changed = place.Change(0);

        // A minute at a time, and then time for the look that it brings: calls have their time-outs by the same clock.
        var reads = 1;
        await RunningEngine.UntilAsync(async () =>
        {
            place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
            for (var wait = 0; wait < 50 && place.Reads.Count() == reads; wait++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }

            reads = place.Reads.Count();
            return reads > 3;
        });

        await stopping.CancelAsync();
        await FluentActions.Awaiting(() => running).Should().ThrowAsync<OperationCanceledException>();
        await place.ShouldHaveAsync(changed);
    }

    private static async Task<ChangedCursor> CursorAsync(AthenaPlace place) =>
        (await new ChangedCursors(place.Engine.Store.Connections, AthenaPlace.Practice, Connected.Id).FindAsync(AthenaPlace.Patients, default)).Cursor;

    private static async Task TryAsync(ChangedFeed feed)
    {
        try
        {
            await feed.LookAsync(null, default);
        }
        catch (Exception fault) when (fault is EhrException or ChangedBusyException)
        {
            // Whoever looks next has it.
        }
    }
}
