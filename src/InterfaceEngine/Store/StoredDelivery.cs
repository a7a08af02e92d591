using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <param name="Practice">Null for all practices.</param>
/// <param name="Destination">Null for all destinations.</param>
/// <param name="State">Null for all states.</param>
/// <param name="Before">Only deliveries with a smaller id (the next page); <see cref="EngineId.None"/> for the first page.</param>
internal sealed record DeliveryFilter(string? Practice, string? Destination, DeliveryState? State, EngineId Before, int Limit = 50);

/// <param name="Practice">Null when the practice of its cause is unknown.</param>
/// <param name="State">Its state now.</param>
internal readonly record struct DeliveryStanding(string? Practice, DeliveryState State);

/// <summary>A delivery as it is kept.</summary>
internal sealed record StoredDelivery
{
    public required EngineId Id { get; init; }

    /// <summary>Null when the practice of its cause is unknown.</summary>
    public required string? Practice { get; init; }

    public required string Destination { get; init; }

    public required string Event { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>What came back last, in short, e.g. <c>AA</c>, <c>AE 103</c>, <c>no reply</c>; null before the first attempt.</summary>
    public required string? Code { get; init; }

    /// <summary>Attempts that were made since it was queued, or since a person had it retried; the one that delivered it too.</summary>
    public required int Attempts { get; init; }

    /// <summary>UTC milliseconds, as all times here. When it may be sent, if it waits and is the first of its lane.</summary>
    public required long NextAttemptAt { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>When it was delivered or dismissed; null before.</summary>
    public required long? SettledAt { get; init; }

    public required EngineId? Record { get; init; }

    public required EngineId? Message { get; init; }

    public required string ControlId { get; init; }

    /// <summary>Why the last attempt did not deliver it.</summary>
    public required string? Reason { get; init; }

    /// <summary>The last reply.</summary>
    public required ReadOnlyMemory<byte> Reply { get; init; }

    /// <summary>Empty in lists.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>It was altered outside the engine, and what can't be opened is empty.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>Size of the body in bytes.</summary>
    public required long Size { get; init; }
}
