using System.Net;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Nodes;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Sources.Mllp;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// Two whole engines in this process on one new PostgreSQL database, each with a folder and listeners of its own. They say that they
/// live, and renew their leases, every few minutes only: what a test sees is done because something woke them.
/// </summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    public const string Destination = "registry";

    private static readonly TimeSpan _life = TimeSpan.FromMinutes(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("two-nodes-").FullName;
    private readonly List<EngineHost> _hosts = [];
    private string _connection = "";

    private TwoNodes()
    {
    }

    public EngineHost One => _hosts[0];

    public EngineHost Two => _hosts[1];

    /// <summary>The source of practice 1959, the same on both.</summary>
    private SourceBinding Source { get; init; } = TestEngine.Guide;

    private IReadOnlyList<FileSourceSettings> Files { get; init; } = [];

    private Func<EngineSettings, EngineSettings> Change { get; init; } = settings => settings;

    /// <summary>Starts both, the first one first: it has the duties then, and the destination.</summary>
    /// <param name="source">How practice 1959's feed is taken.</param>
    /// <param name="receiver">The port of the destination that both have; null for none.</param>
    /// <param name="files">The source of files that both have; null for none.</param>
    /// <param name="change">Other settings than the usual ones, of each node by its name.</param>
    public static async Task<TwoNodes> StartAsync(SourceBinding? source = null, int? receiver = null, FileSourceSettings? files = null, Func<EngineSettings, EngineSettings>? change = null)
    {
        var nodes = new TwoNodes { Source = source ?? TestEngine.Guide, Files = files is null ? [] : [files], Change = change ?? (settings => settings) };
        nodes._connection = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        foreach (var name in (string[])["one", "two"])
        {
            var settings = await nodes.SettingsAsync(name, receiver);
            nodes._hosts.Add(await EngineHost.StartAsync(settings, NullLoggerFactory.Instance, TimeProvider.System, default));
            await RunningEngine.UntilAsync(async () => (await nodes.LeasesAsync()).Where(lease => lease.Owner == nodes.One.Core.Node.Identity.Owner).Select(lease => lease.Name).ToHashSet().IsSupersetOf(LeasesOf(settings)));
        }

        await HearsAsync(nodes.One, nodes.Two);
        await HearsAsync(nodes.Two, nodes.One);
        return nodes;
    }

    public static Task<RawSender> ConnectAsync(EngineHost host) => RawSender.ConnectAsync(host.Addresses.Single().Address);

    public async Task<IReadOnlyList<StoredLease>> LeasesAsync() => await One.Core.Store.ReadAsync(reader => reader.Leases(), default);

    public static LedgerCheck Ledger(EngineHost host) => new(host.Core.Store, host.Core.Numbers.Now, TimeProvider.System);

    /// <summary>Changes rows behind the engines' backs, as the passing of time does.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What the first one has before the second one starts: each by its name, for it takes them in no order.</summary>
    private static IEnumerable<string> LeasesOf(EngineSettings settings) =>
        new[] { "ledger", "ready messages", "person look-ups" }
            .Concat(settings.FileSources.Select(source => $"files {source.Name}"))
            .Concat(settings.Connections.SelectMany(connection => new[] { $"events {connection.Id}", $"subscriptions {connection.Id}" }))
            .Select(Duty.LeaseOf)
            .Concat(settings.Destinations.Select(destination => DestinationSender.LeaseOf(destination.Outbound.Destination)));

    /// <summary>Waits until one hears the other: what is told before is lost, and nobody looks for many minutes.</summary>
    private static async Task HearsAsync(EngineHost one, EngineHost other)
    {
        // Nobody has parked a message yet, so that none of them raises this by itself.
        var isHeard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(StoreSignal signal)
        {
            if (signal == StoreSignal.Answered)
            {
                isHeard.TrySetResult();
            }
        }

        one.Core.Store.Signals.Raised += Hear;
        await RunningEngine.UntilAsync(() =>
        {
            other.Core.Store.Signals.Raise(StoreSignal.Answered);
            return Task.FromResult(isHeard.Task.IsCompleted);
        });
        one.Core.Store.Signals.Raised -= Hear;
    }

    private async Task<EngineSettings> SettingsAsync(string name, int? receiver)
    {
        var settings = TestEngine.SettingsIn(Path.Combine(_folder, name), await ParkedVisits.MapsAsync());
        return Change(settings with
        {
            // One master key for both, which the first makes.
            Keys = settings.Keys with { MasterKeyFile = Path.Combine(_folder, "master.key") },
            Store = settings.Store with { Kind = "postgres", Connection = _connection, Node = name, Folder = settings.Data },
            Node = new NodeOptions { Name = name, BeatEvery = _life / 3, Life = _life },
            Sources = [new SourceSettings("mllp", Source, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits())],
            FileSources = Files,
            Destinations = receiver is not { } port ? [] :
            [
                new DestinationSettings(
                    "mllp",
                    new OutboundAddress { Destination = Destination, Practices = [], SendingApplication = "PS", ReceivingApplication = "REGISTRY" },
                    new MllpDestinationOptions { Client = new MllpClientOptions { Host = "127.0.0.1", Port = port } },
                    new DeliveryOptions { LeaseFor = _life }),
            ],
        });
    }
}
