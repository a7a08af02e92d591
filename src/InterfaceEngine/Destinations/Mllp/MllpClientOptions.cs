using System.ComponentModel.DataAnnotations;

namespace InterfaceEngine.Destinations.Mllp;

/// <summary>Where an MLLP receiver is, and how long to wait for it.</summary>
internal sealed record MllpClientOptions
{
    /// <summary>A host name or address.</summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    [Range(1, 65535)]
    public int Port { get; init; } = 2575;

    /// <summary>How long connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a message may take from its first byte sent to the reply's last. Then the connection is closed.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest reply that is read, in bytes. 1 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int ReplyBytesMax { get; init; } = 1024 * 1024;
}
