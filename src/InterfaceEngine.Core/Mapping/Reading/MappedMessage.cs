using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>What is known of a message beside its content.</summary>
/// <param name="ReceivedAt">When it was received; a replay gives the original time.</param>
/// <param name="EventTime">For a row: when its file was extracted. Null takes the message's own, else the time of receipt.</param>
public readonly record struct ReadContext(Instant ReceivedAt, Instant? EventTime = null)
{
    /// <summary>Where it is told how each value was made; null, as for every message on its way, when nobody asks.</summary>
    public ReadingTrace? Trace { get; init; }
}

/// <summary>A message or row as the maps of its practice read it.</summary>
public sealed class MappedMessage
{
    /// <summary>Every record it tells of, in the order in which they are applied. Not to be applied when it is rejected or held.</summary>
    public required IReadOnlyList<IncomingRecord> Records { get; init; }

    /// <summary>Everything that was noticed.</summary>
    public required IReadOnlyList<MappingNote> Notes { get; init; }

    /// <summary>When it happened, in UTC milliseconds since 1970; of a Bundle when it was made, beside the <see cref="IncomingRecord.EventTime"/> of each.</summary>
    public required long EventTime { get; init; }

    /// <summary>False when no map reads this event or kind of file.</summary>
    public required bool IsMapped { get; init; }

    /// <summary>
    /// Record types of which an item could not be identified: such a list is not whole, and ends nothing
    /// even where its map says that it is full.
    /// </summary>
    public IReadOnlyList<string> IncompleteLists { get; init; } = [];

    /// <summary>The binaries that its records name, each once.</summary>
    public IReadOnlyList<IncomingAttachment> Attachments { get; init; } = [];

    /// <summary>Its content is bad: nothing of it is applied.</summary>
    public bool IsRejected { get; init; }

    /// <summary>A check wants a person to decide before anything is applied.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The same, of something that happened at a time at the latest, UTC milliseconds.</summary>
    public MappedMessage AsOf(long latest) => new()
    {
        Records = [.. Records.Select(record => record.AsOf(latest))],
        Notes = Notes,
        EventTime = Math.Min(EventTime, latest),
        IsMapped = IsMapped,
        IncompleteLists = IncompleteLists,
        Attachments = Attachments,
        IsRejected = IsRejected,
        IsHeld = IsHeld,
    };
}
