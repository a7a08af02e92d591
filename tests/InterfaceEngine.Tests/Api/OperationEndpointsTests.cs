using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Api;

/// <summary>Health, metrics, the log of calls and the description.</summary>
public sealed partial class OperationEndpointsTests
{
    [Fact]
    public async Task Health_names_checks_and_not_why_they_failed()
    {
        await using var place = await ApiPlace.StartAsync();
        place.Readiness.Started();
        place.Readiness.Report("store", null);
        var client = place.With(null);

        var (ready, _) = await client.AskAsync("/health");
        place.Readiness.Report("store", "Host=db.example refused the password");
        var (status, answer) = await client.AskAsync("/health");

        (ready, status).Should().Be((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable));
        (answer.GetProperty("state").GetString(), answer.GetProperty("checks")[0].GetProperty("state").GetString()).Should().Be(("not ready", "failed"));
        answer.GetRawText().Should().NotContain("db.example");
    }

    [Fact]
    public async Task Metrics_are_in_the_text_form_of_Prometheus_and_count_messages_calls_and_connections()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with
        {
            Control = new ScriptedControl(parts.Control).On<ListConnectionsRequest>(_ => new ConnectionsAnswer([new ConnectionView("conn_123", "195900", "athenahealth", "athena-real", "ready") { UsedToday = 12, Quota = 500_000, References = new ReferencesView(DateTimeOffset.UnixEpoch, 2, 0, 1, [], null) }])),
        });
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        await place.As(ApiRole.Reader, "1959").AskAsync("/api/records/patient/12345");
        await place.Calls.UntilAsync(1);
        using var answer = await place.As(ApiRole.Operator).GetAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync();

        answer.Content.Headers.ContentType!.ToString().Should().Be("text/plain; version=0.0.4; charset=utf-8");
        var families = new HashSet<string>();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            line.Should().MatchRegex(line[0] == '#' ? FamilyForm() : ValueForm());
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                families.Add(line.Split(' ')[2]).Should().BeTrue("{0} is there once", line);
            }
            else if (line[0] != '#')
            {
                var name = line.Split('{', ' ')[0];
                families.Should().Contain(family => name == family || name == family + "_sum" || name == family + "_count", "{0} has a family before it", line);
            }
        }

        text.Should().Contain("interface_engine_messages{source=\"guide-feed\",state=\"applied\"} 1\n")
            .And.Contain("interface_engine_api_calls_total{endpoint=\"GET /api/records/{type}/{id}\",status=\"200\"} 1\n")
            .And.Contain("interface_engine_connection_used_today{connection=\"conn_123\"} 12\n")
            .And.Contain("interface_engine_connection_references{connection=\"conn_123\",change=\"new\"} 2\n")
            .And.Contain("interface_engine_records{practice=\"1959\",type=\"patient\"} 1\n")
            .And.Contain("interface_engine_store_units_total ");
        NumberForm().Replace(text, "").Should().NotContain("12345", "what is measured may have these digits by chance");
    }

    [Fact]
    public async Task Calls_are_listed_newest_first_page_by_page_and_filtered()
    {
        await using var place = await ApiPlace.StartAsync();
        Note(place, "conn_123", "195900", "GET /patients/{patientid}", 200, 1_000);
        Note(place, "conn_123", "195900", "GET /patients", 429, 2_000);
        Note(place, "conn_456", "1959", "GET /providers", 200, 3_000);
        var client = place.As(ApiRole.Operator);

        (await EndpointsAsync(client, "endpoint=/PATIENTS")).Should().Equal("GET /patients", "GET /patients/{patientid}");
        (await EndpointsAsync(client, "failed=true")).Should().Equal("GET /patients");
        (await EndpointsAsync(client, "connection=conn_456")).Should().Equal("GET /providers");
        (await EndpointsAsync(client, "connection=conn_123&from=1970-01-01T00:00:02Z&until=1970-01-01T00:00:03Z")).Should().Equal("GET /patients");
        (await EndpointsAsync(place.As(ApiRole.Operator, "1959"), "")).Should().Equal("GET /providers");
        var (_, page) = await client.AskAsync("/api/logs?connection=conn_123&limit=1");
        (await EndpointsAsync(client, $"connection=conn_123&limit=1&before={page.GetProperty("next").GetInt64()}")).Should().Equal("GET /patients/{patientid}");
    }

    [Fact]
    public async Task A_connection_that_nobody_knows_and_a_time_that_ends_before_it_begins_are_no_empty_page()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with { Connections = [ApiPlace.Connection("conn_123")] });
        Note(place, "conn_456", "1959", "GET /providers", 200, 3_000);
        var client = place.As(ApiRole.Operator);

        var (status, problem) = await client.AskAsync("/api/logs?connection=nope");
        (status, problem.GetProperty("detail").GetString()).Should().Be((HttpStatusCode.NotFound, "There is no such connection, and no call of one: conn_123, api are there."));
        (await EndpointsAsync(client, "connection=conn_123")).Should().BeEmpty();
        (await EndpointsAsync(client, "connection=conn_456")).Should().Equal(["GET /providers"], "the settings no longer have it, and its calls are there");
        (await client.AskAsync("/api/logs?from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("?connection=conn_123&format=csv", "*/*", "text/csv")]
    [InlineData("?connection=conn_123", "text/csv", "text/csv")]
    [InlineData("?connection=conn_123&format=ndjson", "*/*", "application/x-ndjson")]
    [InlineData("?connection=conn_123", "application/x-ndjson", "application/x-ndjson")]
    public async Task All_calls_are_exported_beyond_a_page(string query, string accept, string type)
    {
        await using var place = await ApiPlace.StartAsync();
        for (var index = 0; index < 2500; index++)
        {
            Note(place, "conn_123", "195900", "GET /patients", 200, index);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/logs{query}");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await place.As(ApiRole.Operator).SendAsync(request);
        var lines = (await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');

        answer.Content.Headers.ContentType!.MediaType.Should().Be(type);
        if (type == "text/csv")
        {
            lines.Should().HaveCount(2501);
            lines[0].Should().Be("id,at,connection,practice,endpoint,status,fault,milliseconds,sent,received,request_id,actor");
            lines[1].Should().Be("2500,1970-01-01T00:00:02.499Z,conn_123,195900,GET /patients,200,,7,0,0,,'=engine");
        }
        else
        {
            lines.Should().HaveCount(2500).And.OnlyContain(line => JsonDocument.Parse(line, default).RootElement.GetProperty("connection").GetString() == "conn_123");
        }
    }

    [Fact]
    public async Task The_description_names_every_endpoint_with_its_shapes_its_errors_and_who_may()
    {
        await using var place = await ApiPlace.StartAsync();

        var (_, document) = await place.As(ApiRole.Receptionist).AskAsync("/openapi.json");

        document.GetProperty("openapi").GetString().Should().Be("3.1.0");
        var described = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (Name: $"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value))).ToDictionary(one => one.Name, one => one.Value);
        described.Keys.Should().BeEquivalentTo(place.Server.Mapped);
        described.Values.Select(operation => operation.GetProperty("operationId").GetString()).Should().OnlyHaveUniqueItems();
        foreach (var endpoint in ApiEndpoints.All)
        {
            var operation = described[endpoint.Name];
            operation.GetProperty("security").GetArrayLength().Should().Be(endpoint.Roles is null ? 0 : 2, endpoint.Name);
            operation.GetProperty("responses").GetProperty("default").GetRawText().Should().Contain(endpoint.IsOfGuides ? "GuideProblem" : "/Problem", endpoint.Name);
            (endpoint.Method is "POST" or "PUT").Should().Be(operation.TryGetProperty("requestBody", out var body) && body.GetProperty("required").GetBoolean(), endpoint.Name);
            var inPath = PlaceholderForm().Matches(endpoint.Template).Select(match => match.Groups[1].Value);
            (operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Where(one => one.GetProperty("in").GetString() == "path").Select(one => one.GetProperty("name").GetString()) : [])
                .Should().BeEquivalentTo(inPath, endpoint.Name);
        }

        var references = ReferenceForm().Matches(document.GetRawText()).Select(match => match.Groups[1].Value).Distinct();
        references.Should().AllSatisfy(name => document.GetProperty("components").GetProperty("schemas").TryGetProperty(name, out _).Should().BeTrue());
    }

    [Theory]
    [InlineData("/api/appointments", "post", "200", true)]
    [InlineData("/api/records/{type}/{id}", "get", "304", false)]
    [InlineData("/health", "get", "503", true)]
    public async Task An_answer_of_another_status_that_is_no_problem_is_not_described_as_one(string path, string method, string status, bool hasContent)
    {
        await using var place = await ApiPlace.StartAsync();

        var (_, document) = await place.As(ApiRole.Operator).AskAsync("/openapi.json");

        var responses = document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses");
        var usual = responses.GetProperty(method == "post" ? "201" : "200");
        responses.GetProperty(status).TryGetProperty("content", out var content).Should().Be(hasContent);
        (hasContent ? content.GetRawText() : null).Should().Be(hasContent ? usual.GetProperty("content").GetRawText() : null);
    }

    [Fact]
    public async Task A_functions_arguments_and_a_change_of_a_list_are_described()
    {
        await using var place = await ApiPlace.StartAsync();

        var (_, document) = await place.As(ApiRole.Operator).AskAsync("/openapi.json");

        var body = document.GetProperty("paths").GetProperty("/api/tools/{name}").GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        body.GetProperty("anyOf").EnumerateArray().Should().HaveCount(3).And.Contain(shape => shape.GetProperty("properties").GetRawText().Contains("slot_id", StringComparison.Ordinal));
        JsonSerializer.Serialize(document.GetProperty("paths").GetProperty("/api/changes")).Should().Contain("""
            "after":{"anyOf":[{"type":"string"},{"type":"array"
            """.Trim());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/fhir+json")]
    public async Task A_vendors_event_is_described_in_each_of_its_forms_with_an_example(string type)
    {
        await using var place = await ApiPlace.StartAsync();

        var (_, document) = await place.As(ApiRole.Operator).AskAsync("/openapi.json");

        var body = document.GetProperty("paths").GetProperty("/api/ehr/{system}/events/{connection}").GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty(type);
        var forms = body.GetProperty("schema").GetProperty("oneOf").EnumerateArray().ToList();
        forms.Select(form => form.GetProperty("title").GetString()).Should().Equal("athenahealth", "fhir-r4");
        foreach (var form in forms)
        {
            var example = body.GetProperty("examples").GetProperty(form.GetProperty("title").GetString()!).GetProperty("value");
            var status = form.GetProperty("properties").GetProperty("entry").GetProperty("contains").GetProperty("properties").GetProperty("resource");
            var told = example.GetProperty("entry")[0].GetProperty("resource");
            status.GetProperty("properties").GetProperty("resourceType").GetProperty("const").GetString().Should().Be(told.GetProperty("resourceType").GetString());
            told.EnumerateObject().Select(member => member.Name).Should().BeSubsetOf(status.GetProperty("properties").EnumerateObject().Select(member => member.Name))
                .And.Contain(status.GetProperty("required").EnumerateArray().Select(name => name.GetString()!));
        }
    }

    [Fact]
    public void Examples_are_of_the_shapes_that_are_read_and_written()
    {
        foreach (var endpoint in ApiEndpoints.All)
        {
            if (endpoint is { Body: { } body, BodyExample: { } said })
            {
                FluentActions.Invoking(() => JsonSerializer.Deserialize(said, body)).Should().NotThrow(endpoint.Name);
            }

            if (endpoint is { Result: { } result, ResultExample: { } given })
            {
                FluentActions.Invoking(() => JsonSerializer.Deserialize(given, result)).Should().NotThrow(endpoint.Name);
            }
        }
    }

    private static void Note(ApiPlace place, string connection, string practice, string endpoint, int status, long at) => place.Calls.Note(new CallEntry
    {
        Practice = practice,
        Connection = connection,
        Endpoint = endpoint,
        Status = status,
        At = at,
        Milliseconds = 7,
        Actor = "=engine",
    });

    private static async Task<List<string?>> EndpointsAsync(HttpClient client, string query)
    {
        var (_, answer) = await client.AskAsync($"/api/logs?{query}");
        return [.. answer.GetProperty("calls").EnumerateArray().Where(call => call.GetProperty("connection").GetString() != "api").Select(call => call.GetProperty("endpoint").GetString())];
    }

    [GeneratedRegex(@"^# (HELP|TYPE) [a-z_]+ .+$")]
    private static partial Regex FamilyForm();

    [GeneratedRegex("""^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.E+-]+$""")]
    private static partial Regex ValueForm();

    [GeneratedRegex(" -?[0-9.E+-]+$", RegexOptions.Multiline)]
    private static partial Regex NumberForm();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PlaceholderForm();

    [GeneratedRegex("#/components/schemas/([A-Za-z]+)")]
    private static partial Regex ReferenceForm();
}
