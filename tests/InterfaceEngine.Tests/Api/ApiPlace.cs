using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Health;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Api;

/// <summary>The HTTP interface on a free port over a real store, and clients that call it over real connections.</summary>
internal sealed class ApiPlace : IAsyncDisposable
{
    private readonly List<HttpClient> _clients = [];

    private ApiPlace(TestEngine engine) => Engine = engine;

    public TestEngine Engine { get; }

    public KeptKeys Keys { get; } = new();

    public NotedCalls Calls { get; } = new();

    public ApiServer Server { get; private set; } = null!;

    public Readiness Readiness { get; private set; } = null!;

    public static async Task<ApiPlace> StartAsync(Func<ApiParts, ApiParts>? change = null, ILoggerFactory? loggers = null, params (string Path, string Text)[] mappings)
    {
        var place = new ApiPlace(await TestEngine.StartAsync(mappings));
        place.Readiness = new Readiness(place.Engine.Time, NullLogger<Readiness>.Instance);
        var engine = place.Engine.Core.Parts();
        var parts = new ApiParts
        {
            Control = new EngineOperations(engine),
            Engine = engine,
            Keys = new KeyRing(place.Keys, place.Engine.Time),
            Calls = place.Calls,
            Readiness = place.Readiness,
            // So long that a busy machine breaks nothing off by itself.
            Options = new ApiOptions { HeadTimeout = TimeSpan.FromMinutes(1), StopTimeout = TimeSpan.FromMinutes(1) },
        };
        place.Server = await ApiServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), change?.Invoke(parts) ?? parts, loggers ?? NullLoggerFactory.Instance, default);
        return place;
    }

    /// <summary>A connection of practice 195900, as settings would have it.</summary>
    public static ConnectionOptions Connection(string id, string practice = "195900", string system = "athenahealth") => new()
    {
        Id = id,
        Practice = practice,
        Profile = system == "athenahealth" ? "athena-real" : "ecw-real",
        System = system,
        VendorPractice = practice,
    };

    /// <summary>A client with a new key of a role.</summary>
    public HttpClient As(ApiRole role, params string[] practices) => With(Keys.Make(role, practices));

    /// <summary>A client with a key; without one when it is null. A key that was made just now is known a second later.</summary>
    public HttpClient With(string? key)
    {
        Engine.Time.Advance(TimeSpan.FromSeconds(1));
        var client = new HttpClient(new DocumentedAnswers()) { BaseAddress = new Uri(Server.Url) };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Server.DisposeAsync();
        await Engine.DisposeAsync();
    }
}

/// <summary>Answers as tests look at them; the body of one that is no JSON is not looked at.</summary>
internal static class ApiAnswers
{
    public static async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(this HttpClient client, string address) =>
        await ReadAsync(await client.GetAsync(address));

    public static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(this HttpClient client, string method, string address, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await ReadAsync(await client.SendAsync(request));
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonDocument.Parse(text).RootElement : default);
        }
    }
}
