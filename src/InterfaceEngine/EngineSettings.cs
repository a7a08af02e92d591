using System.Net;
using InterfaceEngine.Api;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Ehr;
using InterfaceEngine.Exports;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Intake.Retention;
using InterfaceEngine.Nodes;
using InterfaceEngine.Protection;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tls;
using Serilog.Events;

namespace InterfaceEngine;

/// <summary>The settings as they are once checked. Folders are full paths.</summary>
internal sealed record EngineSettings
{
    /// <summary>The settings file.</summary>
    public required string File { get; init; }

    /// <summary>The folder that holds everything the engine keeps. Default: <c>data/engine</c> beside the settings file.</summary>
    public required string Data { get; init; }

    /// <summary>The folder of the mapping tables. Default: <c>mappings</c> beside the settings file.</summary>
    public required string Mappings { get; init; }

    /// <summary>Where the master key is. A relative file is taken from the settings file's folder.</summary>
    public KeyOptions Keys { get; init; } = new();

    /// <summary>The store's kind, place and limits. Its folder is always <see cref="Data"/>, and its node this one.</summary>
    public StoreOptions Store
    {
        get => field with { Folder = Data, Node = Node.Name };
        init;
    } = new();

    /// <summary>Who this engine is among those that share its store.</summary>
    public NodeOptions Node { get; init; } = new();

    /// <summary>The practices, by id.</summary>
    public required IReadOnlyList<Practice> Practices { get; init; }

    /// <summary>The sources that listen, by name.</summary>
    public required IReadOnlyList<SourceSettings> Sources { get; init; }

    /// <summary>The sources of files, by name. No name is in both.</summary>
    public IReadOnlyList<FileSourceSettings> FileSources { get; init; } = [];

    /// <summary>What every source's messages get, by name.</summary>
    public IEnumerable<SourceBinding> Bindings => Sources.Select(source => source.Binding).Concat(FileSources.Select(source => source.Binding))
        .Concat(Connections.Select(connection => new SourceBinding { Name = connection.Id, Practices = [connection.Practice] }));

    /// <summary>The exports, by name.</summary>
    public IReadOnlyList<ExportOptions> Exports { get; init; } = [];

    /// <summary>The destinations, by name.</summary>
    public IReadOnlyList<DestinationSettings> Destinations { get; init; } = [];

    /// <summary>The connections to vendors, by id. A connection is a source as well: what it brings is taken under its id.</summary>
    public IReadOnlyList<ConnectionOptions> Connections { get; init; } = [];

    /// <summary>What is put up with from messages.</summary>
    public MessageOptions Messages { get; init; } = new();

    /// <summary>When the ledger is checked in the background.</summary>
    public LedgerOptions Ledger { get; init; } = new();

    /// <summary>How others learn whether this node takes new connections.</summary>
    public HealthOptions Health { get; init; } = new();

    /// <summary>Where programs reach the engine over HTTP. Default: nowhere.</summary>
    public ApiOptions Api { get; init; } = new();

    /// <summary>How long things are kept. Default: for ever.</summary>
    public RetentionOptions Retention { get; init; } = new();

    public required LogSettings Logging { get; init; }

    /// <summary>The connections over which a destination books visits as FHIR resources.</summary>
    public IReadOnlySet<string> BookedOver => ToldOverFhir(destination => destination.Outbound.TakesVisits);

    /// <summary>Those over which a destination tells of patients so.</summary>
    public IReadOnlySet<string> RegisteredOver => ToldOverFhir(destination => destination.Outbound.TakesPatients);

    private HashSet<string> ToldOverFhir(Func<DestinationSettings, bool> isMeant) =>
        [.. Destinations.Where(destination => destination.Outbound.Form is OutboundForm.Fhir && isMeant(destination)).Select(destination => destination.Calls!.Connection)];

    public Practice? FindPractice(string id) => Practices.FirstOrDefault(practice => practice.Id == id);
}

/// <summary>One source that listens: where, and whose messages it takes.</summary>
/// <param name="Kind">A name in <see cref="Catalog.SourceKinds"/>, e.g. <c>mllp</c>.</param>
/// <param name="Binding">Its name, its practices and what it answers.</param>
/// <param name="Listens">Where it listens; port 0 takes a free one.</param>
/// <param name="Limits">What it puts up with.</param>
internal sealed record SourceSettings(string Kind, SourceBinding Binding, IPEndPoint Listens, MllpLimits Limits)
{
    public string Name => Binding.Name;

    /// <summary>Who may connect, and how it is encrypted.</summary>
    public MllpAccess Access { get; init; } = MllpAccess.Plain;
}

/// <summary>One destination: where it is, whose changes go there, and how.</summary>
/// <param name="Kind">A name in <see cref="Catalog.DestinationKinds"/>, e.g. <c>mllp</c>.</param>
/// <param name="Outbound">Its name, its practices, and what the header of every message says.</param>
/// <param name="Receiver">Where it is and what its replies mean.</param>
/// <param name="Delivery">Connections, pauses and limits.</param>
internal sealed record DestinationSettings(string Kind, OutboundAddress Outbound, MllpDestinationOptions Receiver, DeliveryOptions Delivery)
{
    public string Name => Outbound.Destination;

    /// <summary>How the receiver is known over TLS; null for plain MLLP.</summary>
    public SenderTlsOptions? Tls { get; init; }

    /// <summary>How calls over a connection tell it; null for every other kind.</summary>
    public CalledDestinationOptions? Calls { get; init; }

    /// <summary>Host and port, or the connection, for people.</summary>
    public string Address => Calls is { } calls ? $"connection {calls.Connection}" : $"{Receiver.Client.Host}:{Receiver.Client.Port}";
}

/// <summary>What is logged, and where. No message body and no field value ever is.</summary>
internal sealed record LogSettings
{
    /// <summary>From which level on. Default: information, which is one line for each message.</summary>
    public LogEventLevel Level { get; init; } = LogEventLevel.Information;

    /// <summary>What is logged in every detail, whatever <see cref="Level"/> says: connections that are looked into.</summary>
    public IReadOnlyList<string> DebuggedCategories { get; init; } = [];

    /// <summary>Whether the console shows the log as well. Default: true.</summary>
    public bool ShowsOnConsole { get; init; } = true;

    /// <summary>Where the log files are, a new one each day. Default: <c>logs</c> in the data folder.</summary>
    public required string Folder { get; init; }

    /// <summary>How many log files are kept. Default: 31.</summary>
    public int FilesKept { get; init; } = 31;

    /// <summary>A file that reaches this size is followed by another. Default: 100 MiB.</summary>
    public int FileBytesMax { get; init; } = 100 * 1024 * 1024;
}

/// <summary>The settings can't be used: every problem, each with its path. The program ends with code 2.</summary>
internal sealed class SettingsException : Exception
{
    public SettingsException(string file, IReadOnlyList<string> problems)
        : base($"{file} has {problems.Count} problem{(problems.Count == 1 ? "" : "s")}.")
    {
        File = file;
        Problems = problems;
    }

    public string File { get; }

    public IReadOnlyList<string> Problems { get; }
}
