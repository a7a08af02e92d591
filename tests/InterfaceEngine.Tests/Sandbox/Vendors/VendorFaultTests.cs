using System.Net;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

public sealed class VendorFaultTests
{
    private const string Departments = "GET /departments";

    [Theory]
    [InlineData(VendorFault.ServerError, HttpStatusCode.InternalServerError)]
    [InlineData(VendorFault.BadGateway, HttpStatusCode.BadGateway)]
    [InlineData(VendorFault.Unavailable, HttpStatusCode.ServiceUnavailable)]
    [InlineData(VendorFault.RateLimited, HttpStatusCode.TooManyRequests)]
    [InlineData(VendorFault.RateLimitedBare, HttpStatusCode.TooManyRequests)]
    [InlineData(VendorFault.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData(VendorFault.RedirectElsewhere, HttpStatusCode.Redirect)]
    public async Task A_fault_meets_the_next_call_and_no_further_one(VendorFault fault, HttpStatusCode status)
    {
        await using var client = await VendorClient.LoggedInAsync();
        client.Server.Faults.Add(Departments, fault);

        var met = await client.GetAsync("/departments");

        met.Status.Should().Be(status);
        met.Headers.ContainsKey("Retry-After").Should().Be(fault is VendorFault.RateLimited or VendorFault.Unavailable);
        (await client.GetAsync("/departments")).Status.Should().Be(HttpStatusCode.OK);
        client.Server.Faults.Counts[fault].Should().Be(1);
    }

    [Fact]
    public async Task Faults_by_chance_meet_the_same_calls_of_an_endpoint_each_time_and_end_after_so_many()
    {
        var faults = new VendorFaultOptions { Chances = new Dictionary<VendorFault, double> { [VendorFault.ServerError] = 0.3, [VendorFault.Unavailable] = 0.3 }, Seed = 7, FaultsMax = 8 };
        var runs = new List<List<HttpStatusCode>>();
        for (var run = 0; run < 2; run++)
        {
            await using var client = await VendorClient.StartAsync(change: options => options with { Faults = faults });
            var statuses = new List<HttpStatusCode>();
            for (var call = 0; call < 40; call++)
            {
                statuses.Add((await client.GetAsync("metadata")).Status);
                if (run > 0)
                {
                    await client.GetAsync("/ping");
                }
            }

            runs.Add(statuses);
            client.Server.Faults.Counts.Values.Sum().Should().Be(8);
        }

        runs[0].Take(10).Should().Contain([HttpStatusCode.OK, HttpStatusCode.InternalServerError, HttpStatusCode.ServiceUnavailable]);
        runs[0].Skip(30).Should().OnlyContain(status => status == HttpStatusCode.OK, "eight are over");
        runs[1].Take(5).Should().Equal(runs[0].Take(5), "calls of another endpoint change nothing of it");
    }

    [Fact]
    public void Every_fault_has_a_name_that_is_read_back_and_described()
    {
        var guide = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "operations.md"));

        Enum.GetValues<VendorFault>().Should().AllSatisfy(fault => VendorFaultOptions.ParseChances(VendorFaultOptions.NameOf(fault)).Should().Equal(new Dictionary<VendorFault, double> { [fault] = FaultOptions.ChanceByDefault }));
        VendorFaultOptions.ParseChances("all:0.5,drop:0").Should().HaveCount(VendorFaultOptions.Names.Count()).And.Contain(VendorFault.Drop, 0).And.Contain(VendorFault.Hang, 0.5);
        VendorFaultOptions.Names.Where(name => !guide.Contains($"`{name}`", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_fault_waits_for_its_call()
    {
        await using var client = await VendorClient.LoggedInAsync();
        client.Server.Faults.Add(Departments, VendorFault.ServerError, times: 2, skip: 1);

        (await client.GetAsync("/providers")).Status.Should().Be(HttpStatusCode.OK);
        var statuses = new List<HttpStatusCode>();
        for (var time = 0; time < 4; time++)
        {
            statuses.Add((await client.GetAsync("/departments")).Status);
        }

        statuses.Should().Equal(HttpStatusCode.OK, HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(VendorFault.DropAfterDoing, true)]
    [InlineData(VendorFault.Drop, false)]
    public async Task A_booking_whose_answer_is_lost_is_done_or_not(VendorFault fault, bool isDone)
    {
        await using var client = await VendorClient.LoggedInAsync();
        var slot = client.Server.At(practice => practice.Schedule.Appointments.First(one => one.Status == VendorAppointment.Open).Id);
        client.Server.Faults.Add("PUT /appointments/{appointmentid}", fault);

        var booking = () => client.PutAsync($"/appointments/{slot}", ("patientid", "1000000"), ("appointmenttypeid", "82"));

        await booking.Should().ThrowAsync<HttpRequestException>();
        client.Server.At(practice => practice.Schedule.Find(slot)!.Status).Should().Be(isDone ? VendorAppointment.Future : VendorAppointment.Open);
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_no_whole_body()
    {
        await using var client = await VendorClient.LoggedInAsync();
        client.Server.Faults.Add(Departments, VendorFault.Truncated);

        var reading = () => client.GetAsync("/departments");

        await reading.Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task A_content_type_can_lie()
    {
        await using var client = await VendorClient.LoggedInAsync();
        client.Server.Faults.Add(Departments, VendorFault.WrongContentType);

        var met = await client.GetAsync("/departments");

        met.Headers["Content-Type"].Should().Be("text/html");
        met.Json["departments"]!.AsArray().Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_failure_can_come_under_200()
    {
        await using var client = await VendorClient.LoggedInAsync();
        client.Server.Faults.Add("*", VendorFault.NotSuccess);

        (await client.GetAsync("/departments")).Json["success"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task Calls_beyond_the_limit_are_refused_and_counted_and_told_of_where_that_is_asked()
    {
        await using var client = await VendorClient.LoggedInAsync(change: options => options with { Limits = new VendorLimits { PerSecond = 2, HasRetryAfter = true, Headers = RateHeaders.XRateLimit } });

        var first = await client.GetAsync("/departments");
        var second = await client.GetAsync("/departments");
        var third = await client.GetAsync("/departments");

        first.Headers["X-RateLimit-Remaining"].Should().Be("1");
        second.Status.Should().Be(HttpStatusCode.OK);
        third.Status.Should().Be(HttpStatusCode.TooManyRequests);
        third.Headers["Retry-After"].Should().Be("1");
        client.Time.Advance(TimeSpan.FromSeconds(1));
        (await client.GetAsync("/departments")).Status.Should().Be(HttpStatusCode.OK);
    }

    /// <summary>The guides grant 8 and 7 calls a second: twice as many, which they grant in two, are too many for one.</summary>
    [Theory]
    [InlineData("athena-guide", 10)]
    [InlineData("ecw-guide", 9)]
    public async Task The_guides_profiles_refuse_the_burst_of_two_seconds_in_one(string profile, int perSecond)
    {
        await using var client = await VendorClient.LoggedInAsync(profile, "", options => options with { Limits = null });
        client.Time.Advance(TimeSpan.FromSeconds(2));

        var statuses = new List<HttpStatusCode>();
        for (var call = 0; call <= perSecond; call++)
        {
            statuses.Add((await client.GetAsync(profile == "athena-guide" ? "/departments" : "Patient?_id=1")).Status);
        }

        statuses[..^1].Should().NotContain(HttpStatusCode.TooManyRequests);
        statuses[^1].Should().Be(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_minutes_limit_ends_with_the_minute_and_says_nothing()
    {
        await using var client = await VendorClient.LoggedInAsync(change: options => options with { Limits = new VendorLimits { PerMinute = 1 } });
        await client.GetAsync("/departments");

        var refused = await client.GetAsync("/departments");

        refused.Status.Should().Be(HttpStatusCode.TooManyRequests);
        refused.Headers.Should().NotContainKey("Retry-After");
        client.Time.Advance(TimeSpan.FromSeconds(60));
        (await client.GetAsync("/departments")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Calls_are_remembered_as_they_came()
    {
        await using var client = await VendorClient.LoggedInAsync();
        await client.GetAsync("/departments?limit=1");

        var call = client.Server.Calls[^1];

        (call.Endpoint, call.Path, call.Query, call.HasToken, call.Status).Should().Be((Departments, "/v1/195900/departments", "?limit=1", true, 200));
    }
}
