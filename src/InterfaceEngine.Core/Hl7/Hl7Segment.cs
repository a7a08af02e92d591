using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Hl7;

/// <summary>One segment of a message: a place in its bytes. The default value is no segment.</summary>
public readonly struct Hl7Segment
{
    private readonly Hl7Message? _message;

    internal Hl7Segment(Hl7Message message, int index)
    {
        _message = message;
        Index = index;
    }

    /// <summary>False for the default value: the message has no such segment.</summary>
    public bool IsPresent => _message is not null;

    /// <summary>Its place among all segments, counted from 0.</summary>
    public int Index { get; }

    /// <summary>Its three characters, e.g. <c>PID</c>; empty when there is none.</summary>
    public string Name => _message is null ? string.Empty : SegmentName.TextOf(_message.KeyAt(Index));

    /// <summary>Counts the segments of this name up to this one, from 1: 2 for the second IN1.</summary>
    public int Occurrence => _message?.OccurrenceAt(Index) ?? 0;

    /// <summary>The segment without its end.</summary>
    public ByteRange Range => _message?.RangeAt(Index) ?? ByteRange.None;

    /// <summary>
    /// The segment with its end and whatever blanks lie before the next one. These ranges, behind
    /// <see cref="Hl7Message.Preamble"/>, make up the whole body.
    /// </summary>
    public ByteRange RangeWithEnd => _message?.RangeWithEndAt(Index) ?? ByteRange.None;

    /// <summary>The number of its last field. MSH-1 counts.</summary>
    public int FieldCount => _message?.FieldCountAt(Index) ?? 0;

    internal int Key => _message?.KeyAt(Index) ?? 0;

    internal Hl7Message Message => _message ?? throw new InvalidOperationException("There is no segment here.");

    /// <summary>A field with all its repetitions, counted from 1; absent when the segment ends before it.</summary>
    public Hl7Element Field(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return _message is null ? default : _message.FieldAt(Index, number);
    }

    /// <summary>The segment as one element, for paths that name no field.</summary>
    public Hl7Element AsElement() =>
        _message is null ? default : new Hl7Element(_message, Range.Offset, Range.Length, Hl7Level.Segment);
}
