using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Explaining;

/// <summary>A message of one format, looked at for places.</summary>
internal abstract class MessageContent
{
    public abstract MapFormat Format { get; }

    /// <summary>Where a value was read; null for what the tables themselves gave.</summary>
    /// <param name="cell">The cell by which it was read.</param>
    /// <param name="range">The bytes that were noted for it.</param>
    public abstract MessagePlace? PlaceOf(FormatCell? cell, ByteRange range);

    /// <summary>Every place that says something where a cell's place, without its selectors, could have meant it.</summary>
    /// <param name="place">The cell's place.</param>
    /// <param name="part">The segment or object that makes the record, as <see cref="IncomingRecord.Part"/> has it; null for the whole message.</param>
    /// <param name="near">Where the value was read: places are sought beside it.</param>
    public abstract IEnumerable<MessagePlace> Near(CellPlace place, string? part, ByteRange near);

    /// <summary>Whether a field was read from (a part of) this place.</summary>
    public abstract bool IsOf(MessagePlace place, FormatCell? cell, ByteRange range);

    /// <summary>Whether a line under <c>Not mapped</c> means this place.</summary>
    public abstract bool IsListed(MessagePlace place, NotMapped listed);

    protected static bool Overlap(ByteRange one, ByteRange other) =>
        !one.IsNone && !other.IsNone && one.Offset < other.Offset + other.Length && other.Offset < one.Offset + one.Length;
}
