using System.Net;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

public sealed class VendorChangedFeedTests
{
    private const string Feed = "/patients/changed";

    [Fact]
    public async Task A_change_is_handed_out_once_however_often_it_happened()
    {
        await using var client = await SubscribedAsync();
        await ChangeAsync(client, "1000000");
        await ChangeAsync(client, "1000000");
        await ChangeAsync(client, "1000001");

        var first = await ReadAsync(client);
        var second = await ReadAsync(client);
        await ChangeAsync(client, "1000000");

        first.Should().Equal("1000000", "1000001");
        second.Should().BeEmpty();
        (await ReadAsync(client)).Should().Equal("1000000");
    }

    [Fact]
    public async Task Nothing_is_told_of_before_somebody_subscribed()
    {
        await using var client = await VendorClient.LoggedInAsync();
        await ChangeAsync(client, "1000000");

        await client.PostAsync($"{Feed}/subscription");

        (await ReadAsync(client)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_look_leaves_what_it_sees()
    {
        await using var client = await SubscribedAsync();
        await ChangeAsync(client, "1000000");

        (await ReadAsync(client, "leaveunprocessed=true")).Should().Equal("1000000");
        (await ReadAsync(client)).Should().Equal("1000000");
    }

    [Fact]
    public async Task What_was_handed_out_in_a_time_is_had_again()
    {
        await using var client = await SubscribedAsync();
        await ChangeAsync(client, "1000000");
        await ReadAsync(client);
        client.Time.Advance(TimeSpan.FromMinutes(10));
        await ChangeAsync(client, "1000001");
        await ReadAsync(client);

        // 12:00 in Greenwich is 07:00 where the vendor is.
        (await ReadAsync(client, "showprocessedstartdatetime=01/15/2026 07:00:00&showprocessedenddatetime=01/15/2026 07:05:00")).Should().Equal("1000000");
        (await ReadAsync(client, "showprocessedstartdatetime=01/15/2026 07:00:00")).Should().Equal("1000000", "1000001");
        (await ReadAsync(client)).Should().BeEmpty();
        (await client.GetAsync($"{Feed}?showprocessedstartdatetime=yesterday")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_page_takes_no_more_than_it_gives()
    {
        await using var client = await SubscribedAsync();
        await ChangeAsync(client, "1000000");
        await ChangeAsync(client, "1000001");
        await ChangeAsync(client, "1000002");

        (await ReadAsync(client, "limit=2")).Should().Equal("1000000", "1000001");
        (await ReadAsync(client, "limit=2")).Should().Equal("1000002");
    }

    [Fact]
    public async Task A_subscription_tells_how_much_of_it_there_is()
    {
        await using var client = await VendorClient.LoggedInAsync();
        async Task<string> StatusAsync() => (await client.GetAsync("/appointments/changed/subscription")).Json["status"]!.GetValue<string>();

        var names = (await client.GetAsync("/appointments/changed/subscription/events")).Json["subscriptions"]!.AsArray().Select(one => one!["eventname"]!.GetValue<string>()).ToList();
        var none = await StatusAsync();
        await client.PostAsync("/appointments/changed/subscription", ("eventname", "CheckIn"));
        var one = await StatusAsync();
        await client.PostAsync("/appointments/changed/subscription");
        var all = await StatusAsync();
        await client.SendAsync(HttpMethod.Delete, "/appointments/changed/subscription");

        names.Should().Contain(["ScheduleAppointment", "AddAppointmentSlot"]).And.HaveCount(11);
        (none, one, all, await StatusAsync()).Should().Be(("INACTIVE", "PARTIAL", "ACTIVE", "INACTIVE"));
        (await client.PostAsync("/appointments/changed/subscription", ("eventname", "Nonsense"))).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_subscription_can_take_its_time()
    {
        await using var client = await VendorClient.LoggedInAsync(change: options => options with { SubscriptionDelay = TimeSpan.FromMinutes(5) });
        await client.PostAsync($"{Feed}/subscription");
        await ChangeAsync(client, "1000000");

        client.Time.Advance(TimeSpan.FromMinutes(5));
        await ChangeAsync(client, "1000001");

        (await ReadAsync(client)).Should().Equal("1000001");
    }

    [Fact]
    public async Task Bookings_are_told_of_as_they_are_now()
    {
        await using var client = await VendorClient.LoggedInAsync();
        await client.PostAsync("/appointments/changed/subscription");
        var slot = client.Server.At(practice => practice.Schedule.Appointments.First(one => one.Status == VendorAppointment.Open).Id);
        await client.PutAsync($"/appointments/{slot}", ("patientid", "1000000"), ("appointmenttypeid", "82"));
        await client.PostAsync($"/appointments/{slot}/checkin");

        var row = (await client.GetAsync("/appointments/changed")).Json["appointments"]!.AsArray().Should().ContainSingle().Subject!;

        (row["appointmentid"]!.ToString(), row["appointmentstatus"]!.GetValue<string>()).Should().Be((slot, "2"));
    }

    private static async Task<VendorClient> SubscribedAsync()
    {
        var client = await VendorClient.LoggedInAsync();
        await client.PostAsync($"{Feed}/subscription");
        return client;
    }

    private static Task<VendorReply> ChangeAsync(VendorClient client, string patient) => client.PutAsync($"/patients/{patient}", ("email", $"a{client.Server.Calls.Count}@example.org"));

    private static async Task<List<string>> ReadAsync(VendorClient client, string query = "") =>
        [.. (await client.GetAsync($"{Feed}?{query}")).Json["patients"]!.AsArray().Select((JsonNode? row) => row!["patientid"]!.ToString())];
}
