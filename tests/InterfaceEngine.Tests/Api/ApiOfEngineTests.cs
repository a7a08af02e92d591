using System.Net;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Api;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Api;

/// <summary>The interface of a whole engine, as its settings open it: keys and calls are in its store.</summary>
public sealed class ApiOfEngineTests
{
    private const string Key = "ie_0123456789abcdefghijklmnopqrstuvwxyz";

    [Fact]
    public async Task A_key_of_the_store_opens_it_until_it_is_revoked_and_its_calls_are_in_the_log()
    {
        await using var engine = await RunningEngine.StartAsync(WithApi);
        var store = engine.Host.Core.Store;
        await store.ApiKeys.AddAsync(NewKey("practice-studio", ApiRole.Administrator), new AuditEntry("maria", "keys create", null, "practice-studio", null), default);
        await engine.Host.Core.Intake.AcceptAsync(new(TestEngine.Sample("guide-a04.hl7"), TestEngine.Guide), default);
        using var client = new HttpClient { BaseAddress = new Uri(engine.Host.Api!.Url) };
        client.DefaultRequestHeaders.Add("X-Api-Key", Key);

        (await client.AskAsync("/api/records/patient/12345?practice=1959")).Status.Should().Be(HttpStatusCode.OK);
        // A call is noted when its answer is out, which has come by then: what is asked next may be noted before.
        await RunningEngine.UntilAsync(async () => (await EndpointsAsync(client)).SequenceEqual(["GET /api/records/{type}/{id}"]));
        (await client.AskAsync("/health")).Status.Should().Be(HttpStatusCode.OK);
        await RunningEngine.UntilAsync(async () => (await EndpointsAsync(client)).SequenceEqual(["GET /health", "GET /api/records/{type}/{id}"]));

        await store.ApiKeys.RevokeAsync("practice-studio", new AuditEntry("maria", "keys revoke", null, "practice-studio", null), default);
        await RunningEngine.UntilAsync(async () => (await client.AskAsync("/api/tools")).Status == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task It_ends_with_the_engine_and_a_port_that_is_taken_ends_the_start()
    {
        var engine = await RunningEngine.StartAsync(WithApi);
        var (url, address) = (engine.Host.Api!.Url, engine.Host.Api.Address);

        await FluentActions.Awaiting(() => RunningEngine.StartAsync(settings => settings with { Api = new ApiOptions { Listens = address } })).Should().ThrowAsync<ApiStartException>();
        await engine.DisposeAsync();

        using var client = new HttpClient();
        await FluentActions.Awaiting(() => client.GetAsync($"{url}/health")).Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task Nothing_is_opened_where_the_settings_name_no_port()
    {
        await using var engine = await RunningEngine.StartAsync();

        engine.Host.Api.Should().BeNull();
    }

    /// <summary>The calls in the log, the newest first, without those for the log itself.</summary>
    private static async Task<IEnumerable<string?>> EndpointsAsync(HttpClient client) =>
        (await client.AskAsync("/api/logs?connection=api")).Body.GetProperty("calls").EnumerateArray().Select(call => call.GetProperty("endpoint").GetString()).Where(endpoint => endpoint != "GET /api/logs");

    private static EngineSettings WithApi(EngineSettings settings) => settings with { Api = new ApiOptions { Listens = new IPEndPoint(IPAddress.Loopback, 0) } };

    private static ApiKey NewKey(string name, ApiRole role) => new()
    {
        Id = new EngineId(1),
        Name = name,
        Hash = SHA256.HashData(Encoding.UTF8.GetBytes(Key)),
        Role = role,
        Practices = [],
        CreatedAt = 0,
    };
}
