using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

public sealed class VendorExportTests
{
    private const string AthenaExport = "Group/a-1.c-195900/$export";
    private static readonly (string, string)[] _headers = [("Prefer", "respond-async"), ("Accept", "application/fhir+json")];

    private static string Scope => string.Join(' ', new[] { "Group", "Patient", "Observation", "Condition" }.Select(type => $"system/{type}.read"));

    [Theory]
    [InlineData("athena-real", AthenaExport, "/$export-status/")]
    [InlineData("athena-guide", "Patient/$export", "/fhir/r4/bulkstatus/job_1")]
    [InlineData("ecw-guide", "Patient/$export", "/fhir/r4/bulkstatus/job_1")]
    public async Task An_export_is_asked_for_polled_fetched_and_given_up(string profile, string path, string polled)
    {
        await using var client = await VendorClient.LoggedInAsync(profile, Scope, options => options with { Export = new VendorExport { PeopleInFile = 15 } });

        var begun = await client.SendAsync(HttpMethod.Get, $"{path}?_type=Patient,Observation", null, _headers);
        var address = begun.Headers["Content-Location"];
        var waiting = await client.GetAsync(address);
        await client.GetAsync(address);
        var whole = await client.GetAsync(address);

        begun.Status.Should().Be(HttpStatusCode.Accepted);
        address.Should().StartWith(client.Server.Address.ToString()).And.Contain(polled);
        waiting.Status.Should().Be(HttpStatusCode.Accepted);
        waiting.Headers["X-Progress"].Should().Be("33% Completed");
        waiting.Headers["Retry-After"].Should().Be("1");
        whole.Headers["Content-Type"].Should().StartWith("application/json");
        whole.Json["transactionTime"]!.GetValue<string>().Should().Be("2026-01-15T12:00:00.000Z");
        whole.Json["requiresAccessToken"]!.GetValue<bool>().Should().BeTrue();
        whole.Json["error"]!.AsArray().Should().BeEmpty();
        var files = whole.Json["output"]!.AsArray();
        files.Where(file => file!["type"]!.GetValue<string>() == "Patient").Should().HaveCount(3);
        foreach (var file in files)
        {
            var lines = await LinesAsync(client, file!);
            lines.Should().HaveCount(file!["count"]!.GetValue<int>()).And.OnlyContain(line => line["resourceType"]!.GetValue<string>() == file["type"]!.GetValue<string>());
        }

        (await client.SendAsync(HttpMethod.Delete, address)).Status.Should().Be(HttpStatusCode.Accepted);
        var gone = await client.GetAsync(address);
        gone.Status.Should().Be(HttpStatusCode.NotFound);
        gone.Json["resourceType"]!.GetValue<string>().Should().Be("OperationOutcome");
    }

    [Fact]
    public async Task EClinicalWorks_is_polled_at_an_address_with_a_query()
    {
        using var signed = new SignedAssertion();
        await using var client = await VendorClient.StartAsync("ecw-real", options => options with { ClientKeys = signed.Jwks, Export = new VendorExport { Polls = 0 } });
        async Task<VendorReply> BeginAsync(string scope, string id)
        {
            var assertion = signed.Sign("RS384", client.Server.ClientId, client.Server.TokenAddress.ToString(), client.Time.GetUtcNow().AddMinutes(4), id);
            var token = await client.TokenByFieldsAsync(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion), ("scope", scope));
            client.AccessToken = token.Json["access_token"]!.GetValue<string>();
            return await client.SendAsync(HttpMethod.Get, "Group/FFBJCD/$export", null, _headers);
        }

        (await BeginAsync("system/Patient.read", "1")).Status.Should().Be(HttpStatusCode.Forbidden);
        var begun = await BeginAsync("system/Patient.read system/Group.read", "2");

        begun.Headers["Content-Location"].Should().StartWith($"{client.Server.Fhir}/$export-poll-location?job_id=");
        (await client.GetAsync(begun.Headers["Content-Location"])).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whoever_is_exported_is_the_one_who_is_read()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope, change: options => options with { Export = new VendorExport { Polls = 0 } });

        var patients = await LinesAsync(client, (await ManifestAsync(client, "?_type=Patient"))["output"]![0]!);
        var read = (await client.GetAsync("Patient/a-195900.E-1000000")).Json;

        patients.Should().HaveCount(40);
        patients.Single(patient => patient["id"]!.GetValue<string>() == "a-195900.E-1000000").ToJsonString().Should().Be(read.ToJsonString());
    }

    [Fact]
    public async Task A_second_export_waits_for_the_first()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope);
        await client.SendAsync(HttpMethod.Get, AthenaExport, null, _headers);

        var second = await client.SendAsync(HttpMethod.Get, AthenaExport, null, _headers);

        second.Status.Should().Be(HttpStatusCode.TooManyRequests);
        second.Headers.Should().ContainKey("Retry-After");
    }

    [Theory]
    [InlineData("", false, "Prefer")]
    [InlineData("?_outputFormat=csv", true, "_outputFormat")]
    [InlineData("?_type=Appointment", true, "Appointment")]
    [InlineData("?_typeFilter=Observation%3Fcode%3D1", true, "_typeFilter")]
    [InlineData("?_since=yesterday", true, "_since")]
    public async Task What_can_not_be_exported_is_refused(string query, bool isAsync, string named)
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope);

        var reply = await client.SendAsync(HttpMethod.Get, AthenaExport + query, null, isAsync ? _headers : []);

        reply.Status.Should().Be(HttpStatusCode.BadRequest);
        reply.Json["issue"]![0]!["diagnostics"]!.GetValue<string>().Should().Contain(named);
    }

    [Fact]
    public async Task Only_the_practices_own_group_is_exported()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope);

        (await client.SendAsync(HttpMethod.Get, "Group/a-1.c-7/$export", null, _headers)).Status.Should().Be(HttpStatusCode.NotFound);
        (await client.SendAsync(HttpMethod.Get, "Patient/$export", null, _headers)).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Files_on_another_host_take_no_token()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope, change: options => options with { Export = new VendorExport { Polls = 0, Files = VendorFileHost.Other } });
        var manifest = await ManifestAsync(client, "?_type=Patient");
        var address = manifest["output"]![0]!["url"]!.GetValue<string>();

        var withToken = await client.GetAsync(address);
        client.AccessToken = null;
        var without = await client.GetAsync(address);

        manifest["requiresAccessToken"]!.GetValue<bool>().Should().BeFalse();
        address.Should().StartWith(client.Server.FileAddress.ToString());
        withToken.Status.Should().Be(HttpStatusCode.BadRequest);
        without.Headers["Content-Type"].Should().Be("application/fhir+ndjson");
        client.Server.Calls[^1].Should().BeEquivalentTo(new { Endpoint = "GET file", IsFileHost = true, HasToken = false, Status = 200 });
        (await client.GetAsync(new Uri(client.Server.FileAddress, "/v1/195900/departments").ToString())).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_file_can_be_behind_a_redirect_to_another_host()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope, change: options => options with { Export = new VendorExport { Polls = 0, Files = VendorFileHost.Redirected } });
        var address = (await ManifestAsync(client, "?_type=Patient"))["output"]![0]!["url"]!.GetValue<string>();

        var sent = await client.GetAsync(address);
        client.AccessToken = null;
        (await client.GetAsync(address)).Status.Should().Be(HttpStatusCode.Unauthorized);

        sent.Status.Should().Be(HttpStatusCode.TemporaryRedirect);
        (await client.GetAsync(sent.Headers["Location"])).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Files_are_gone_after_their_time()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope, change: options => options with { TokenLife = TimeSpan.FromHours(3), Export = new VendorExport { Polls = 0 } });
        var manifest = await ManifestAsync(client, "?_type=Patient");

        client.Time.Advance(TimeSpan.FromHours(1));

        (await client.GetAsync(manifest["output"]![0]!["url"]!.GetValue<string>())).Status.Should().Be(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task An_export_of_what_changed_has_that_alone_and_what_was_deleted()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: $"{VendorClient.AthenaScope} {Scope}", change: options => options with { Export = new VendorExport { Polls = 0 } });
        var first = await ManifestAsync(client, "?_type=Patient,Condition");
        var condition = (await LinesAsync(client, first["output"]!.AsArray().First(file => file!["type"]!.GetValue<string>() == "Condition")!))[0]["id"]!.GetValue<string>();
        client.Time.Advance(TimeSpan.FromMinutes(1));
        await client.PutAsync("/patients/1000000", ("email", "new@example.org"));
        client.Server.At(practice =>
        {
            practice.Withdraw("Condition", condition);
            return true;
        });

        var next = await ManifestAsync(client, $"?_type=Patient,Condition&_since={first["transactionTime"]}");

        (await LinesAsync(client, next["output"]!.AsArray().Should().ContainSingle().Subject!)).Should().ContainSingle().Which["id"]!.GetValue<string>().Should().Be("a-195900.E-1000000");
        var bundle = (await LinesAsync(client, next["deleted"]![0]!)).Should().ContainSingle().Subject;
        bundle["entry"]![0]!["request"]!["url"]!.GetValue<string>().Should().Be($"Condition/{condition}");
        first.AsObject().Should().NotContainKey("deleted");
        (await client.GetAsync($"Condition/{condition}")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_export_can_be_whole_in_part_only()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope, change: options => options with { Export = new VendorExport { Polls = 0, HasErrors = true, HasBrokenLine = true, HasWrongCounts = true } });

        var manifest = await ManifestAsync(client, "?_type=Observation");
        var observations = (await client.GetAsync(manifest["output"]![0]!["url"]!.GetValue<string>())).Body.TrimEnd().Split('\n');

        manifest["error"]![0]!["type"]!.GetValue<string>().Should().Be("OperationOutcome");
        (await LinesAsync(client, manifest["error"]![0]!)).Should().ContainSingle().Which["resourceType"]!.GetValue<string>().Should().Be("OperationOutcome");
        observations.Should().HaveCount(manifest["output"]![0]!["count"]!.GetValue<int>() - 1);
        JsonBody.TryParse(Encoding.UTF8.GetBytes(observations[2]), out _, out _).Should().BeFalse();
    }

    [Fact]
    public async Task Polling_too_soon_is_refused_where_that_is_asked()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope, change: options => options with { Export = new VendorExport { IsStrict = true, RetryAfter = TimeSpan.FromSeconds(120) } });
        var address = (await client.SendAsync(HttpMethod.Get, AthenaExport, null, _headers)).Headers["Content-Location"];
        await client.GetAsync(address);

        (await client.GetAsync(address)).Status.Should().Be(HttpStatusCode.TooManyRequests);
        client.Time.Advance(TimeSpan.FromSeconds(120));
        (await client.GetAsync(address)).Status.Should().Be(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Observations_without_end_are_each_another_one_and_R4()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope, change: options => options with { Export = new VendorExport { Polls = 0, FurtherObservations = 5_000, FurtherInFile = 2_000 } });

        var files = (await ManifestAsync(client, "?_type=Observation"))["output"]!.AsArray().Where(file => file!["url"]!.GetValue<string>().Contains("further", StringComparison.Ordinal)).ToList();
        var lines = new List<JsonObject>();
        foreach (var file in files)
        {
            lines.AddRange(await LinesAsync(client, file!));
        }

        files.Select(file => file!["count"]!.GetValue<int>()).Should().Equal(2_000, 2_000, 1_000);
        lines.Select(line => line["id"]!.GetValue<string>()).Should().HaveCount(5_000).And.OnlyHaveUniqueItems();
        lines.Take(100).SelectMany(line => R4Check.Run(JsonDraft.From(JsonBody.Parse(Encoding.UTF8.GetBytes(line.ToJsonString())).Root))).Should().BeEmpty();
        lines.Select(line => line["subject"]!["reference"]!.GetValue<string>()).Distinct().Should().HaveCount(40);
    }

    [Fact]
    public async Task A_file_that_breaks_off_is_no_whole_file()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope, change: options => options with { Export = new VendorExport { Polls = 0 } });
        var address = (await ManifestAsync(client, "?_type=Patient"))["output"]![0]!["url"]!.GetValue<string>();
        client.Server.Faults.Add("GET file", VendorFault.Truncated);

        var reading = () => client.GetAsync(address);

        await reading.Should().ThrowAsync<HttpRequestException>();
        (await reading()).Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(VendorFault.Transient, HttpStatusCode.ServiceUnavailable, "transient")]
    [InlineData(VendorFault.JobFailed, HttpStatusCode.InternalServerError, "exception")]
    public async Task Polling_can_fail(VendorFault fault, HttpStatusCode status, string code)
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scope);
        var address = (await client.SendAsync(HttpMethod.Get, AthenaExport, null, _headers)).Headers["Content-Location"];
        client.Server.Faults.Add("GET export status", fault);

        var reply = await client.GetAsync(address);

        reply.Status.Should().Be(status);
        reply.Json["issue"]![0]!["code"]!.GetValue<string>().Should().Be(code);
    }

    private static async Task<JsonNode> ManifestAsync(VendorClient client, string query)
    {
        var begun = await client.SendAsync(HttpMethod.Get, AthenaExport + query, null, _headers);
        return (await client.GetAsync(begun.Headers["Content-Location"])).Json;
    }

    private static async Task<List<JsonObject>> LinesAsync(VendorClient client, JsonNode file)
    {
        var reply = await client.GetAsync(file["url"]!.GetValue<string>());
        reply.Status.Should().Be(HttpStatusCode.OK);
        return [.. reply.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }
}
