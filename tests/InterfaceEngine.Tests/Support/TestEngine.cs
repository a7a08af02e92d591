using System.Net;
using System.Text;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Protection;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A real engine without sources, in a folder of its own: the shipped mappings (or a copy a test changes), a real
/// store, a clock the test moves.
/// </summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly string _folder;

    private TestEngine(string folder, FakeTimeProvider time, EngineSettings settings)
    {
        _folder = folder;
        Time = time;
        Settings = settings;
    }

    public FakeTimeProvider Time { get; }

    public EngineSettings Settings { get; }

    public EngineCore Core { get; private set; } = null!;

    public IEngineStore Store => Core.Store;

    /// <summary>Starts an engine.</summary>
    /// <param name="changes">Files of the mapping folder to add or replace, by relative path.</param>
    public static Task<TestEngine> StartAsync(params (string Path, string Text)[] changes) => StartAsync(settings => settings, changes);

    /// <summary>Starts an engine with other settings.</summary>
    public static async Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes)
    {
        var folder = Directory.CreateTempSubdirectory("engine-").FullName;
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero));
        try
        {
            var engine = new TestEngine(folder, time, change(SettingsIn(folder, changes)));
            engine.Core = await EngineCore.OpenAsync(engine.Settings, NullLoggerFactory.Instance, time, default);
            return engine;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Starts an engine on a PostgreSQL database of its own, by the test's clock.</summary>
    public static async Task<TestEngine> StartOnPostgresAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes)
    {
        var connection = await (await PostgresServer.SharedAsync()).NewStoreAsync();
        return await StartAsync(settings => change(settings with { Store = settings.Store with { Kind = "postgres", Connection = connection, UsesServerTime = false } }), changes);
    }

    /// <summary>Settings for a folder of the test's own: practices 1959 (guide) and 195900 (athena), one source each on a free port.</summary>
    public static EngineSettings SettingsIn(string folder, params (string Path, string Text)[] changes)
    {
        var mappings = Path.Combine(RepositoryRoot.Path, "mappings");
        if (changes.Length > 0)
        {
            var copy = Path.Combine(folder, "mappings");
            foreach (var file in Directory.EnumerateFiles(mappings, "*.md", SearchOption.AllDirectories))
            {
                Write(Path.Combine(copy, Path.GetRelativePath(mappings, file)), File.ReadAllText(file));
            }

            foreach (var (path, text) in changes)
            {
                Write(Path.Combine(copy, path), text);
            }

            mappings = copy;
        }

        var zone = DateTimeZoneProviders.Tzdb["America/Chicago"];
        return new EngineSettings
        {
            File = Path.Combine(folder, "appsettings.json"),
            Data = Path.Combine(folder, "data"),
            Mappings = mappings,
            Keys = new KeyOptions { MasterKeyFile = Path.Combine(folder, "master.key"), MasterKeyVariable = "INTERFACE_ENGINE_TEST_NO_KEY" },
            Practices =
            [
                new Practice { Id = "1959", Name = "Springfield Family Medicine", Zone = zone, Profile = "guide" },
                new Practice { Id = "195900", Name = "Sample Practice", Zone = zone, Profile = "athena" },
            ],
            Sources =
            [
                new SourceSettings("mllp", Guide, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits()),
                new SourceSettings("mllp", Athena, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits()),
            ],
            // A busy machine's store is not taken for one that does not answer, which would close the listeners.
            Health = new HealthOptions { StoreTimeout = TimeSpan.FromMinutes(1) },
            Logging = new LogSettings { Folder = Path.Combine(folder, "logs"), ShowsOnConsole = false },
        };
    }

    public static SourceBinding Guide { get; } = new() { Name = "guide-feed", Practices = ["1959"] };

    public static SourceBinding Athena { get; } = new() { Name = "athena-feed", Practices = ["195900"] };

    /// <summary>A sample of <c>samples/hl7</c>.</summary>
    public static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "samples", "hl7", name));

    /// <summary>A message from lines, for readable tests: segments end with CR.</summary>
    public static byte[] Message(params string[] segments) => Encoding.UTF8.GetBytes(string.Join('\r', segments) + "\r");

    public Task<Receipt> AcceptAsync(byte[] body, SourceBinding? source = null, FrameFault? fault = null) =>
        Core.Intake.AcceptAsync(new IncomingMessage(body, source ?? Guide, fault), default).AsTask();

    /// <summary>A delivery that was delivered past the sender waits no more.</summary>
    public async Task SettleAsync(EngineId delivery, AttemptResult result)
    {
        if (result.Outcome == AttemptOutcome.Delivered && await Store.ReadAsync(reader => reader.Delivery(delivery), default) is { State: DeliveryState.Waiting or DeliveryState.Held } open)
        {
            await DismissAsync(open);
        }
    }

    public async Task DismissAsync(StoredDelivery delivery) => (await Store.CommitAsync(
        new CommitUnit
        {
            Practice = delivery.Practice,
            DeliveryDecisions = [new DeliveryDecision(delivery.Id, DeliveryVerdict.Dismiss)],
            Audit = new AuditEntry("maria", "deliveries dismiss", delivery.Practice, $"delivery {delivery.Id}", null),
        },
        default)).Outcome.Should().Be(CommitOutcome.Committed);

    public Task<StoredRecord?> RecordAsync(string practice, string type, string externalId, string system = "athenahealth") =>
        Store.ReadAsync(reader => reader.Record(practice, new RecordAlias(type, system, externalId)), default).AsTask();

    public Task<IReadOnlyList<StoredRecord>> RecordsAsync(string practice, string type) =>
        Store.ReadAsync(reader => reader.Records(practice, type, EngineId.None, 10_000), default).AsTask();

    public async Task<StoredMessage> MessageAsync(Receipt receipt) =>
        (await Store.ReadAsync(reader => reader.Message(receipt.Message), default))!;

    /// <summary>Makes what the mapping folder holds now the set that the next start uses.</summary>
    public async Task DeployAsync()
    {
        var files = MappingFolder.LoadUsable(Settings.Mappings, Settings.Practices);
        await Store.KeepMappingSetAsync(files.Set.Hash, files.Content, default);
        await Store.DeployMappingSetAsync(new SetDeployment(files.Set.Hash), default);
    }

    /// <summary>Closes the engine and opens it again on the same folder.</summary>
    public async Task RestartAsync()
    {
        await Core.DisposeAsync();
        PassMillisecond();
        Core = await EngineCore.OpenAsync(Settings, NullLoggerFactory.Instance, Time, default);
    }

    /// <summary>Another engine, on the files as a kill would leave them now: nothing is closed, nothing moved out of the log.</summary>
    public async Task<TestEngine> KilledAsync()
    {
        var folder = Directory.CreateTempSubdirectory("engine-").FullName;
        var killed = new TestEngine(folder, Time, Settings with { Data = Path.Combine(folder, "data") });
        StoreFiles.Prepare(killed.Settings.Data);
        foreach (var name in (string[])["store.db", "store.db-wal"])
        {
            await using var source = new FileStream(Path.Combine(Settings.Data, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await using var target = File.Create(Path.Combine(killed.Settings.Data, name));
            await source.CopyToAsync(target);
        }

        PassMillisecond();
        killed.Core = await EngineCore.OpenAsync(killed.Settings, NullLoggerFactory.Instance, Time, default);
        return killed;
    }

    public async ValueTask DisposeAsync()
    {
        await Core.DisposeAsync();
        if (Settings.Store.Connection is { } database)
        {
            await (await PostgresServer.SharedAsync()).DropAsync(database);
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A process does not end and is there again within a millisecond: in the same one it could give ids that were given before.</summary>
    private void PassMillisecond() => Time.Advance(TimeSpan.FromMilliseconds(1));

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
