using System.Globalization;
using InterfaceEngine.Core.Mapping.Values;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>
/// What a formula gives: a value of one kind, or <em>missing</em>. Dates, instants, numbers and conditions are
/// held as a number, so that comparing them allocates nothing.
/// </summary>
public readonly struct ExpressionValue : IEquatable<ExpressionValue>
{
    private readonly string? _text;
    private readonly decimal _number;
    private readonly bool _isPresent;

    private ExpressionValue(ExpressionKind kind, string? text, decimal number)
    {
        Kind = kind;
        _text = text;
        _number = number;
        _isPresent = true;
    }

    public static ExpressionValue Missing => default;

    public ExpressionKind Kind { get; }

    public bool IsMissing => !_isPresent;

    /// <summary>True for the condition true; false for false, for missing and for every other value.</summary>
    public bool IsTrue => _isPresent && Kind == ExpressionKind.Condition && _number != 0;

    /// <summary>A number as it is, minutes, a date's day number, or an instant's ticks (UTC).</summary>
    internal decimal Number => _number;

    /// <summary>The value in the canonical form in which fields are stored; null when it is missing.</summary>
    public string? Text => !_isPresent ? null : _text ?? Kind switch
    {
        ExpressionKind.Date => DateOnly.FromDayNumber((int)_number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ExpressionKind.Instant => new DateTime((long)_number, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        ExpressionKind.Condition => _number != 0 ? "true" : "false",
        _ => _number.ToString("0.############################", CultureInfo.InvariantCulture),
    };

    public static bool operator ==(ExpressionValue left, ExpressionValue right) => left.Equals(right);

    public static bool operator !=(ExpressionValue left, ExpressionValue right) => !left.Equals(right);

    public static ExpressionValue OfText(string text) => new(ExpressionKind.Text, text, 0);

    public static ExpressionValue OfCode(string code) => new(ExpressionKind.Code, code, 0);

    public static ExpressionValue OfNumber(decimal number) => new(ExpressionKind.Number, null, number);

    public static ExpressionValue OfMinutes(decimal minutes) => new(ExpressionKind.Minutes, null, minutes);

    public static ExpressionValue OfCondition(bool holds) => new(ExpressionKind.Condition, null, holds ? 1 : 0);

    public static ExpressionValue OfDate(DateOnly date) => new(ExpressionKind.Date, null, date.DayNumber);

    /// <summary>An instant, or missing when the ticks are outside the years 1 to 9999.</summary>
    public static ExpressionValue OfInstant(decimal utcTicks) =>
        utcTicks >= 0 && utcTicks <= DateTime.MaxValue.Ticks ? new(ExpressionKind.Instant, null, decimal.Truncate(utcTicks)) : Missing;

    /// <summary>Reads a stored value's canonical text; what does not fit the kind is missing.</summary>
    public static ExpressionValue Read(ExpressionKind kind, string? text)
    {
        if (text is null)
        {
            return Missing;
        }

        switch (kind)
        {
            case ExpressionKind.Text:
                return OfText(text);
            case ExpressionKind.Code:
                return OfCode(text);
            case ExpressionKind.Date:
                return StoredTime.TryDate(text, out var date) ? OfDate(date) : Missing;
            case ExpressionKind.Instant:
                return StoredTime.TryInstant(text, out var instant) ? OfInstant(instant.Ticks) : Missing;
            case ExpressionKind.Condition:
                return text switch
                {
                    "true" or "Y" or "1" => OfCondition(true),
                    "false" or "N" or "0" => OfCondition(false),
                    _ => Missing,
                };
            default:
                const NumberStyles plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
                return decimal.TryParse(text, plain, CultureInfo.InvariantCulture, out var number) ? new(kind, null, number) : Missing;
        }
    }

    /// <summary>Two values are equal when their content is; missing equals missing and nothing else.</summary>
    public bool Equals(ExpressionValue other) =>
        _isPresent == other._isPresent && _number == other._number && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is ExpressionValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_isPresent, _number, _text);

    /// <summary>For people; never for logs, since a value may belong to a patient.</summary>
    public override string ToString() => Text ?? "(missing)";

    /// <summary>Below zero, zero or above zero; both values are present and of comparable kinds.</summary>
    internal static int Compare(in ExpressionValue left, in ExpressionValue right) =>
        left._text is not null ? string.CompareOrdinal(left._text, right._text) : decimal.Compare(left._number, right._number);

    internal DateOnly ToDate() => DateOnly.FromDayNumber((int)_number);
}
