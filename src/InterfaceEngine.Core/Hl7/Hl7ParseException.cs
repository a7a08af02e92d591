using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>What makes a body no message.</summary>
public enum Hl7ParseFault
{
    /// <summary>No bytes, or nothing but blanks.</summary>
    Empty,

    /// <summary>It does not begin with MSH.</summary>
    NoHeader,

    /// <summary>It is written in an encoding of two or four bytes a character.</summary>
    WideEncoding,

    /// <summary>A batch or file of messages (FHS, BHS), or a second MSH: one message was expected.</summary>
    Batch,

    /// <summary>MSH-1 or MSH-2 can't be used.</summary>
    Delimiters,

    /// <summary>A line does not begin with a segment's name.</summary>
    SegmentName,

    /// <summary>A limit of <see cref="Hl7ParseOptions"/> is passed.</summary>
    Limit,
}

/// <summary>
/// A body that is not a message. The text names segment, field and byte and says what was expected;
/// it never holds content.
/// </summary>
public sealed class Hl7ParseException : Exception
{
    internal Hl7ParseException(Hl7ParseFault fault, int offset, string reason, string? segment = null, int? field = null, string? limit = null, int? limitValue = null)
        : base(Describe(offset, reason, segment, field))
    {
        Fault = fault;
        Offset = offset;
        Reason = reason;
        Segment = segment;
        Field = field;
        Limit = limit;
        LimitValue = limitValue;
    }

    public Hl7ParseFault Fault { get; }

    /// <summary>The segment's name; null where there is none.</summary>
    public string? Segment { get; }

    /// <summary>The field's number, counted from 1; null where it is not about one field.</summary>
    public int? Field { get; }

    /// <summary>Byte offset in the body; 0 is the first.</summary>
    public int Offset { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>The limit that was passed, by its name in <see cref="Hl7ParseOptions"/>; null for other faults.</summary>
    public string? Limit { get; }

    /// <summary>The value of <see cref="Limit"/>.</summary>
    public int? LimitValue { get; }

    /// <summary>The place: <c>PID-13</c>, <c>PID</c> or <c>message</c>.</summary>
    public string Place => PlaceOf(Segment, Field);

    private static string PlaceOf(string? segment, int? field) => segment is null
        ? "message"
        : field is null ? segment : string.Create(CultureInfo.InvariantCulture, $"{segment}-{field}");

    private static string Describe(int offset, string reason, string? segment, int? field) =>
        string.Create(CultureInfo.InvariantCulture, $"{PlaceOf(segment, field)} at byte {offset}: {reason}");
}
