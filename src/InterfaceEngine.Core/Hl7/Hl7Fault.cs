namespace InterfaceEngine.Core.Hl7;

/// <summary>One thing that is wrong with a message, as ERR tells it. The text is a reason, never a value.</summary>
/// <param name="Segment">The segment's name; null when it is about the message.</param>
/// <param name="Occurrence">Which segment of that name, from 1.</param>
/// <param name="Field">The field, from 1; null when it is about the segment.</param>
/// <param name="Component">The component, from 1; null when it is about the field.</param>
/// <param name="Code">Table 0357, see <see cref="Hl7ErrorCode"/>.</param>
/// <param name="Text">What is wrong, for people; null for the table's own text.</param>
public sealed record Hl7Fault(string? Segment, int Occurrence, int? Field, int? Component, int Code, string? Text)
{
    /// <summary>A fault of the message as a whole.</summary>
    public static Hl7Fault OfMessage(int code, string? text = null) => new(null, 1, null, null, code, text);

    /// <summary>What to say of a body that could not be read.</summary>
    public static Hl7Fault Of(Hl7ParseException error) => new(error.Segment, 1, error.Field, null, CodeOf(error.Fault), error.Reason);

    private static int CodeOf(Hl7ParseFault fault) => fault switch
    {
        Hl7ParseFault.Delimiters or Hl7ParseFault.WideEncoding => Hl7ErrorCode.DataType,
        Hl7ParseFault.Limit => Hl7ErrorCode.InternalError,
        _ => Hl7ErrorCode.SegmentSequence,
    };
}
