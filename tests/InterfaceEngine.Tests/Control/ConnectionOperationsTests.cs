using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Ehr.Trials;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
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

    [Fact]
    public async Task A_connection_that_gets_no_token_is_failing_whatever_else_is_answered()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var engine = await StartAsync(To(vendor, "refused") with { Client = new EhrClient { Id = "sandbox-client", Secret = new EhrSecret("guessed") } });
        var connection = engine.Core.Connections["refused"];
        await FluentActions.Awaiting(() => connection.SendAsync(new EhrCall { Template = "/departments" }, default)).Should().ThrowAsync<EhrException>();

        await connection.SendAsync(new EhrCall { Of = EhrInterface.Fhir, Template = "/metadata", HasToken = false }, default);

        var view = await ViewAsync(engine);
        (view.State, view.LastAnswerAt is not null).Should().Be(("failing", true));
        view.Reason.Should().StartWith("the last call came to nothing: refused token: 401 invalid_client: the client, its secret or its key is not known there").And.NotContain("guessed");
        var calls = await engine.Store.Calls.ReadAsync(new CallQuery(), default);
        calls.Select(call => (call.Call.Endpoint, call.Call.Status, call.Call.Fault)).Should().Equal(
            ("GET /metadata", 200, null), ("GET /departments", 0, "no token"), ("POST token", 401, null));
    }

    [Fact]
    public async Task A_connection_whose_days_calls_are_used_up_is_paused_until_the_next_day_and_one_without_a_limit_is_not_counted()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var engine = await StartAsync(To(vendor, "used") with { Rate = new RateOptions { PerDay = 2 } }, To(vendor, "unlimited") with { Rate = new RateOptions() });
        foreach (var connection in engine.Core.Connections.Values)
        {
            await connection.SendAsync(new EhrCall { Template = "/departments" }, default);
        }

        (await FluentActions.Awaiting(() => engine.Core.Connections["used"].SendAsync(new EhrCall { Template = "/departments" }, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.RateLimited);

        var views = (await AskAsync<ConnectionsAnswer>(engine, new ListConnectionsRequest { Actor = new("test") })).Connections.ToDictionary(view => view.Id);
        (views["used"].State, views["used"].Reason, views["used"].UsedToday).Should().Be(("paused", "the day's calls are used up", 2));
        views["used"].PausedUntil.Should().Be(new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.Zero));
        (views["unlimited"].State, views["unlimited"].UsedToday).Should().Be(("ready", (long?)null));
        (await engine.Store.Calls.ReadAsync(new CallQuery { Connection = "used" }, default))[0].Call.Should().Match<CallEntry>(call => call.Status == 0 && call.Fault == "rate used up");
    }

    [Fact]
    public async Task A_connection_of_a_user_is_not_ready_before_somebody_has_consented()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var engine = await StartAsync(To(vendor, "user") with { Client = new EhrClient { Id = "app", Grant = TokenGrant.AuthorizationCode } });
        var before = await ViewAsync(engine);

        var options = engine.Core.Connections["user"].Options;
        await new UserGrant(options, engine.Store.Connections, engine.Time).KeepAsync(
            new TokenAnswer(new EhrSecret("access"), TimeSpan.FromHours(1)) { Refresh = new EhrSecret("refresh") }, engine.Time.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds(), default);

        (before.State, before.Reason).Should().Be(("no consent yet", "a user has to consent at the vendor: ehr consent user"));
        (await ViewAsync(engine)).State.Should().Be("ready");
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

    [Fact]
    public async Task A_trial_asks_for_new_tokens_since_one_that_is_kept_proves_nothing()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var engine = await StartAsync(To(vendor, "c"));
        await engine.Core.Connections["c"].SendAsync(new EhrCall { Template = "/departments" }, default);
        await using var changed = Connected.To(To(vendor, "c") with { Client = new EhrClient { Id = "sandbox-client", Secret = new EhrSecret("guessed") } }, store: engine.Store.Connections);
        await changed.SendAsync(new EhrCall { Template = "/departments" }, default);

        (await new ConnectionTrial(changed, [], TimeProvider.System).RunAsync(default)).Single(step => step.Name == "token").Should().Match<TrialStep>(step => step.Works == false && step.Evidence.Contains("invalid_client"));

        await changed.SendAsync(new EhrCall { Template = "/departments" }, default);
        var tokens = (await engine.Store.Calls.ReadAsync(new CallQuery { Connection = "c" }, default)).Count(call => call.Call.Endpoint == "POST token");
        tokens.Should().Be(1, "what was kept is kept when the trial fails");
    }

    [Fact]
    public async Task A_trial_takes_every_server_and_every_set_of_scopes()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var elsewhere = await ScriptedServer.StartAsync();
        var options = To(vendor, "c");
        await using var good = Connected.To(options);
        await using var half = Connected.To(options with { Fhir = new Uri($"{elsewhere.Address}/fhir/r4") });
        await using var nobody = Connected.To(options with { Fhir = new Uri("http://127.0.0.1:1/fhir/r4") });
        await using var ungranted = Connected.To(options with { Scopes = options.Scopes with { Export = "nonsense" } });

        var all = await new ConnectionTrial(good, [], TimeProvider.System).RunAsync(default);
        all.Single(step => step.Name == "token").Evidence.Should().Contain("one for athenaNet that").And.Contain("one for FHIR that").And.Contain("one for exports that").And.NotContain("events");
        all.Single(step => step.Name == "read").Evidence.Should().Contain("GET /departments: 200").And.Contain("GET /metadata: 200");
        (await FailedAsync(half)).Should().Match<TrialStep>(step => step.Name == "read" && step.Evidence.Contains("GET /metadata: 404"));
        (await FailedAsync(nobody)).Should().Match<TrialStep>(step => step.Name == "port" && step.Evidence == "127.0.0.1:1: ConnectionRefused");
        (await FailedAsync(ungranted)).Should().Match<TrialStep>(step => step.Name == "token" && step.Evidence.Contains("invalid_scope"));
    }

    [Fact]
    public async Task A_clock_is_spoken_of_where_it_is_off_by_more_than_the_whole_seconds_that_it_is_said_in()
    {
        await using var server = await ScriptedServer.StartAsync();

        // By a clock that stands still: the answer may be a while on its way here.
        var clock = new FakeTimeProvider();
        server.On("GET /v1/195900/departments", 200, "{}", headers: ("Date", clock.GetUtcNow().AddSeconds(-1).ToString("R", CultureInfo.InvariantCulture)))
            .On("GET /v1/195901/departments", 200, "{}", headers: ("Date", "Wed, 21 Oct 2015 07:28:00 GMT"));
        var right = Connected.Options(server.Address) with { Fhir = null };
        async Task<string> EvidenceAsync(ConnectionOptions options)
        {
            await using var connection = Connected.To(options);
            return (await new ConnectionTrial(connection, [], clock).RunAsync(default)).Single(step => step.Name == "read").Evidence;
        }

        (await EvidenceAsync(right)).Should().Be("GET /departments: 200, 2 bytes");
        (await EvidenceAsync(right with { Rest = new Uri($"{server.Address}/v1/195901") })).Should().StartWith("GET /departments: 200, 2 bytes, its clock is ").And.EndWith(" s behind");
    }

    private static async Task<TrialStep> FailedAsync(EhrConnection connection) => (await new ConnectionTrial(connection, [], TimeProvider.System).RunAsync(default)).Single(step => step.Works == false);

    private static async Task<ConnectionView> ViewAsync(TestEngine engine) => (await AskAsync<ConnectionsAnswer>(engine, new ListConnectionsRequest { Actor = new("test") })).Connections.Single();

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
