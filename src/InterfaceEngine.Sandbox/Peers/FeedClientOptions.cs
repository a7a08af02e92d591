using System.Net;
using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>Whom to send to, how fast, and how well to behave.</summary>
public sealed record FeedClientOptions
{
    /// <summary>The receiver.</summary>
    public required EndPoint To { get; init; }

    /// <summary>Over how many connections. A lane stays on one of them. Default 1.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>At most so many messages a second over all connections. Null, the default, sends as fast as replies come.</summary>
    public double? PerSecond { get; init; }

    /// <summary>No new message is begun after so long. Null, the default, sends all of them.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long a reply may take; then the connection is closed and the same bytes are sent again. Default 30 s.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a message is sent until a reply comes. Default 20; after that it counts as unanswered.</summary>
    public int AttemptsMax { get; init; } = 20;

    /// <summary>The pause before a message is sent again; twice as long each time, up to <see cref="RetryPauseMax"/>. Default 10 ms.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Default 2 s.</summary>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The largest reply that is read, in bytes. Default 1 MiB.</summary>
    public int ReplyBytesMax { get; init; } = 1 << 20;

    public FaultOptions Faults { get; init; } = FaultOptions.None;
}
