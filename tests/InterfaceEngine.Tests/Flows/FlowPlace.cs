using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sandbox.Vendors.Fhir;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Api;
using InterfaceEngine.Tests.Cli;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Flows;

/// <summary>How what changes at a vendor comes by itself.</summary>
public enum Arrival
{
    /// <summary>It does not: somebody asks.</summary>
    WhenAsked,

    /// <summary>The vendor calls.</summary>
    Events,

    /// <summary>The feeds of what changed are read all the time.</summary>
    Feeds,

    /// <summary>A synchronisation runs by the clock.</summary>
    Clock,

    /// <summary>It does not, and who asks is told by athenaNet and not by FHIR.</summary>
    WhenAskedByRest,
}

/// <summary>
/// A whole engine as its settings open it, with the HTTP interface and one connection, and the vendor's stand-in at the other end of it, over real HTTP and within the
/// vendor's own limits. What is asked is asked as Practice Studio asks it, with a key, or as a person types it.
/// </summary>
internal sealed class FlowPlace : IAsyncDisposable
{
    public const string Connection = "conn_123";
    public const string Destination = "visits";

    /// <summary>What the vendor tells over HL7.</summary>
    public const string Feed = "feed";

    /// <summary>Few, for the vendors' limits hold here as they do there; these three have something of everything.</summary>
    private const int People = 3;
    private const int Seed = 2;

    /// <summary>What the guides ask an export for, word for word.</summary>
    private static readonly string[] _guideTypes = ["Patient", "Observation", "Condition", "DiagnosticReport", "CarePlan", "Encounter"];

    private readonly EngineFolder _folder = new();
    private readonly Lazy<Task<(JsonElement Begun, JsonElement Complete)>> _exported;

    private readonly string? _destination;

    private FlowPlace(string profile, string? destination, Arrival arrival) => (Profile, _destination, Arrival, _exported) = (profile, destination, arrival, new(ExportAsync));

    public Arrival Arrival { get; }

    public string Profile { get; }

    public string System => IsAthena ? "athenahealth" : "eclinicalworks";

    public bool IsAthena => Profile.StartsWith("athena", StringComparison.Ordinal);

    /// <summary>The types that the vendor's guide exports.</summary>
    public IReadOnlyList<string> Exported => IsAthena ? _guideTypes : [.. _guideTypes, "Communication", "Task"];

    /// <summary>The practice's id here, and its number at the vendor.</summary>
    public string Practice => Profile switch { "athena-real" => "195900", "athena-guide" => "1959", _ => "FFBJCD" };

    public VendorServer Vendor { get; private set; } = null!;

    public EngineHost Engine { get; private set; } = null!;

    /// <summary>Where <see cref="Feed"/> is taken.</summary>
    public IPEndPoint FeedAddress => Engine.Addresses.Single(one => one.Source == Feed).Address;

    /// <summary>Practice Studio.</summary>
    public HttpClient Client { get; } = new();

    /// <param name="profile">Which vendor is stood in for.</param>
    /// <param name="destination">Where visits go, as the settings have it; null for over the connection, where the vendor takes them.</param>
    /// <param name="arrival">How what changes at the vendor comes by itself.</param>
    /// <param name="people">How many the vendor knows.</param>
    public static async Task<FlowPlace> StartAsync(string profile, string? destination = null, Arrival arrival = Arrival.WhenAsked, int people = People)
    {
        var place = new FlowPlace(profile, destination, arrival);
        await place.StartAsync(people);
        return place;
    }

    /// <summary>The export with which a practice begins, once for all tests of this vendor: what its beginning was answered, and its end.</summary>
    public Task<(JsonElement Begun, JsonElement Complete)> ExportedAsync() => _exported.Value;

    /// <summary>Asks over the HTTP interface and expects it to be done; the guides' <c>data</c>, else the whole answer.</summary>
    public async Task<JsonElement> AskAsync(string method, string address, string? body = null, params (string Name, string Value)[] headers)
    {
        var (status, answer) = await Client.SendAsync(method, address, body, headers);
        ((int)status).Should().BeInRange(200, 299, $"{method} {address} was answered {answer}");
        return answer.TryGetProperty("data", out var data) ? data : answer;
    }

    /// <summary>Types a command and expects it to end well.</summary>
    public async Task<JsonElement> TypeAsync(params string[] arguments)
    {
        var ran = await RunAsync([.. arguments, "--json"]);
        ran.Code.Should().Be(0, $"{string.Join(' ', arguments)} said {ran.Error}");
        return JsonDocument.Parse(ran.Out).RootElement;
    }

    public Task<Ran> RunAsync(params string[] arguments) => _folder.RunAsync(arguments);

    /// <summary>What the vendor has of a type of everybody, as FHIR gives it.</summary>
    public IReadOnlyList<JsonElement> AtVendor(string type) => Vendor.At(practice =>
    {
        var chart = new FhirChart(practice, new(practice.House.Id, Profile == "athena-real"));
        return practice.Patients.SelectMany(patient => chart.Of(type, patient)).Select(resource => JsonDocument.Parse(resource.Body.ToJsonString()).RootElement).ToList();
    });

    /// <summary>Returns when a booking was told; throws when a person would have to look.</summary>
    public Task DeliveredAsync(string delivery) => RunningEngine.UntilAsync(async () =>
        EngineId.TryParse(delivery, out var id) && (await Engine.Core.Store.ReadAsync(reader => reader.Delivery(id), default))!.State switch
        {
            DeliveryState.Delivered => true,
            DeliveryState.Waiting => false,
            var other => throw new InvalidOperationException($"the booking is {other}"),
        });

    public async Task<IReadOnlyList<StoredRecord>> RecordsAsync(string type) =>
        await Engine.Core.Store.ReadAsync(reader => reader.Records(Practice, type, EngineId.None, 10_000), default);

    /// <summary>What stands still, has to be decided or was refused, of everything that ever came.</summary>
    public async Task<IReadOnlyDictionary<MessageState, long>> StatesAsync() =>
        (await Engine.Core.Store.ReadAsync(reader => reader.MessageCounts(), default)).GroupBy(count => count.State).ToDictionary(group => group.Key, group => group.Sum(count => count.Count));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await (Engine?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Vendor?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    private async Task StartAsync(int people)
    {
        var keys = Profile == "ecw-real" ? KeyFile() : null;
        Vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = Profile, People = people, Seed = Seed, ClientKeys = keys, Export = new VendorExport { Polls = 1 }, NotificationPatience = TimeSpan.FromMinutes(1) }, TimeProvider.System);
        if (!IsAthena)
        {
            _folder.AddMappings(FhirClinic.TablesOf(Practice));
        }

        _folder.WriteSettings(Settings(), $$"""{ "{{Practice}}": { "Zone": "America/Chicago", {{Dialect}} } }""");
        Engine = (await _folder.StartAsync())!;
        Client.BaseAddress = new Uri(Engine.Api!.Url);
        var key = await RunAsync("keys", "create", "practice-studio", "--role", "administrator");
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Out.Split('\n')[0]);
    }

    private string Dialect => Profile switch
    {
        "athena-real" => "\"Profile\": \"athena\"",
        "athena-guide" => "\"Profile\": \"guide\"",
        _ => "\"Profile\": \"standard\", \"Vendor\": \"eclinicalworks\"",
    };

    private string Settings()
    {
        _folder.Write("secret", Vendor.ClientSecret);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.PathOf("secret"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var proof = Profile == "ecw-real" ? """ "Proof": "private-key", "Keys": [ { "File": "key.pem", "Kid": "k1" } ] """ : """ "SecretFile": "secret" """;
        var rest = Vendor.Rest is { } address ? $"\"Rest\": \"{address}\"," : "";
        var group = Profile == "ecw-real" ? $$"""{ "ExportGroup": "Group/{{Practice}}" }""" : "{}";
        var kind = Profile switch { "ecw-guide" => "fhir", "ecw-real" => null, _ => "athenanet" };
        var calls = kind is null ? null : $$""" "Kind": "{{kind}}", "Connection": "{{Connection}}" """;

        // One that the vendor is told beforehand.
        var port = Arrival == Arrival.Events ? Ports.Free() : 0;
        var arrival = Arrival switch
        {
            Arrival.Events => $$""", "Events": { "Topics": ["Patient.update", "Appointment.cancel"], "Callback": "http://127.0.0.1:{{port}}" }""",
            Arrival.Feeds => """, "Changed": { "Feeds": ["patients", "appointments"], "Every": "1s" }""",
            Arrival.Clock => """, "Sync": { "Every": "1s" }""",
            Arrival.WhenAskedByRest => """, "Sync": { "Chart": "Rest" }""",
            _ => "",
        };
        var destinations = (_destination ?? calls) is { } told ? $$"""{ "{{Destination}}": { {{told}}, "Practices": ["{{Practice}}"], "BackOffMin": "10ms", "BackOffMax": "50ms", "PollInterval": "200ms" } }""" : "{}";
        return $$"""
            "Sources": { "{{Feed}}": { "Port": 0, "Practices": ["{{Practice}}"] } },
            "Api": { "Port": {{port}} },
            "Connections": {
              "{{Connection}}": {
                "Practice": "{{Practice}}", "Profile": "{{Profile}}", {{rest}} "Fhir": "{{Vendor.Fhir}}", "Token": "{{Vendor.TokenAddress}}",
                "Client": { "Id": "{{Vendor.ClientId}}", {{proof}} }, "Dialect": {{group}}{{arrival}}
              }
            },
            "Destinations": {{destinations}}
            """;
    }

    /// <summary>A new private key of the engine's.</summary>
    /// <returns>The public one, as the vendor is told.</returns>
    private string KeyFile()
    {
        using var key = global::System.Security.Cryptography.RSA.Create(2048);
        _folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.PathOf("key.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return Encoding.UTF8.GetString(ClientKeys.Published(new EhrClient { Id = "engine", Proof = ClientProof.PrivateKey, Keys = [new ClientKeyOptions(_folder.PathOf("key.pem"), "k1", null)] }));
    }

    private async Task<(JsonElement Begun, JsonElement Complete)> ExportAsync()
    {
        var begun = await AskAsync(
            "POST", $"/api/ehr/{System}/bulk-export",
            $$"""{ "connectionId": "{{Connection}}", "exportType": "Patient", "resourceTypes": {{JsonSerializer.Serialize(Exported)}}, "since": "1990-01-01T00:00:00Z" }""");
        var complete = begun;
        while (complete.GetProperty("status").GetString() == "IN_PROGRESS")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            complete = await AskAsync("GET", $"/api/ehr/{System}/bulk-export/{begun.GetProperty("id").GetString()}");
        }

        return (begun, complete);
    }
}
