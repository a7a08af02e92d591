using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Changed;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Bulk;

namespace InterfaceEngine.Tests.Sources.Ehr.Changed;

/// <summary>Pages of a feed as no honest server gives them, and as nobody knows whether athenahealth does.</summary>
public sealed class ChangedPagesTests
{
    private const string Feed = "GET /v1/195900/patients/changed";
    private const string Subscription = $"{Feed}/subscription";

    [Fact]
    public async Task A_next_page_is_followed_and_then_it_is_asked_anew()
    {
        await using var place = await StartAsync();
        place.Server.On(Feed, 200, Page("1", "/v1/195900/patients/changed?LIMIT=500&OFFSET=1")).On(Feed, 200, Page("2", null)).On(Feed, 200, Page("3", null)).On(Feed, 200, Page(null, null));

        (await LookAsync(place)).Rows.Should().Be(3);

        Queries(place).Should().Equal("?limit=500", "?LIMIT=500&OFFSET=1", "?limit=500", "?limit=500");
        (await place.CountAsync("patient")).Should().Be(3);
    }

    [Fact]
    public async Task A_next_page_on_another_host_is_refused_and_what_came_before_is_kept()
    {
        await using var place = await StartAsync();
        place.Server.On(Feed, 200, Page("1", "https://elsewhere.example/v1/195900/patients/changed?offset=1"));

        (await FluentActions.Awaiting(() => LookAsync(place)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.ForeignHost);

        (await place.CountAsync("patient")).Should().Be(1);
        Queries(place).Should().ContainSingle();
    }

    [Fact]
    public async Task Pages_that_lead_in_a_circle_end()
    {
        await using var place = await StartAsync();
        place.Server.On(Feed, 200, Page("1", "/v1/195900/patients/changed?offset=1")).On(Feed, 200, Page("2", "/v1/195900/patients/changed?offset=1")).On(Feed, 200, Page(null, "/v1/195900/patients/changed?offset=1"));

        (await LookAsync(place)).Rows.Should().Be(2);

        Queries(place).Should().HaveCount(3);
    }

    [Fact]
    public async Task A_feed_that_has_no_end_is_left_at_the_next_look()
    {
        await using var place = await StartAsync();
        place.Server.On(Feed, 200, """{"patients":[{"patientid":"1","firstname":"Ann","lastname":"Sample","dob":"05/11/1980","sex":"F"}]}""");

        (await LookAsync(place)).Rows.Should().Be(200);
    }

    [Theory]
    [InlineData(Subscription, 403, """{"error":"no"}""", EhrFault.Forbidden)]
    [InlineData(Subscription, 200, "\"no\"", EhrFault.Refused)]
    [InlineData("POST /v1/195900/patients/changed/subscription", 200, """{"success":false,"errormessage":"no"}""", EhrFault.Refused)]
    [InlineData(Feed, 404, "Service not registered with API gateway.", EhrFault.NotFound)]
    [InlineData(Feed, 200, """{"totalcount":3}""", EhrFault.NotUnderstood)]
    internal async Task What_is_no_answer_is_no_empty_feed(string request, int status, string body, EhrFault fault)
    {
        await using var place = await StartAsync(request.StartsWith("POST", StringComparison.Ordinal) ? "INACTIVE" : "ACTIVE", isSubscriptionTold: request != Subscription);
        place.Server.On(request, status, body);

        (await FluentActions.Awaiting(() => LookAsync(place)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(fault);
    }

    private static string Page(string? patient, string? next) =>
        $$"""{"patients":[{{(patient is null ? "" : $"{{\"patientid\":\"{patient}\",\"firstname\":\"Ann\",\"lastname\":\"Sample{patient}\",\"dob\":\"05/1{patient}/1980\",\"sex\":\"F\"}}")}}]{{(next is null ? "" : $",\"next\":\"{next}\"")}}}""";

    private static IEnumerable<string> Queries(BulkPlace place) => place.Server.Requests.Where(request => request.Path.EndsWith("/changed", StringComparison.Ordinal)).Select(request => request.Query);

    private static Task<ChangedReport> LookAsync(BulkPlace place) => place.Engine.Core.Vendor(Connected.Id).Changed()["patients"].LookAsync(null, default);

    private static async Task<BulkPlace> StartAsync(string status = "ACTIVE", bool isSubscriptionTold = true)
    {
        var place = await BulkPlace.StartAsync(options => options with { Changed = new ChangedOptions { Feeds = ["patients"] } });
        if (isSubscriptionTold)
        {
            place.Server.On(Subscription, 200, $$"""{"status":"{{status}}"}""");
        }

        return place;
    }
}
