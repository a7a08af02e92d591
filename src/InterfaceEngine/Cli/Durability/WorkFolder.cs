using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Durability;

/// <summary>The folder a check works in: settings, master key, the engine's output and its data, and the port it uses.</summary>
internal sealed class WorkFolder
{
    public const string Practice = "1959";

    private const string SourceName = "verify";

    /// <summary>How long the engine waits for a reply of the check's receiver.</summary>
    public static readonly TimeSpan OutboundReplyTimeout = TimeSpan.FromMilliseconds(500);

    private WorkFolder(string path, int port)
    {
        Path = path;
        Port = port;
    }

    public string Path { get; }

    /// <summary>The same for every start, so that senders find the engine again.</summary>
    public int Port { get; }

    public string Data => System.IO.Path.Combine(Path, "data");

    public string Settings => System.IO.Path.Combine(Path, "settings.json");

    /// <summary>What the engine writes to its console.</summary>
    public string Output => System.IO.Path.Combine(Path, "engine.out");

    /// <summary>Beside the data folder, not in it: the engine does not take it from there.</summary>
    public string MasterKey => System.IO.Path.Combine(Path, "master.key");

    /// <param name="path">Null makes a temporary folder.</param>
    /// <param name="mappings">The folder of the mapping tables.</param>
    /// <param name="receiverPort">The port of the receiver that deliveries go to; null for none.</param>
    /// <remarks>Practice 1959, profile <c>guide</c>, one MLLP source.</remarks>
    public static WorkFolder Create(string? path, string mappings, int? receiverPort = null)
    {
        var folder = new WorkFolder(
            path is null ? Directory.CreateTempSubdirectory("verify-durability-").FullName : Directory.CreateDirectory(System.IO.Path.GetFullPath(path)).FullName,
            FreePort());
        File.WriteAllText(folder.Settings, folder.SettingsText(System.IO.Path.GetFullPath(mappings), receiverPort));
        return folder;
    }

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

    private string SettingsText(string mappings, int? receiverPort) => $$"""
        {
          "Data": {{Quoted(Data)}},
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
            "ReplyTimeout": "{{OutboundReplyTimeout.TotalMilliseconds}}ms", "BackOffMin": "10ms", "BackOffMax": "200ms",
            "Replies": [ { "Code": [ "AE", "AR" ], "Then": "retry", "For": "1d" } ] }
        """);

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    /// <summary>
    /// Below the ports that systems hand out for outgoing connections: while the engine is down, nobody else takes it,
    /// and no sender's own connection can meet itself there.
    /// </summary>
    private static int FreePort()
    {
        const int First = 12_000;
        const int End = 32_000;
        const int AttemptsMax = 100;
        for (var attempt = 1; ; attempt++)
        {
            var port = Random.Shared.Next(First, End);
            try
            {
                using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException) when (attempt < AttemptsMax)
            {
                // Taken: try another.
            }
        }
    }
}
