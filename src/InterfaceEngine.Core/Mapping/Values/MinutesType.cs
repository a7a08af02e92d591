using System.Globalization;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>minutes</c>: a length from 1 to 1440, stored as whole minutes. HL7 may say it in seconds or hours: in the field after it, behind the
/// number (TQ1-6: <c>1 hour</c>), or by a letter before it (TQ.3: <c>M30</c>).
/// </summary>
public sealed class MinutesType : IElementType
{
    internal const int MinutesMax = 1440;

    /// <summary>As athenahealth writes it in SCH-10.</summary>
    private const string Unit = "minutes";

    private MinutesType()
    {
    }

    public static MinutesType Instance { get; } = new();

    bool IElementType.HasUnit => true;

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope) => Read(text, default, scope);

    string? IElementType.Read(Hl7Element element, Hl7Element unit, ReadingScope scope)
    {
        scope.Trace?.Found(scope.Path, unit.HasValue ? $"{element.Decode()} {unit.Decode()}" : element.Decode());
        Span<char> number = stackalloc char[Hl7Text.BufferLength];
        Span<char> of = stackalloc char[Hl7Text.BufferLength];
        return Hl7Text.TryGet(element, number, scope, out var text) && Hl7Text.TryGet(unit, of, scope, out var name) ? Read(text, name, scope) : null;
    }

    /// <summary>Reads a length.</summary>
    /// <param name="text">The number.</param>
    /// <param name="unit">Its unit; minutes when it is empty.</param>
    /// <param name="scope">Where what was noticed is reported.</param>
    internal static string? Read(ReadOnlySpan<char> text, ReadOnlySpan<char> unit, ReadingScope scope)
    {
        text = text.Trim();
        unit = unit.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        if (unit.IsEmpty)
        {
            var number = NumberIn(text);
            unit = number.Equals(1..) ? text[..1] : text[number.End..].TrimStart();
            text = text[number];
        }

        if (SecondsOf(unit) is not { } seconds)
        {
            scope.Refuse(MappingCodes.Minutes, "a length in an unknown unit.", $"{text} {unit}", $"'{text} {unit}' is a length in an unknown unit.");
            return null;
        }

        var isNumber = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var length) && length < 100_000;
        var minutes = length * seconds / 60;
        if (!isNumber || minutes < 1 || minutes > MinutesMax || minutes != decimal.Truncate(minutes))
        {
            scope.Refuse(
                MappingCodes.Minutes, "not a length of 1 to 1440 whole minutes.", text.ToString(), $"'{text}' is not a length of 1 to 1440 whole minutes.");
            return null;
        }

        return ((int)minutes).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Where the number stands in a text that names its unit beside it: <c>M30</c>, <c>30 min</c>.</summary>
    private static Range NumberIn(ReadOnlySpan<char> text)
    {
        if (text.Length > 1 && char.IsAsciiLetter(text[0]) && char.IsAsciiDigit(text[1]))
        {
            return 1..;
        }

        var end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
        {
            end--;
        }

        return end == 0 ? .. : ..text[..end].TrimEnd().Length;
    }

    public string? Write(string value, WritingScope scope) => value;

    IReadOnlyList<ElementPart>? IElementType.WriteParts(string value, WritingScope scope) =>
        [new ElementPart(1, value), new ElementPart(1, Unit, IsUnit: true)];

    private static int? SecondsOf(ReadOnlySpan<char> unit)
    {
        if (unit.IsEmpty || Begins(unit, "min") || unit.Equals("m", StringComparison.OrdinalIgnoreCase))
        {
            return 60;
        }

        if (Begins(unit, "sec") || unit.Equals("s", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        return Begins(unit, "hour") || Begins(unit, "hr") || unit.Equals("h", StringComparison.OrdinalIgnoreCase) ? 3600 : null;
    }

    private static bool Begins(ReadOnlySpan<char> unit, string with) => unit.StartsWith(with, StringComparison.OrdinalIgnoreCase);
}
