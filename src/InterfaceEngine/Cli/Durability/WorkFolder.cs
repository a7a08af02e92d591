using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Durability;

/// <summary>The folder that one engine under test works in: settings, master key, the engine's output and its data, and the port it uses.</summary>
internal sealed class WorkFolder
{
    public const string Practice = "1959";

    private const string SourceName = "verify";

    /// <summary>How long the engine waits for a reply of the check's receiver.</summary>
    public static readonly TimeSpan OutboundReplyTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a destination stays with a node that says nothing any more.</summary>
    public static readonly TimeSpan LeaseFor = TimeSpan.FromSeconds(2);

    /// <summary>How long a node may say nothing until the others take it for dead.</summary>
    public static readonly TimeSpan NodeLife = TimeSpan.FromSeconds(5);

    private readonly string _keys;

    private WorkFolder(string path, string keys)
    {
        Path = Directory.CreateDirectory(path).FullName;
        _keys = keys;
    }

    public string Path { get; }

    /// <summary>The same for every start, so that senders find the engine again.</summary>
    public int Port { get; } = Ports.Free();

    public string Data => System.IO.Path.Combine(Path, "data");

    public string Settings => System.IO.Path.Combine(Path, "settings.json");

    /// <summary>What the engine writes to its console.</summary>
    public string Output => System.IO.Path.Combine(Path, "engine.out");

    /// <summary>Beside the data folder, not in it: the engine does not take it from there.</summary>
    public string MasterKey => System.IO.Path.Combine(_keys, "master.key");

    /// <param name="path">Null makes a temporary folder.</param>
    /// <param name="mappings">The folder of the mapping tables.</param>
    /// <param name="receiverPort">The port of the receiver that deliveries go to; null for none.</param>
    /// <remarks>Practice 1959, profile <c>guide</c>, one MLLP source.</remarks>
    public static WorkFolder Create(string? path, string mappings, int? receiverPort = null)
    {
        var root = MakeRoot(path);
        var folder = new WorkFolder(root, root);

        // A disk that is slow is no reason to close the listener: the check's senders would take that for an engine that does not answer.
        File.WriteAllText(folder.Settings, folder.SettingsText(System.IO.Path.GetFullPath(mappings), receiverPort, shared: """
              "Health": { "StoreTimeout": "1m" },

            """));
        return folder;
    }

    /// <summary>The folders of engines that share a database: the same, each with its own name, port and data, and one master key.</summary>
    /// <param name="root">Gets a folder for each.</param>
    /// <param name="mappings">The folder of the mapping tables.</param>
    /// <param name="receiverPort">The port of the receiver that deliveries go to.</param>
    /// <param name="connection">How the database is reached.</param>
    /// <param name="nodes">How many.</param>
    public static IReadOnlyList<WorkFolder> CreateNodes(string root, string mappings, int receiverPort, string connection, int nodes) =>
    [
        .. Enumerable.Range(0, nodes).Select(NameOf).Select(name =>
        {
            var folder = new WorkFolder(System.IO.Path.Combine(root, name), root);
            var shared = $$"""
                  "Store": { "Kind": "postgres", "Connection": {{Quoted(connection)}} },
                  "Node": { "Name": {{Quoted(name)}}, "BeatEvery": "1s", "Life": "{{NodeLife.TotalSeconds}}s" },

                """;
            File.WriteAllText(folder.Settings, folder.SettingsText(System.IO.Path.GetFullPath(mappings), receiverPort, shared));
            return folder;
        }),
    ];

    /// <summary>The name of one of several engines, from 0.</summary>
    public static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"node-{node + 1}");

    /// <param name="path">Null makes a temporary folder.</param>
    public static string MakeRoot(string? path) =>
        path is null ? Directory.CreateTempSubdirectory("verify-durability-").FullName : Directory.CreateDirectory(System.IO.Path.GetFullPath(path)).FullName;

    /// <summary>Opens the store itself. The engine must be gone.</summary>
    public Task<IEngineStore> OpenStoreAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var settings = SettingsReader.Read(Settings, []);
        var kind = Catalog.KindOf(settings.Store);
        return kind.OpenAsync(
            settings.Store,
            isStoreNew => MasterKeyFile.Open(settings.Keys, Data, mayCreate: isStoreNew, kind.Place(settings.Store)),
            new IdSource(time, new Random()),
            time,
            cancellationToken);
    }

    public void Delete() => Directory.Delete(Path, recursive: true);

    private string SettingsText(string mappings, int? receiverPort, string shared) => $$"""
        {
        {{shared}}  "Data": {{Quoted(Data)}},
          "Mappings": {{Quoted(mappings)}},
          "Keys": { "MasterKeyFile": {{Quoted(MasterKey)}} },
          "Practices": { "{{Practice}}": { "Name": "Durability check", "Zone": "America/Chicago", "Profile": "guide" } },
          "Sources": { "{{SourceName}}": { "Kind": "mllp", "Host": "127.0.0.1", "Port": {{Port}}, "Practices": [ "{{Practice}}" ] } },
          "Destinations": { {{(receiverPort is { } receiver ? DestinationText(receiver) : "")}} },
          "Logging": { "Level": "Warning" }
        }

        """;

    private static string DestinationText(int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        "{{OutboundLedger.Destination}}": {
            "Kind": "mllp", "Host": "127.0.0.1", "Port": {{port}}, "Practices": [ "{{Practice}}" ], "Connections": 4,
            "ReplyTimeout": "{{OutboundReplyTimeout.TotalMilliseconds}}ms", "BackOffMin": "10ms", "BackOffMax": "200ms", "LeaseFor": "{{LeaseFor.TotalSeconds}}s",
            "Replies": [ { "Code": [ "AE", "AR" ], "Then": "retry", "For": "1d" } ] }
        """);

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
