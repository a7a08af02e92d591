using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Control;

/// <summary>How connections are and what their servers can do, as people ask it; with vendors' stand-ins.</summary>
public sealed class ConnectionOperationsTests
{
    [Fact]
    public async Task A_connection_is_ready_off_or_failing_and_counts_its_calls()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var engine = await StartAsync(To(vendor, "good"), To(vendor, "bad") with { Client = new EhrClient { Id = "nobody", Secret = new EhrSecret("x") } }, To(vendor, "off") with { Rest = new Uri("https://api.example.com/v1/1") });
        await engine.Core.Connections["good"].SendAsync(new EhrCall { Template = "/departments" }, default);
        vendor.Faults.Add("GET /departments", VendorFault.Drop, times: 9);
        await FluentActions.Awaiting(() => engine.Core.Connections["bad"].SendAsync(new EhrCall { Template = "/departments", HasToken = false, MayRepeat = false }, default)).Should().ThrowAsync<EhrException>();

        var views = (await AskAsync<ConnectionsAnswer>(engine, new ListConnectionsRequest { Actor = new("test") })).Connections.ToDictionary(view => view.Id);

        (views["good"].State, views["good"].UsedToday, views["good"].Quota, views["good"].LastAnswerAt is not null).Should().Be(("ready", 2, 50_000, true));
        (views["bad"].State, views["bad"].Reason).Should().Be(("failing", "the last call came to nothing: no answer"));
        views["off"].State.Should().Be("off");
        views["off"].Reason.Should().Contain("Connections:off:Enabled");
        (await AskAsync<StatusAnswer>(engine, new StatusRequest { Actor = new("test") })).Connections.Should().HaveCount(3);
    }

    [Theory]
    [InlineData("athena-real", true, true, false)]
    [InlineData("ecw-real", true, false, false)]
    public async Task Capabilities_are_the_servers_own(string profile, bool exports, bool appointments, bool communications)
    {
        await using var vendor = await VendorAsync(profile);
        await using var engine = await StartAsync(To(vendor, "c"));

        var answer = await AskAsync<EhrCapabilitiesAnswer>(engine, new EhrCapabilitiesRequest("c") { Actor = new("test") });

        (answer.Capabilities["bulkExport"], answer.Capabilities["appointments"], answer.Capabilities["communications"], answer.Capabilities["diagnosticReports"]).Should().Be((exports, appointments, communications, true));
        answer.ResourceTypes.Should().Contain("Patient");
        answer.RateLimit.Should().EndWith("requests/second");
    }

    [Fact]
    public async Task A_connection_of_another_practice_is_not_there_and_a_server_that_does_not_answer_is_told()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var engine = await StartAsync(To(vendor, "c"), To(vendor, "gone") with { Fhir = new Uri($"{vendor.Address}nowhere") });

        (await FailureAsync(engine, new EhrCapabilitiesRequest("c") { Actor = new("test"), Practices = ["195900"] })).Kind.Should().Be(FailureKind.NotFound);
        (await FailureAsync(engine, new EhrCapabilitiesRequest("x") { Actor = new("test") })).Message.Should().Be("x is no connection: c, gone are there.");
        (await FailureAsync(engine, new EhrCapabilitiesRequest("gone") { Actor = new("test") })).Kind.Should().Be(FailureKind.Refused);
    }

    [Fact]
    public async Task A_connection_is_tried_step_by_step_and_nothing_secret_is_shown()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var engine = await StartAsync(To(vendor, "good"), To(vendor, "wrong") with { Client = new EhrClient { Id = "sandbox-client", Secret = new EhrSecret("guessed") } });

        var reached = (await AskAsync<ConnectivityAnswer>(engine, new ConnectivityRequest(null) { Actor = new("test") })).Reached.ToDictionary(view => view.Name);

        reached["good"].Works.Should().BeTrue(reached["good"].Problem);
        reached["good"].Steps.Select(step => (step.Name, step.State)).Should().Equal(("name", "ok"), ("port", "ok"), ("TLS", "ok"), ("token", "ok"), ("scopes", "ok"), ("read", "ok"));
        reached["wrong"].Steps.Select(step => (step.Name, step.State)).Should().Equal(("name", "ok"), ("port", "ok"), ("TLS", "ok"), ("token", "failed"), ("scopes", "not tried"), ("read", "not tried"));
        string.Join('\n', reached.Values.SelectMany(view => view.Steps).Select(step => step.Evidence)).Should().NotContain("guessed").And.NotContain(vendor.ClientSecret);
    }

    private static Task<VendorServer> VendorAsync(string profile) => VendorServer.StartAsync(new VendorServerOptions { Profile = profile, Limits = VendorLimits.None }, TimeProvider.System);

    private static ConnectionOptions To(VendorServer vendor, string id) => new()
    {
        Id = id,
        Practice = "1959",
        Profile = "custom",
        System = "athenahealth",
        VendorPractice = "195900",
        Rest = vendor.Rest,
        Fhir = vendor.Fhir,
        Token = vendor.TokenAddress,
        Client = new EhrClient { Id = vendor.ClientId, Secret = new EhrSecret(vendor.ClientSecret) },
        Scopes = AthenaProfiles.Real.Scopes,
        Rate = AthenaProfiles.Real.Sandbox.Rate with { TokensPerMinute = 0 },
        Dialect = AthenaProfiles.Real.Dialect,
    };

    private static Task<TestEngine> StartAsync(params ConnectionOptions[] connections) => TestEngine.StartAsync(settings => settings with { Connections = connections });

    private static async Task<T> AskAsync<T>(TestEngine engine, ControlRequest request)
        where T : ControlAnswer => (await new EngineOperations(engine.Core.Parts()).AskAsync(request, default)).Should().BeOfType<T>().Which;

    private static Task<FailureAnswer> FailureAsync(TestEngine engine, ControlRequest request) => AskAsync<FailureAnswer>(engine, request);
}
