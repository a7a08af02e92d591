using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>A message to be written: what happened, and the records it tells of as they are stored now.</summary>
public sealed class OutgoingMessage
{
    /// <summary>The event as <c>Messages</c> lists it, e.g. <c>SIU^S12</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The record the event is about first, then those that belong to it: the appointment, then its patient.</summary>
    public required IReadOnlyList<StoredRecord> Records { get; init; }

    /// <summary>The receiver's id of a patient of ours; null when the receiver has none.</summary>
    public required Func<EngineId, string?> ExternalIdOf { get; init; }

    public required OutgoingHeader Header { get; init; }

    /// <summary>
    /// What this change removed: only these are written as <c>""</c>. Every other field that holds nothing is left out,
    /// for an empty place keeps what the receiver has.
    /// </summary>
    public IReadOnlySet<ClearedField> Cleared { get; init; } = new HashSet<ClearedField>();

    /// <summary>For items of a list that are written over a message: in which segment of the name, from 1. The others take the next.</summary>
    public IReadOnlyDictionary<EngineId, int> Parts { get; init; } = new Dictionary<EngineId, int>();
}

/// <summary>A field of a record that a change removed.</summary>
public readonly record struct ClearedField(EngineId Record, string Field);

/// <summary>What MSH says beside the event.</summary>
public sealed record OutgoingHeader
{
    /// <summary>The longest control id that version 2.3 has room for (MSH-10).</summary>
    public const int ControlIdLengthMax = 20;

    public required string SendingApplication { get; init; }

    public string SendingFacility { get; init; } = "";

    public required string ReceivingApplication { get; init; }

    public string ReceivingFacility { get; init; } = "";

    /// <summary>MSH-10, at most <see cref="ControlIdLengthMax"/> characters; the reply is matched by it.</summary>
    public required string ControlId { get; init; }

    /// <summary>MSH-11: <c>P</c>, <c>T</c> or <c>D</c>.</summary>
    public string ProcessingId { get; init; } = "P";

    /// <summary>MSH-12. Default 2.3, as the integration guide has it.</summary>
    public string Version { get; init; } = "2.3";

    /// <summary>When it happened: MSH-7 and EVN-2, in the practice's local time.</summary>
    public required Instant Instant { get; init; }
}
