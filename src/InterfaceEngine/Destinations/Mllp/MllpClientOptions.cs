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

    /// <summary>How long sending a message may take, until the receiver has taken its last byte. Then the connection is closed.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long an open connection may be silent before the operating system asks whether the other side is still
    /// there; zero never asks.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the reply may take, from the last byte sent to its own last. Then the connection is closed.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest reply that is read, in bytes. 1 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int ReplyBytesMax { get; init; } = 1024 * 1024;
}
