using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>quantity</c>: comparator, exact number, unit and the unit's system, stored <c>&lt;=5.40 mg/dL|http://unitsofmeasure.org</c>,
/// each part where it was said.
/// </summary>
public sealed class QuantityType : IElementType, IJsonType
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
        scope.Trace?.Found(scope.Path, unit.HasValue ? $"{element.Decode()} {unit.Decode()}" : element.Decode());
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

    /// <summary>Quantity: the unit's code where its system is said, else the unit as people read it, else the code alone.</summary>
    string? IJsonType.Read(JsonItem item, ReadingScope scope)
    {
        if (item["value"u8] is not { IsScalar: true } number)
        {
            return null;
        }

        // A system is one of codes: the word that people read is none of it.
        var (code, system, words) = (item["code"u8], item["system"u8], item["unit"u8]);
        var isCoded = code.IsScalar && system.IsScalar;
        var parts = new string[4];
        JsonItem[] items = [item["comparator"u8], number, isCoded || !words.IsScalar ? code : words, isCoded ? system : default];
        for (var index = 0; index < items.Length; index++)
        {
            if (items[index].IsPresent && JsonText.Decode(items[index], scope) is null)
            {
                return null;
            }

            parts[index] = items[index].IsPresent && items[index].TryDecode(out var text) ? text : "";
        }

        var rest = parts[0].AsSpan().Trim();
        var comparator = Comparator(ref rest);
        if (rest.IsEmpty)
        {
            return Read(comparator, parts[1].AsSpan().Trim(), parts[2], parts[3], scope);
        }

        scope.Refuse(MappingCodes.Number, $"not a quantity: its comparator is none of {string.Join(", ", _comparators)}.", parts[0], $"'{parts[0]}' is no comparator: there are {string.Join(", ", _comparators)}.");
        return null;
    }

    bool IJsonType.Write(string value, JsonDraft target, string type, WritingScope scope)
    {
        var text = value.AsSpan();
        var comparator = Comparator(ref text);
        var blank = text.IndexOf(' ');
        var unit = blank < 0 ? default : text[(blank + 1)..];
        var bar = unit.LastIndexOf('|');
        target.Remove("comparator");
        if (comparator.Length > 0)
        {
            target.Set("comparator", JsonDraft.Of(comparator));
        }

        target.Set("value", JsonDraft.Number((blank < 0 ? text : text[..blank]).ToString()));
        var (code, system) = bar < 0 ? ("", "") : (unit[..bar].ToString(), unit[(bar + 1)..].ToString());

        // What people read stays only beside the code that it is the word of.
        var isSameUnit = bar >= 0 && target["unit"] is not null && target["code"]?.Text == code && target["system"]?.Text == system;
        Put(target, "code", code);
        Put(target, "system", system);
        if (!isSameUnit)
        {
            Put(target, "unit", (bar < 0 ? unit : unit[..bar]).ToString());
        }

        return true;
    }

    private static void Put(JsonDraft target, string name, string text)
    {
        if (text.Length == 0)
        {
            target.Remove(name);
        }
        else
        {
            target.Set(name, JsonDraft.Of(text));
        }
    }

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
