using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// Something to be sent, committed together with what it tells of. It is waiting from then on, behind what its lane
/// already holds.
/// </summary>
internal sealed record DeliveryWrite
{
    public required EngineId Id { get; init; }

    /// <summary>The destination's name in the settings.</summary>
    public required string Destination { get; init; }

    /// <summary>
    /// What must arrive in order, e.g. the patient's own id: deliveries of one destination, practice and lane go one
    /// after the other, and a held one holds those behind it. Kept as a keyed hash.
    /// </summary>
    public required string Lane { get; init; }

    /// <summary>The trigger event, e.g. <c>SIU^S12</c>. No patient value.</summary>
    public required string Event { get; init; }

    /// <summary>MSH-10 of <see cref="Body"/>: a reply must name it. Encrypted.</summary>
    public required string ControlId { get; init; }

    /// <summary>The bytes, without framing; every attempt sends the same. Encrypted.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The record it tells of; null when there is none.</summary>
    public EngineId? Record { get; init; }

    /// <summary>The message that caused it; null when a command did.</summary>
    public EngineId? Message { get; init; }
}

/// <summary>What a person may say about a delivery.</summary>
internal enum DeliveryVerdict
{
    /// <summary>A held one, or one whose next attempt is not due, is to be sent now; its attempts count from nothing.</summary>
    Retry,

    /// <summary>A held or waiting one is not to be sent; its lane goes on.</summary>
    Dismiss,
}

/// <summary>A person's word on a delivery. A <see cref="CommitOutcome.Conflict"/> when it is in no state for it.</summary>
internal sealed record DeliveryDecision(EngineId Delivery, DeliveryVerdict Verdict);
