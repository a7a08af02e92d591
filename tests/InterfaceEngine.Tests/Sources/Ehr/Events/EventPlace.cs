using System.Net;
using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Sources.Ehr.Events;
using InterfaceEngine.Sources.Ehr.Insurances;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Api;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>
/// A vendor's stand-in that tells of what changes, and an engine whose HTTP interface it calls, over real connections in both ways. Both have the test's clock; the
/// duties' rounds are done when a test says so.
/// </summary>
internal sealed class EventPlace : IAsyncDisposable
{
    /// <summary>How often a server that follows the standard says that it is well.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _betweenRounds = TimeSpan.FromSeconds(10);

    private readonly ApiPlace _api;

    private EventPlace(VendorServer vendor, ApiPlace api, FailingConnections webhookStore, ConnectionOptions options)
    {
        (Vendor, _api, WebhookStore, Options) = (vendor, api, webhookStore, options);
        Connection = Connected.To(options, Time, Store);
        Events = EventsOf(api.Engine);
        Keeper = NewKeeper();
    }

    public VendorServer Vendor { get; }

    /// <summary>What the webhook keeps events in.</summary>
    public FailingConnections WebhookStore { get; }

    public ConnectionOptions Options { get; }

    public EhrConnection Connection { get; }

    public ConnectionEvents Events { get; }

    public SubscriptionKeeper Keeper { get; }

    public TestEngine Engine => _api.Engine;

    public FakeTimeProvider Time => Engine.Time;

    public IConnectionStore Store => Engine.Store.Connections;

    public SubscriptionCalls Calls => new(Connection, Options.Events);

    public EngineOperations Operations => new(Engine.Core.Parts() with { Connections = new Dictionary<string, EhrConnection> { [Options.Id] = Connection } });

    /// <param name="profile">Which vendor is stood in for.</param>
    /// <param name="topics">What is subscribed to; <c>Patient.update</c> where none is said.</param>
    public static async Task<EventPlace> StartAsync(string profile, params string[] topics)
    {
        var known = EhrProfiles.Find(profile)!;
        var practice = profile == "athena-real" ? "195900" : "1959";
        FailingConnections? store = null;
        var api = await ApiPlace.StartAsync(parts => parts with
        {
            Connections = [ApiPlace.Connection(Connected.Id, practice, known.System)],
            Events = new WebhookIntake(new EventInbox(store = new FailingConnections(parts.Engine.Store.Connections), parts.Engine.Time), parts.Engine.Time, NullLogger<WebhookIntake>.Instance),
        });
        var vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = profile, People = 20, Limits = VendorLimits.None }, api.Engine.Time);
        return new EventPlace(vendor, api, store!, OptionsOf(vendor, profile, practice) with
        {
            Http = new EhrHttpLimits { AttemptsMax = 1 },
            Events = new EventOptions
            {
                Topics = topics.Length == 0 ? ["Patient.update"] : topics,
                Callback = CallbackOf(profile, api.Server.Url),
                Heartbeat = Heartbeat,
            },
        });
    }

    /// <summary>A connection to a vendor's stand-in, as its profile has it.</summary>
    public static ConnectionOptions OptionsOf(VendorServer vendor, string profile, string practice)
    {
        var known = EhrProfiles.Find(profile)!;
        return new ConnectionOptions
        {
            Id = Connected.Id,
            Practice = practice,
            Profile = profile,
            System = known.System,
            VendorPractice = vendor.At(each => each.House.Id),
            Rest = vendor.Rest,
            Fhir = vendor.Fhir,
            Token = vendor.TokenAddress,
            Client = new EhrClient { Id = vendor.ClientId, Secret = new EhrSecret(vendor.ClientSecret) },
            Scopes = known.Scopes,
            Dialect = known.Dialect,
        };
    }

    /// <summary>Where such a connection's events are taken.</summary>
    /// <param name="profile">The vendor's.</param>
    /// <param name="url">Of our HTTP interface.</param>
    public static Uri CallbackOf(string profile, string url) => new($"{url}/api/ehr/{EhrProfiles.Find(profile)!.System}/events/{Connected.Id}");

    /// <summary>One that is subscribed, and whose first call has come where the server makes one.</summary>
    public static async Task<EventPlace> SubscribedAsync(string profile, params string[] topics)
    {
        var place = await StartAsync(profile, topics);
        await place.Keeper.KeepAsync(default);
        await place.ToldAsync(profile == "athena-real" ? 0 : place.Options.Events.Topics.Count);
        return place;
    }

    /// <summary>A keeper as another process would have it.</summary>
    public SubscriptionKeeper NewKeeper() => new(Connection, Store, Events.Inbox, Events.Poll, Time, NullLogger<SubscriptionKeeper>.Instance);

    /// <summary>Works off what waits, on this engine or on one that took its place.</summary>
    /// <param name="engine">One that took its place; null for this one.</param>
    /// <param name="documents">Takes in what is read; null for the engine's own.</param>
    public Task<(int Count, EhrException? Stopped)> WorkAsync(TestEngine? engine = null, VendorDocuments? documents = null) => NewWork(engine, documents).WorkAsync(default);

    /// <summary>What works events off, round after round.</summary>
    public EventWork NewWork(TestEngine? engine = null, VendorDocuments? documents = null)
    {
        var events = engine is null ? Events : EventsOf(engine);
        return new EventWork(Connection, events.Queue, documents ?? (engine ?? Engine).Core.VendorDocuments, events.Poll, InsurancesOf(engine ?? Engine), Time, NullLogger<EventWork>.Instance);
    }

    /// <summary>Patients whose insurances wait to be asked for.</summary>
    public InsuranceQueue InsurancesOf(TestEngine engine) => new(engine.Store.Connections, Options, engine.Core.VendorDocuments);

    /// <summary>A round of looking after subscriptions, some time later.</summary>
    public Task KeepAfterAsync(TimeSpan pause)
    {
        Time.Advance(pause);
        return Keeper.KeepAsync(default);
    }

    public Task KeepSoonAsync() => KeepAfterAsync(_betweenRounds);

    /// <summary>A patient of the practice gets another name, at the vendor's own desk.</summary>
    /// <returns>The vendor's number.</returns>
    public string Rename(int patient, string family) => Vendor.At(practice =>
    {
        var known = practice.Patients[patient];
        known.Person = known.Person with { LastName = family };
        practice.Tell("UpdatePatient", known);
        return known.Person.Id;
    });

    /// <summary>Ends when the vendor has made so many attempts to tell something.</summary>
    public Task ToldAsync(int attempts) => Vendor.Events.WaitForAsync(attempts).WaitAsync(TimeSpan.FromMinutes(1));

    public async Task<IReadOnlyList<SubscriptionState>> SubscriptionsAsync() => [.. (await Events.Inbox.SubscriptionsAsync(Options, default)).Select(one => one.State)];

    public async Task<SubscriptionState> SubscriptionAsync() => (await SubscriptionsAsync()).Should().ContainSingle().Subject;

    public async Task<IReadOnlyList<EventState>> WaitingAsync() => [.. (await Events.Queue.DueAsync(1_000, default)).Select(one => one.State)];

    /// <summary>Family names of the practice's patients here.</summary>
    public async Task<IReadOnlyList<string?>> FamiliesAsync(TestEngine? engine = null) => [.. (await (engine ?? Engine).RecordsAsync(Options.Practice, "patient")).Select(record => record["last_name"])];

    /// <summary>Takes in what the vendor says of a patient now, as a synchronisation would.</summary>
    public async Task MeetAsync(int patient)
    {
        var id = Vendor.At(practice => practice.Patients[patient].Person.Id);
        var read = await new InterfaceEngine.Ehr.Fhir.FhirClient(Connection).ReadAsync("Patient", InterfaceEngine.Ehr.Fhir.FhirIds.OfPatient(Options, id), CallPriority.Sync, default);
        await Engine.Core.VendorDocuments.TakeAsync(Options.Practice, Options.Id, [read.Document], read.ServerTime, default);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Vendor.DisposeAsync();
        await _api.DisposeAsync();
    }

    private ConnectionEvents EventsOf(TestEngine engine)
    {
        var store = engine.Store.Connections;
        var sync = new VendorSync(
            Connection, engine.Settings.FindPractice(Options.Practice)!, engine.Store, engine.Core.VendorDocuments, "test", Time, NullLogger<VendorSync>.Instance);
        return new ConnectionEvents(new EventInbox(store, Time), new EventQueue(store, Options), new EventPoll(Options, sync, store, Time, NullLogger<EventPoll>.Instance));
    }
}
