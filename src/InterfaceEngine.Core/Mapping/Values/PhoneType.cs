using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>phone</c>, stored in E.164: <c>+15555551234</c>. A number that is <em>possible</em> passes; one that the
/// numbering plan has not given out only warns, for samples and test systems are full of them. An extension is
/// never part of the number: it is reported (MAP505).
/// </summary>
public sealed class PhoneType : IElementType
{
    private const int DigitsMax = 15;

    private static readonly string[] _extensionMarks = ["extension", "ext", "x", "#"];

    private readonly bool _isNorthAmerican;
    private readonly string _region;

    /// <param name="region">Header <c>region:</c>: the country of numbers without a country code. Outside the
    /// North American plan such numbers are refused, since their form is not known here.</param>
    public PhoneType(string region) => (_region, _isNorthAmerican) = (region, region is "US" or "CA" or "PR");

    bool IElementType.HasUnit => false;

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        Span<char> digits = stackalloc char[DigitsMax + 1];
        var count = Digits(text, digits, out var isInternational, out var rest);
        if (count < 7)
        {
            return Refuse(count == 1 ? "(1 digit)" : $"({count} digits)", text, scope);
        }

        if (count > DigitsMax)
        {
            return Refuse("(more than 15 digits)", text, scope);
        }

        var number = digits[..count];
        if (!isInternational && number.StartsWith("011") && count > 10)
        {
            isInternational = true;
            number = number[3..];
        }

        var canonical = isInternational ? International(number) : _isNorthAmerican ? NorthAmerican(number) : null;
        if (canonical is null)
        {
            return Refuse(isInternational ? "(no country code begins like this)" : $"({count} digits and no country code)", text, scope);
        }

        scope.Trace?.Step("digits", number.ToString());
        scope.Trace?.Step(isInternational ? "its own country code" : $"region {_region}");
        ReportExtension(rest, scope);
        if (canonical.StartsWith("+1", StringComparison.Ordinal) && !IsAssigned(canonical.AsSpan(2)))
        {
            scope.Warn(
                MappingCodes.UnassignedPhone,
                canonical.Length == 12 ? "a telephone number that is not given out by the numbering plan." : "a telephone number without its area code.",
                text.ToString());
        }

        return canonical;
    }

    /// <summary>XTN: component 12, else 1, else country, area and local number (5, 6, 7) with the extension in 8.</summary>
    string? IElementType.Read(Hl7Element element, Hl7Element unit, ReadingScope scope)
    {
        Span<char> buffer = stackalloc char[Hl7Text.BufferLength];
        var whole = element.Component(12) is { HasValue: true } unformatted ? unformatted : element.Component(1);
        if (whole.HasValue)
        {
            scope.Trace?.Found(element.Component(12).HasValue ? "XTN.12" : "XTN.1", whole.Decode());
            return Hl7Text.TryGet(whole, buffer, scope, out var text) ? Read(text, scope) : null;
        }

        var local = element.Component(7);
        if (!local.HasValue)
        {
            return null;
        }

        var country = element.Component(5) is { HasValue: true } code ? "+" + code.Decode().TrimStart('+') + " " : "";
        scope.Trace?.Found("XTN.5 to XTN.7", $"{country}{element.Component(6).Decode()} {local.Decode()}");
        var number = Read($"{country}{element.Component(6).Decode()} {local.Decode()}", scope);
        if (number is not null && element.Component(8) is { HasValue: true } extension)
        {
            Extension(extension.Decode(), scope);
        }

        return number;
    }

    /// <summary>
    /// <c>(217)555-0101</c>, the form of HL7's TN, for numbers of the North American plan where it is the map's own; else
    /// E.164. athenaNet has the digits alone, and FHIR always E.164.
    /// </summary>
    public string? Write(string value, WritingScope scope) => scope.Format == MapFormat.Fhir ? value
        : scope.Format == MapFormat.AthenaNet ? _isNorthAmerican && value.StartsWith("+1", StringComparison.Ordinal) ? value[2..] : value
        : _isNorthAmerican && value.StartsWith("+1", StringComparison.Ordinal)
        ? value.Length switch
        {
            12 => $"({value.AsSpan(2, 3)}){value.AsSpan(5, 3)}-{value.AsSpan(8)}",
            9 => $"{value.AsSpan(2, 3)}-{value.AsSpan(5)}",
            _ => value,
        }
        : value;

    IReadOnlyList<int> IElementType.Others => [5, 6, 7, 8, 12];

    private static string? Refuse(string why, ReadOnlySpan<char> text, ReadingScope scope)
    {
        scope.Refuse(MappingCodes.Phone, $"not a phone number {why}.", text.ToString(), $"'{text}' is not a phone number {why}.");
        return null;
    }

    /// <summary>
    /// The digits up to the first letter or <c>#</c> after them; what follows is an extension or a remark
    /// (XTN allows <c>(999)999-9999X99999B99999C any text</c>).
    /// </summary>
    private static int Digits(ReadOnlySpan<char> text, Span<char> digits, out bool isInternational, out ReadOnlySpan<char> rest)
    {
        isInternational = false;
        var count = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (char.IsAsciiDigit(character))
            {
                // "+44 (0)20": the nought in brackets is dialled inside the country only.
                var isTrunk = isInternational && character == '0' && index > 0 && text[index - 1] == '(' && index + 1 < text.Length && text[index + 1] == ')';
                if (!isTrunk)
                {
                    digits[Math.Min(count++, DigitsMax)] = character;
                }
            }
            else if (count == 0 && character == '+')
            {
                isInternational = true;
            }
            else if (count > 0 && (char.IsLetter(character) || character is '#' or ';' or ','))
            {
                rest = text[index..];
                return count;
            }
        }

        rest = default;
        return count;
    }

    private static string? International(ReadOnlySpan<char> number) => number[0] switch
    {
        '0' => null,
        '1' => NorthAmerican(number),
        _ => string.Concat("+", number),
    };

    /// <summary>Seven digits are a number without its area code: possible, if not much use.</summary>
    private static string? NorthAmerican(ReadOnlySpan<char> number) => number.Length switch
    {
        7 or 10 => string.Concat("+1", number),
        8 or 11 when number[0] == '1' => string.Concat("+", number),
        _ => null,
    };

    private static void ReportExtension(ReadOnlySpan<char> rest, ReadingScope scope)
    {
        rest = rest.TrimStart(";, ");
        foreach (var mark in _extensionMarks)
        {
            if (!rest.StartsWith(mark, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var digits = rest[mark.Length..].TrimStart(". =:");
            var end = digits.IndexOfAnyExceptInRange('0', '9');
            digits = end < 0 ? digits : digits[..end];
            if (!digits.IsEmpty)
            {
                Extension(digits, scope);
            }

            return;
        }
    }

    /// <summary>Says that the number is stored without its extension.</summary>
    private static void Extension(ReadOnlySpan<char> digits, ReadingScope scope) =>
        scope.Warn(
            MappingCodes.Extension,
            "an extension is not part of the number: it was left out.",
            digits.ToString(),
            $"the extension {digits} is not part of the number: it was left out.");

    /// <summary>The plan's own rules: area code and exchange begin with 2 to 9 and are no service code (N11); 555, N9X, 37X and 96X are no areas.</summary>
    private static bool IsAssigned(ReadOnlySpan<char> national)
    {
        if (national.Length != 10)
        {
            return false;
        }

        var area = national[..3];
        var exchange = national[3..6];
        return area[0] >= '2' && exchange[0] >= '2'
            && area[1] != '9'
            && !(area[1] == '1' && area[2] == '1')
            && !(exchange[1] == '1' && exchange[2] == '1')
            && !area.SequenceEqual("555")
            && !area.StartsWith("37")
            && !area.StartsWith("96");
    }
}
