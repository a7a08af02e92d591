using System.Net;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Api;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Flows;

/// <summary>
/// A visit that Practice Studio books reaches athenahealth as it is configured, by its calls or by SIU over MLLP, once: also when the reply is lost, and when Practice Studio asks
/// again. What athenahealth then tells of it changes the same record.
/// </summary>
public sealed class BookedOnceTests
{
    private const string Put = "PUT /appointments/{appointmentid}";

    [Fact]
    public async Task By_its_calls_once_though_the_reply_is_lost_and_what_it_tells_of_it_is_the_same_visit()
    {
        await using var place = await FlowPlace.StartAsync("athena-real");
        var person = await MeetAsync(place);
        var slot = (await place.AskAsync("GET", $"/api/appointments/open?department=1&from={Day(7)}&until={Day(14)}&limit=1")).GetProperty("slots")[0].GetProperty("id").GetString()!;
        place.Vendor.Faults.Add(Put, VendorFault.DropAfterDoing);

        var visit = await BookTwiceAsync(place, $$"""{ "patient": "{{person.Id}}", "slot": "{{slot}}", "visitReason": "Sore throat" }""");

        place.Vendor.Faults.Counts[VendorFault.DropAfterDoing].Should().Be(1);
        place.Vendor.Calls.Count(call => call.Endpoint == Put).Should().Be(1, "it looked before it would have booked again");
        place.Vendor.At(practice => practice.Schedule.Appointments.Count(one => one.Patient == person.Id && one.ScheduledBy.StartsWith("API-", StringComparison.Ordinal))).Should().Be(1);

        var told = place.Vendor.At(practice => practice.Schedule.Find(slot)!);
        await TellAsync(place, "SIU^S15", person, new Visit
        {
            Id = slot,
            Provider = Practice.Athena.Providers.Single(one => one.Id == told.Provider),
            Department = Practice.Athena.Departments.Single(one => one.Id == told.Department),
            Type = Practice.Athena.VisitTypes[0],
            Start = told.Start,
            Minutes = told.Minutes,
            Reason = VisitReasons.OfVisits[0],
        });
        await CheckAsync(place, visit, "cancelled", slot);
    }

    [Fact]
    public async Task By_SIU_once_though_the_reply_is_lost_and_what_it_tells_of_it_is_the_same_visit()
    {
        await using var athena = AthenaServer.Start(new AthenaServerOptions { Faults = FaultOptions.All([FaultKind.LostAck], 1, seed: 1) with { FaultsMax = 1 } }, TimeProvider.System);
        await using var place = await FlowPlace.StartAsync("athena-real", $"""
            "Host": "127.0.0.1", "Port": {athena.Address.Port}, "ReplyTimeout": "400ms"
            """);
        var person = await MeetAsync(place);
        athena.EchoTo(place.FeedAddress);

        var visit = await BookTwiceAsync(
            place, $$"""{ "patient": "{{person.Id}}", "start": "{{Day(7)}}T09:00:00", "minutes": 15, "type": "any_15", "provider": "prov-smith", "location": "loc-main", "visitReason": "Sore throat" }""");

        (athena.Account.Faults.GetValueOrDefault(FaultKind.LostAck), athena.Kept.Count).Should().Be((1, 1));
        athena.Arrivals.Should().HaveCountGreaterThan(1, "it was sent again");
        await RunningEngine.UntilAsync(async () => (await place.RecordsAsync("appointment")).Single().Aliases.Any(alias => alias.System == "athenahealth"));
        var number = (await place.RecordsAsync("appointment")).Single().Aliases.Single(alias => alias.System == "athenahealth").Value;
        await place.AskAsync("DELETE", $"/api/appointments/{visit}");
        await athena.WaitForKeptAsync(2).WaitAsync(TimeSpan.FromMinutes(1));

        await RunningEngine.UntilAsync(async () => (await place.StatesAsync()).Values.Sum() == 3);
        await CheckAsync(place, visit, "cancelled", number);
        athena.Kept.Select(one => one.Event).Should().Equal("SIU^S12", "SIU^S15");
    }

    /// <summary>The engine gets to know the first patient of the vendor's.</summary>
    private static async Task<Person> MeetAsync(FlowPlace place)
    {
        var person = place.Vendor.At(practice => practice.Patients[0].Person);
        await TellAsync(place, "ADT^A04", person, null);
        return person;
    }

    /// <summary>Books, and again with the same key while the first may still be on its way; returns when it was told.</summary>
    private static async Task<string> BookTwiceAsync(FlowPlace place, string body)
    {
        var (status, booked) = await place.Client.SendAsync("POST", "/api/appointments", body, ("Idempotency-Key", "call-1"));
        var (repeated, again) = await place.Client.SendAsync("POST", "/api/appointments", body, ("Idempotency-Key", "call-1"));

        (status, repeated).Should().Be((HttpStatusCode.Created, HttpStatusCode.OK), $"{booked} {again}");
        again.GetProperty("id").GetString().Should().Be(booked.GetProperty("id").GetString());
        again.GetProperty("deliveries").GetArrayLength().Should().Be(0, "nothing more is told");
        await place.DeliveredAsync(booked.GetProperty("deliveries")[0].GetProperty("id").GetString()!);
        return booked.GetProperty("id").GetString()!;
    }

    private static async Task TellAsync(FlowPlace place, string trigger, Person person, Visit? visit)
    {
        var number = await place.Engine.Core.Store.ReadAsync(reader => reader.MessageCounts().Sum(count => count.Count), default) + 1;
        var message = new ClinicFeed(FeedStyle.Athena, new ClinicOptions()).Message(new ClinicEvent(trigger, LocalTime(minutesAhead: visit is null ? 0 : 1), person) { Number = number, Visit = visit });
        (await new FeedClient(new FeedClientOptions { To = place.FeedAddress }, TimeProvider.System).SendAsync([message], default)).IsAllAccepted.Should().BeTrue();
    }

    /// <summary>The clinic's clock. Of an hour that it tells twice the engine takes the first, so a time in it may be an hour ago: the hour behind it is told instead.</summary>
    private static DateTime LocalTime(int minutesAhead)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
        var local = DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UtcNow.AddMinutes(minutesAhead), zone), DateTimeKind.Unspecified);
        return zone.IsAmbiguousTime(local) ? local.AddHours(1) : local;
    }

    /// <summary>There is one visit, by our id and the vendor's.</summary>
    private static async Task CheckAsync(FlowPlace place, string visit, string status, string number)
    {
        var record = (await place.RecordsAsync("appointment")).Should().ContainSingle().Subject;
        (record.Id.ToString(), record["status"]).Should().Be((visit, status));
        record.Aliases.Should().Contain(new RecordAlias("appointment", "athenahealth", number));
        (record.ExternalId, record["external_id"]).Should().Be((number, number), "it goes by the vendor's number, wherever that came from");
    }

    private static string Day(int days) => DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
