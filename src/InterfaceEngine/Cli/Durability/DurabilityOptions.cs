using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Cli.Durability;

/// <summary>How hard the check tries.</summary>
internal sealed record DurabilityOptions
{
    public const int MessagesMax = 10_000_000;
    public const int ConnectionsMax = 256;
    public const int DeliveriesMax = 1_000_000;
    public const int NodesMax = 16;

    /// <summary>How many messages are sent. Default 2,000.</summary>
    public int Messages { get; init; } = 2_000;

    /// <summary>How many connections send at the same time, each waiting for its reply. Default 8.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>
    /// How many deliveries are queued before the engine first starts, to be sent to the sandbox while the engine is
    /// killed. Default 1,000.
    /// </summary>
    public int Deliveries { get; init; } = 1_000;

    /// <summary>How the sandbox misbehaves as it receives them. Default: in every way it can, each at 2 of 100 messages.</summary>
    public FaultOptions Faults { get; init; } = FaultOptions.All(FaultOptions.OfReceiver, FaultOptions.ChanceByDefault, seed: 1);

    /// <summary>How long the last deliveries may take after the last message was answered. Default 2 minutes.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Engines on one PostgreSQL of the check's own, which it starts; 0, the default, checks one engine on the embedded store.</summary>
    public int Nodes { get; init; }

    /// <summary>What is done to several engines and their database, in turn. One engine on the embedded store is killed itself. Default: everything.</summary>
    public IReadOnlyList<KillKind> Kinds { get; init; } = KillKinds.All;

    /// <summary>How long a frozen engine stands still: longer than its leases last and than senders wait for replies. Default 8 seconds.</summary>
    public TimeSpan FrozenFor { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How often something is killed while messages are sent; engines are killed once more at the end. Default 3.</summary>
    public int Kills { get; init; } = 3;

    /// <summary>
    /// An empty or new folder to work in, which is kept. Null, the default, takes a temporary one, which is deleted
    /// when all is well. A check of a disk needs a folder on that disk.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>The folder of the mapping tables.</summary>
    public required string Mappings { get; init; }

    /// <summary>Decides patients and the moments of the kills; printed, so that a run can be repeated.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long the engine may take until it listens. Default 60 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a reply may take. Default 30 seconds.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a message is sent to an engine that runs and gives no answer, until the check gives up. Default 5.</summary>
    public int AttemptsMax { get; init; } = 5;

    /// <summary>How long several engines are asked at least before that: they may need a while until they find their database again. Default 60 seconds.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What is done as each kill of a run, from 0.</summary>
    public KillKind KindOf(int kill) => Kinds[kill % Kinds.Count];

    /// <summary>What is wrong with these options; null when nothing is.</summary>
    public string? Problem()
    {
        if (Messages is < 1 or > MessagesMax)
        {
            return $"--messages must be between 1 and {MessagesMax}";
        }

        if (Deliveries is < 0 or > DeliveriesMax)
        {
            return $"--deliveries must be between 0 and {DeliveriesMax}";
        }

        if (Connections is < 1 or > ConnectionsMax)
        {
            return $"--connections must be between 1 and {ConnectionsMax}";
        }

        if (Kills < 0 || Kills > Messages)
        {
            return "--kills must be between 0 and the number of messages";
        }

        if (Nodes is < 0 or > NodesMax)
        {
            return $"--nodes must be between 1 and {NodesMax}";
        }

        if (Kinds.Count == 0)
        {
            return "--kill must name a kind";
        }

        return Folder is not null && Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).Any() ? $"{Folder} is not empty" : null;
    }
}
