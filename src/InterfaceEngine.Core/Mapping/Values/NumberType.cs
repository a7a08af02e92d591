using System.Globalization;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>int</c> and <c>decimal</c> (HL7 NM): exact. A decimal keeps the digits after the point that were sent, for
/// they tell its precision; leading zeros and a plus sign go.
/// </summary>
public sealed class NumberType : IValueType
{
    private readonly bool _isWhole;

    private NumberType(bool isWhole) => _isWhole = isWhole;

    public static NumberType Whole { get; } = new(isWhole: true);

    public static NumberType Exact { get; } = new(isWhole: false);

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        if (_isWhole
            ? TryWhole(text, out var number)
            : TryDecimal(text, out number))
        {
            return number;
        }

        var what = _isWhole ? "a whole number" : "a number";
        scope.Refuse(MappingCodes.Number, $"not {what}.", text.ToString(), $"'{text}' is not {what}.");
        return null;
    }

    public string? Write(string value, WritingScope scope) => value;

    /// <summary>Digits with a point and a sign, no exponent and no grouping; at most 28 digits, so that none is lost.</summary>
    internal static bool TryDecimal(ReadOnlySpan<char> text, out string? number)
    {
        number = null;
        if (text.IndexOfAnyInRange('0', '9') < 0 || text.Length > 29
            || !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        number = value.ToString(CultureInfo.InvariantCulture);
        return true;
    }

    private static bool TryWhole(ReadOnlySpan<char> text, out string? number)
    {
        var isWhole = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value);
        number = isWhole ? value.ToString(CultureInfo.InvariantCulture) : null;
        return isWhole;
    }
}
