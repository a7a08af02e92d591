using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Sources.Ehr.Changed;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using ChangedFeed = InterfaceEngine.Sources.Ehr.Changed.ChangedFeed;

namespace InterfaceEngine.Tests.Sources.Ehr;

/// <summary>A real engine with a connection to a stand-in of athenahealth, over real HTTP; each by a clock that a test moves.</summary>
internal sealed class AthenaPlace : IAsyncDisposable
{
    public const string Practice = "195900";
    public const string Patients = "patients";
    public const string Appointments = "appointments";
    public const string Read = "GET /patients/changed";

    private AthenaPlace(VendorServer vendor, TestEngine engine) => (Vendor, Engine) = (vendor, engine);

    public VendorServer Vendor { get; }

    public TestEngine Engine { get; }

    /// <summary>How often a feed itself was read, replays and subscriptions apart.</summary>
    public IEnumerable<VendorCall> Reads => Vendor.Calls.Where(call => call.Endpoint == Read && !call.Query.Contains("showprocessed", StringComparison.OrdinalIgnoreCase));

    public IEnumerable<VendorCall> Replays => Vendor.Calls.Where(call => call.Endpoint == Read && call.Query.Contains("showprocessed", StringComparison.OrdinalIgnoreCase));

    /// <param name="change">Changes how the vendor is.</param>
    /// <param name="isOnPostgres">The store is one that several nodes share.</param>
    /// <param name="connect">Changes how the engine is connected.</param>
    public static async Task<AthenaPlace> StartAsync(Func<VendorServerOptions, VendorServerOptions>? change = null, bool isOnPostgres = false, Func<ConnectionOptions, ConnectionOptions>? connect = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero));
        var options = new VendorServerOptions { Profile = "athena-real", People = 40, Limits = VendorLimits.None, IsUntidy = false };
        var vendor = await VendorServer.StartAsync(change?.Invoke(options) ?? options, clock);
        Func<EngineSettings, EngineSettings> settings = one => one with { Connections = [connect?.Invoke(To(vendor)) ?? To(vendor)] };
        return new AthenaPlace(vendor, isOnPostgres ? await TestEngine.StartOnPostgresAsync(settings) : await TestEngine.StartAsync(settings)) { Clock = clock };
    }

    /// <summary>The vendor's.</summary>
    public FakeTimeProvider Clock { get; private init; } = null!;

    /// <summary>athenaNet's calls over the engine's connection.</summary>
    public AthenaNetClient Client => new(Engine.Core.Connections[Connected.Id]);

    public ChangedFeed Feed(string name = Patients) => Engine.Core.Vendor(Connected.Id).Changed()[name];

    /// <summary>Another process that follows the same feed.</summary>
    /// <param name="store">What it remembers; null for the engine's.</param>
    /// <param name="documents">Takes its rows; null for the engine's.</param>
    /// <param name="kind">Which feed.</param>
    public ChangedFeed Another(IConnectionStore? store = null, VendorDocuments? documents = null, ChangedKind? kind = null) => new(
        Engine.Core.Connections[Connected.Id], kind ?? ChangedKind.Find(Patients)!, documents ?? Engine.Core.VendorDocuments, Engine.Core.Vendor(Connected.Id).Insurances(), store ?? Engine.Store.Connections, Engine.Store.Leases, "another", Engine.Time, NullLogger<ChangedFeed>.Instance);

    /// <summary>A feed that is subscribed to, and read to its end once.</summary>
    public async Task<ChangedFeed> FollowedAsync(string name = Patients)
    {
        var feed = Feed(name);
        await feed.LookAsync(null, default);
        return feed;
    }

    /// <summary>Changes patients at the vendor, each by a new address.</summary>
    /// <returns>Their numbers.</returns>
    public IReadOnlyList<string> Change(params int[] patients)
    {
        Clock.Advance(TimeSpan.FromSeconds(10));
        Engine.Time.Advance(TimeSpan.FromSeconds(10));
        return Vendor.At(practice => (IReadOnlyList<string>)[.. patients.Select(number =>
        {
            var patient = practice.Patients[number];
            patient.Person = patient.Person with { Email = $"a{practice.Changes.Count}@example.org" };
            practice.Tell("UpdatePatient", patient);
            return patient.Person.Id;
        })]);
    }

    public async Task<int> CountAsync(string type) => (await Engine.RecordsAsync(Practice, type)).Count;

    public async Task<long> MessagesAsync() => (await Engine.Store.ReadAsync(reader => reader.MessageCounts(), default)).Sum(count => count.Count);

    /// <summary>What the engine has of patients' addresses at the moment, and what the vendor has.</summary>
    public async Task<(IReadOnlyList<string?> Ours, IReadOnlyList<string?> Theirs)> EmailsAsync(IEnumerable<string> patients)
    {
        var (ours, theirs) = (new List<string?>(), new List<string?>());
        foreach (var id in patients)
        {
            theirs.Add(Vendor.At(practice => practice.Patient(id)!.Person.Email));
            ours.Add((await Engine.RecordAsync(Practice, "patient", id))?.Fields.SingleOrDefault(field => field.Name == "email")?.Value);
        }

        return (ours, theirs);
    }

    /// <summary>Nothing of these patients was lost.</summary>
    public async Task ShouldHaveAsync(IEnumerable<string> patients, string because = "")
    {
        var (ours, theirs) = await EmailsAsync(patients);
        ours.Should().Equal(theirs, because);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Vendor.DisposeAsync();
    }

    private static ConnectionOptions To(VendorServer vendor) => Connected.Options("http://127.0.0.1") with
    {
        Practice = Practice,
        Rest = vendor.Rest,
        Fhir = vendor.Fhir,
        Token = vendor.TokenAddress,
        Client = new EhrClient { Id = vendor.ClientId, Secret = new EhrSecret(vendor.ClientSecret) },
        Scopes = AthenaProfiles.Real.Scopes,
        Dialect = AthenaProfiles.Real.Dialect,
        Changed = new ChangedOptions { Feeds = [.. ChangedKind.All.Select(kind => kind.Name)] },
    };
}
