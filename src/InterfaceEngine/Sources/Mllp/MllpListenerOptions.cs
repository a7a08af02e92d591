using System.ComponentModel.DataAnnotations;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>Settings of one MLLP listener. Times are noticed to be over within a second.</summary>
internal sealed record MllpListenerOptions
{
    /// <summary>
    /// Where to listen: an address, <c>localhost</c>, a host name of this machine, or <c>*</c> for every address.
    /// Loopback unless settings say otherwise, for MLLP itself knows no password.
    /// </summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port; 2575 is registered for HL7. 0 takes any free one.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 2575;

    /// <summary>The largest message in bytes. A larger one is skipped, kept by its head and answered AR. 16 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int FrameBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many connections may be open. Further ones are closed at once and counted.</summary>
    [Range(1, 65536)]
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>How long a connection may stay open without a message, counted from its last reply. Then it is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a frame may take from its first byte to its last. Then the connection is closed without an answer.</summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the sender may take to receive a reply. Then the connection is closed; the message stays accepted.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long messages in flight may take to finish when the engine stops. Then they are abandoned without an answer.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The practices whose messages may come this way.</summary>
    public IReadOnlyList<string> Practices { get; init; } = [];

    /// <inheritdoc cref="SourceBinding.BadContent"/>
    public BadContentPolicy? BadContent { get; init; }

    /// <inheritdoc cref="SourceBinding.UnmappedEvent"/>
    public UnmappedEventPolicy? UnmappedEvent { get; init; }

    /// <inheritdoc cref="SourceBinding.ProcessingIds"/>
    public IReadOnlyList<string> ProcessingIds { get; init; } = ["P", "T"];

    /// <summary>What the path of a message needs to know of these settings.</summary>
    public SourceBinding ToBinding(string name) => new()
    {
        Name = name,
        Practices = Practices,
        BadContent = BadContent,
        UnmappedEvent = UnmappedEvent,
        ProcessingIds = ProcessingIds,
    };
}
