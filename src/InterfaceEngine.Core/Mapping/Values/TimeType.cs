using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>time</c>: a time of day without a date (HL7 TM), stored as <c>14:05</c> or <c>14:05:30</c>, as precise as it was sent.
/// HL7 writes <c>HHMM[SS]</c>, other formats put colons between. A fraction of a second or an offset is refused: the
/// time would be another one without it.
/// </summary>
public sealed class TimeType : IValueType
{
    private TimeType()
    {
    }

    public static TimeType Instance { get; } = new();

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        Span<char> digits = stackalloc char[6];
        var hasColons = text.Length is 5 or 8 && text[2] == ':' && (text.Length == 5 || text[5] == ':');
        var length = hasColons ? text.Length - (text.Length / 3) : text.Length;
        if (length is 4 or 6)
        {
            text[..2].CopyTo(digits);
            text.Slice(hasColons ? 3 : 2, 2).CopyTo(digits[2..]);
            text[^(length - 4)..].CopyTo(digits[4..]);
            digits = digits[..length];
            if (Digits.Are(digits, 4, 6) && Digits.Read(digits[..2]) < 24 && Digits.Read(digits[2..4]) < 60 && (length == 4 || Digits.Read(digits[4..]) < 60))
            {
                return length == 4 ? $"{digits[..2]}:{digits[2..]}" : $"{digits[..2]}:{digits[2..4]}:{digits[4..]}";
            }
        }

        scope.Refuse(MappingCodes.Time, "not a time of day.", text.ToString(), $"'{text}' is not a time of day.");
        return null;
    }

    /// <summary>HL7 has no colons.</summary>
    public string? Write(string value, WritingScope scope) =>
        scope.Format == MapFormat.Hl7 ? value.Replace(":", "", StringComparison.Ordinal) : value;
}
