using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>quantity</c>: comparator, exact number, unit and the unit's system, stored <c>&lt;=5.40 mg/dL|http://unitsofmeasure.org</c>,
/// each part where it was said.
/// </summary>
public sealed class QuantityType : IElementType
{
    private const string Ucum = "http://unitsofmeasure.org";

    /// <summary>Longer ones first, so that <c>&lt;=</c> is not read as <c>&lt;</c>.</summary>
    private static readonly string[] _comparators = ["<=", ">=", "<", ">"];

    private QuantityType()
    {
    }

    public static QuantityType Instance { get; } = new();

    bool IElementType.HasUnit => true;

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        return text.IsEmpty ? null : Read(Comparator(ref text), text.Trim(), default, default, scope);
    }

    /// <summary>NM, or SN of comparator and number; the unit (CE) and its system stand in the field after it.</summary>
    string? IElementType.Read(Hl7Element element, Hl7Element unit, ReadingScope scope)
    {
        if (!Hl7Text.TryDecode(element, scope, out var found) || !Hl7Text.TryDecode(unit, scope, out _))
        {
            return null;
        }

        var first = element.Component(1).Decode().AsSpan().Trim();
        var comparator = Comparator(ref first);
        var number = first.IsEmpty ? element.Component(2).Decode() : first.ToString();
        if (number.Length == 0)
        {
            return null;
        }

        // 1:128 and 5-10 are a ratio and a range: more than one quantity can say.
        if (element.Component(3).HasValue)
        {
            scope.Refuse(MappingCodes.Number, "not a quantity.", found, $"'{found}' is not a quantity.");
            return null;
        }

        return Read(comparator, number.AsSpan().Trim(), unit.Component(1).Decode(), unit.Component(3).Decode(), scope);
    }

    public string? Write(string value, WritingScope scope) => value;

    /// <summary>A number, or SN where a comparator is said; the unit and its system as CE in the field after it.</summary>
    IReadOnlyList<ElementPart>? IElementType.WriteParts(string value, WritingScope scope)
    {
        var text = value.AsSpan();
        var comparator = Comparator(ref text);
        var blank = text.IndexOf(' ');
        var parts = new List<ElementPart>();
        var number = (blank < 0 ? text : text[..blank]).ToString();
        if (comparator.Length > 0)
        {
            parts.Add(new ElementPart(1, comparator));
            parts.Add(new ElementPart(2, number));
        }
        else
        {
            parts.Add(new ElementPart(1, number));
        }

        if (blank >= 0)
        {
            var unit = text[(blank + 1)..];
            var bar = unit.LastIndexOf('|');
            parts.Add(new ElementPart(1, (bar < 0 ? unit : unit[..bar]).ToString(), IsUnit: true));
            if (bar >= 0)
            {
                var system = unit[(bar + 1)..];
                parts.Add(new ElementPart(3, system.SequenceEqual(Ucum) ? "UCUM" : system.ToString(), IsUnit: true));
            }
        }

        return parts;
    }

    IReadOnlyList<int> IElementType.Others => [2, 3, 4];

    /// <summary>Puts the parts together; refused when the number is none.</summary>
    private static string? Read(string comparator, ReadOnlySpan<char> number, ReadOnlySpan<char> unit, ReadOnlySpan<char> system, ReadingScope scope)
    {
        var isUnitInText = unit.IsEmpty && number.IndexOf(' ') > 0;
        if (isUnitInText)
        {
            unit = number[(number.IndexOf(' ') + 1)..].Trim();
            number = number[..number.IndexOf(' ')];
        }

        if (!NumberType.TryDecimal(number, out var value) || TextType.HasControlCharacter(unit, ""))
        {
            scope.Refuse(MappingCodes.Number, "not a quantity.", number.ToString(), $"'{number}' is not a quantity.");
            return null;
        }

        return unit.IsEmpty ? comparator + value
            : system.IsEmpty ? $"{comparator}{value} {unit}"
            : $"{comparator}{value} {unit}|{(system.Equals("UCUM", StringComparison.OrdinalIgnoreCase) ? Ucum : system)}";
    }

    /// <summary>Takes a comparator off the front; empty when there is none, or it says "equal".</summary>
    private static string Comparator(ref ReadOnlySpan<char> text)
    {
        foreach (var comparator in _comparators)
        {
            if (text.StartsWith(comparator, StringComparison.Ordinal))
            {
                text = text[comparator.Length..];
                return comparator;
            }
        }

        text = text.StartsWith('=') ? text[1..] : text;
        return "";
    }
}
