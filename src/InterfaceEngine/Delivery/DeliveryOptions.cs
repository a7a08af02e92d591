namespace InterfaceEngine.Delivery;

/// <summary>How one destination's deliveries are sent: over how many connections, with which pauses and limits.</summary>
internal sealed record DeliveryOptions
{
    /// <summary>Connections; each lane keeps to one. Default 1.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>The first pause after a failure; it doubles with each further one, and is shortened at random by up to half. Default 1 s.</summary>
    public TimeSpan BackOffMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause. Default 60 s.</summary>
    public TimeSpan BackOffMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Deliveries in memory at most: being sent, waiting for their connection, or waiting to be settled. Each connection
    /// has its share, of two at least. Default 1,000.
    /// </summary>
    public int OnTheirWayMax { get; init; } = 1000;

    /// <summary>
    /// How often one message may get no reply while others get theirs; then it is held for a person, for it is the
    /// message and not the receiver. What fails while nothing is answered does not count. Default 10.
    /// </summary>
    public int UnansweredMax { get; init; } = 10;

    /// <summary>Settlements that share one transaction at most. Default 256.</summary>
    public int SettledTogetherMax { get; init; } = 256;

    /// <summary>How often the store is asked for deliveries although nothing was said of new ones. Default 5 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the destination stays with a process that says nothing any more. It is renewed three times in that
    /// time. Default 30 s.
    /// </summary>
    public TimeSpan LeaseFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a delivery that is being sent when the engine stops may wait for its reply; then it is broken off, and
    /// sent again at the next start. Default 10 s.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
