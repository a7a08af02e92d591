using System.Text;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Tests.Ehr.Fhir;

public sealed class FhirClientTests
{
    private const string Json = "application/fhir+json";

    [Fact]
    public async Task A_resource_is_read_with_its_version()
    {
        await using var server = (await ScriptedServer.StartAsync()).On("GET /fhir/r4/Patient/a-195900.E-1", 200, """{"resourceType":"Patient","id":"a-195900.E-1","meta":{"versionId":"3"}}""", Json);
        var patient = await Client(server).ReadAsync("Patient", "a-195900.E-1", CallPriority.Sync, default);

        patient.Id.Should().Be("a-195900.E-1");
        patient.ETag.Should().Be("W/\"3\"");
        patient.Document.Kind.Should().Be("FHIR Patient");
        server.Requests.Single().Headers["Accept"].Should().Be(Json);
    }

    [Fact]
    public async Task Another_type_than_was_asked_for_is_not_taken()
    {
        await using var server = (await ScriptedServer.StartAsync()).On("GET /fhir/r4/Patient/1", 200, """{"resourceType":"Person","id":"1"}""", Json);

        (await Failing(() => Client(server).ReadAsync("Patient", "1", CallPriority.Sync, default))).Fault.Should().Be(EhrFault.NotUnderstood);
    }

    [Fact]
    public async Task All_pages_are_read_by_the_addresses_that_the_server_gives()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /fhir/r4/Observation", 200, Bundle($"{server.Address}/fhir/r4/pages?$cursor=a%2Fb&_count=2", "1", "2"), Json)
            .On("GET /fhir/r4/pages", 200, Bundle(null, "3"), Json);
        var pages = await AllAsync(Client(server, dialect => dialect with { FhirTenant = "ah-practice=Organization/a-1.Practice-{}" }), new FhirSearch("Observation", [new("patient", "1")]));

        pages.SelectMany(page => page.Resources).Select(one => one.Id).Should().Equal("1", "2", "3");
        server.Requests.Select(one => one.Query).Should().Equal("?patient=1&ah-practice=Organization%2Fa-1.Practice-195900", "?$cursor=a%2Fb&_count=2");
    }

    [Fact]
    public async Task Pages_that_lead_to_one_another_end()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /fhir/r4/Patient", 200, Bundle($"{server.Address}/fhir/r4/Patient?page=2", "1"), Json);

        (await Failing(() => AllAsync(Client(server), new FhirSearch("Patient", [])))).Message.Should().Contain("its pages have no end");
        server.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task Pages_without_anything_end_though_each_has_another_address()
    {
        await using var server = await ScriptedServer.StartAsync();
        var page = 0;
        server.On("GET /fhir/r4/Patient", context =>
        {
            context.Response.ContentType = Json;
            return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Bundle($"{server.Address}/fhir/r4/Patient?page={++page}"))).AsTask();
        });

        (await Failing(() => AllAsync(Client(server), new FhirSearch("Patient", [])))).Fault.Should().Be(EhrFault.NotUnderstood);
        server.Requests.Should().HaveCount(new FhirLimits().EmptyPagesMax + 1);
    }

    [Fact]
    public async Task A_next_page_on_another_host_is_not_asked_for()
    {
        await using var server = (await ScriptedServer.StartAsync()).On("GET /fhir/r4/Patient", 200, Bundle("https://elsewhere.example/fhir?x=1", "1"), Json);

        (await Failing(() => AllAsync(Client(server), new FhirSearch("Patient", [])))).Fault.Should().Be(EhrFault.ForeignHost);
        server.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData("Observation", "Observation by patient alone")]
    [InlineData("Appointment", "no search for appointments")]
    public async Task What_the_vendor_would_refuse_is_not_asked(string type, string reason)
    {
        await using var server = await ScriptedServer.StartAsync();
        var client = Client(server, dialect => dialect with { HasNoAppointmentSearch = true });

        (await Failing(() => AllAsync(client, new FhirSearch(type, [])))).Message.Should().Contain(reason);
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task What_the_server_says_of_a_refusal_is_told_by_its_codes_alone()
    {
        const string outcome = """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden","diagnostics":"Maria Garcia may not be read"},{"severity":"error","code":"Garcia"}]}""";
        await using var server = (await ScriptedServer.StartAsync()).On("GET /fhir/r4/Patient/1", 403, outcome, Json);
        var fault = await Failing(() => Client(server).ReadAsync("Patient", "1", CallPriority.Sync, default));

        fault.Fault.Should().Be(EhrFault.Forbidden);
        fault.Message.Should().EndWith("The server says: forbidden, unknown.").And.NotContain("Garcia");
        FhirOutcome.Read(fault.Reply)[0].Diagnostics.Should().Be("Maria Garcia may not be read");
    }

    [Fact]
    public async Task A_good_status_with_an_error_in_its_body_is_a_refusal()
    {
        await using var server = (await ScriptedServer.StartAsync()).On("GET /fhir/r4/Patient", 200, """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"too-costly"}]}""", Json);
        var fault = await Failing(() => AllAsync(Client(server), new FhirSearch("Patient", [])));

        fault.Fault.Should().Be(EhrFault.Refused);
        fault.Message.Should().Contain("too-costly");
    }

    [Fact]
    public async Task What_the_server_adds_to_a_page_is_no_resource_of_it()
    {
        const string page = """{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1"}},{"search":{"mode":"outcome"},"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"not-supported"}]}},{"fullUrl":"x"}]}""";
        await using var server = (await ScriptedServer.StartAsync()).On("GET /fhir/r4/Patient", 200, page, Json);
        var only = (await AllAsync(Client(server), new FhirSearch("Patient", []))).Single();

        only.Resources.Should().ContainSingle();
        only.Issues.Should().ContainSingle().Which.Code.Should().Be("not-supported");
    }

    [Fact]
    public async Task An_update_names_the_version_that_was_read_and_meets_another_ones()
    {
        await using var server = (await ScriptedServer.StartAsync())
            .On("PUT /fhir/r4/Appointment/9", 200, """{"resourceType":"Appointment","id":"9","meta":{"versionId":"2"}}""", Json)
            .On("PUT /fhir/r4/Appointment/9", 412, "{}", Json);
        var client = Client(server);
        var body = Encoding.UTF8.GetBytes("""{"resourceType":"Appointment","id":"9"}""");

        (await client.UpdateAsync("Appointment", "9", body, "W/\"1\"", CallPriority.Booking, default)).ETag.Should().Be("W/\"2\"");
        (await Failing(() => client.UpdateAsync("Appointment", "9", body, "W/\"1\"", CallPriority.Booking, default))).Fault.Should().Be(EhrFault.Conflict);
        server.Requests.Select(one => one.Headers["If-Match"]).Should().Equal("W/\"1\"", "W/\"1\"");
    }

    [Fact]
    public async Task What_was_made_has_the_id_of_its_address_where_nothing_comes_back()
    {
        await using var server = (await ScriptedServer.StartAsync()).On("POST /fhir/r4/Appointment", 201, "", Json, ("Location", "https://x/fhir/r4/Appointment/77/_history/1"));
        var made = await Client(server).CreateAsync("Appointment", Encoding.UTF8.GetBytes("""{"resourceType":"Appointment"}"""), null, CallPriority.Booking, default);

        made.Id.Should().Be("77");
        server.Requests.Single().Headers["Content-Type"].Should().StartWith(Json);
    }

    [Fact]
    public async Task A_failing_create_is_sent_once()
    {
        await using var server = (await ScriptedServer.StartAsync()).On("POST /fhir/r4/Appointment", 503, "");
        await Failing(() => Client(server).CreateAsync("Appointment", "{}"u8.ToArray(), null, CallPriority.Booking, default));

        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task The_server_says_what_it_can_do()
    {
        const string statement = """
            {"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server","resource":[
              {"type":"Patient","interaction":[{"code":"read"},{"code":"search-type"}]},
              {"type":"Group","operation":[{"name":"group-export","definition":"http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export"}]},
              {"type":"not a type"}]}]}
            """;
        await using var server = (await ScriptedServer.StartAsync()).On("GET /fhir/r4/metadata", 401, "").On("GET /fhir/r4/metadata", 200, statement, Json);
        var can = await Client(server).CapabilitiesAsync(default);

        can.Version.Should().Be("4.0.1");
        can.Types.Keys.Should().Equal("Group", "Patient");
        can.Can("Patient", "search-type").Should().BeTrue();
        can.Can("Patient", "create").Should().BeFalse();
        can.Exports.Should().Equal("Group");
    }

    [Fact]
    public async Task A_gateways_page_is_no_capability()
    {
        await using var server = (await ScriptedServer.StartAsync()).On("GET /fhir/r4/metadata", 200, "<html>busy</html>", "text/html");

        (await Failing(() => Client(server).CapabilitiesAsync(default))).Fault.Should().Be(EhrFault.NotUnderstood);
    }

    [Theory]
    [InlineData("a-{practice}.E-{}", "34772", "a-195900.E-34772")]
    [InlineData("a-{practice}.E-{}", "a-195900.E-34772", "a-195900.E-34772")]
    [InlineData("{}", "34772", "34772")]
    public void A_patients_number_is_framed_as_FHIR_has_it(string form, string number, string id)
    {
        var options = Connected.Options("http://localhost") with { Dialect = new EhrDialect { FhirPatientId = form } };

        FhirIds.OfPatient(options, number).Should().Be(id);
        FhirIds.NumberOf(options, id).Should().Be("34772");
    }

    private static string Bundle(string? next, params string[] ids) =>
        $$"""{"resourceType":"Bundle","type":"searchset",{{(next is null ? "" : $"\"link\":[{{\"relation\":\"next\",\"url\":\"{next}\"}}],")}}"entry":[{{string.Join(',', ids.Select(id => $"{{\"resource\":{{\"resourceType\":\"Observation\",\"id\":\"{id}\"}}}}"))}}]}""";

    private static FhirClient Client(ScriptedServer server, Func<EhrDialect, EhrDialect>? change = null)
    {
        var options = Connected.Options(server.Address);
        return new FhirClient(Connected.To(options with { Dialect = change?.Invoke(options.Dialect) ?? options.Dialect }));
    }

    private static async Task<List<FhirPage>> AllAsync(FhirClient client, FhirSearch search)
    {
        var pages = new List<FhirPage>();
        await foreach (var page in client.SearchAsync(search, default))
        {
            pages.Add(page);
        }

        return pages;
    }

    private static async Task<EhrException> Failing<T>(Func<Task<T>> call) => (await call.Should().ThrowAsync<EhrException>()).Which;
}
