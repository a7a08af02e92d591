namespace InterfaceEngine.Sources.Mllp;

/// <summary>
/// What one MLLP listener puts up with. Each is a setting of the source by the same name. That a time is over is
/// noticed within a second.
/// </summary>
internal sealed record MllpLimits
{
    /// <summary>The largest message in bytes. A larger one is skipped, kept by its head and answered AR. Default: 32 MiB, so that a scanned document of 20 MB passes.</summary>
    public int FrameBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many connections may be open. Further ones are closed at once and counted. Default: 256.</summary>
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>How long a TLS handshake may take, and a balancer's PROXY header. Then the connection is closed. Default: 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a connection may stay open without a message, counted from its last reply. Then it is closed.
    /// Default: an hour, for many senders stay connected and are silent at night.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a frame may take from its first byte to its last. Then the connection is closed without an answer.
    /// Default: a minute.
    /// </summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long the sender may take to receive a reply. Then the connection is closed; the message stays accepted,
    /// and a resend gets the stored reply. Default: 30 seconds.
    /// </summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long messages in flight may take to finish when the engine stops. Then they are abandoned without an answer.
    /// Default: 10 seconds.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
