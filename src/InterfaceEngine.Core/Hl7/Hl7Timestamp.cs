using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using NodaTime;

namespace InterfaceEngine.Core.Hl7;

/// <summary>How much of a time was said.</summary>
public enum Hl7Precision
{
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
}

/// <summary>
/// A TS, DTM or DT value, <c>YYYY[MM[DD[HH[MM[SS[.S..]]]]]][+/-ZZZZ]</c>, with exactly the precision and offset it
/// was written with. Dates that do not exist are refused with a reason, never rolled over.
/// </summary>
public readonly record struct Hl7Timestamp
{
    internal const string WrongShape = "expected YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]";

    private readonly byte _month;
    private readonly byte _day;
    private readonly Hl7Time _time;

    private Hl7Timestamp(int year, int month, int day, Hl7Time time, Hl7Precision precision)
    {
        Year = year;
        _month = (byte)month;
        _day = (byte)day;
        _time = time;
        Precision = precision;
    }

    public Hl7Precision Precision { get; }

    public int Year { get; }

    public int? Month => Precision >= Hl7Precision.Month ? _month : null;

    public int? Day => Precision >= Hl7Precision.Day ? _day : null;

    public int? Hour => Precision >= Hl7Precision.Hour ? _time.Hour : null;

    public int? Minute => Precision >= Hl7Precision.Minute ? _time.Minute : null;

    public int? Second => Precision >= Hl7Precision.Second ? _time.Second : null;

    /// <summary>Nanoseconds within the second; digits beyond the ninth are dropped.</summary>
    public int? Nanosecond => Precision == Hl7Precision.Fraction ? _time.Nanosecond : null;

    /// <summary>How many digits the fraction was written with; 0 without one.</summary>
    public int FractionDigits => _time.FractionDigits;

    /// <summary>The offset from UTC as it was written; null when it was not.</summary>
    public TimeSpan? Offset => _time.Offset;

    /// <summary>True from the precision of an hour on.</summary>
    public bool HasTime => Precision >= Hl7Precision.Hour;

    public static bool TryParse(ReadOnlySpan<char> text, out Hl7Timestamp timestamp, [NotNullWhen(false)] out string? reason)
    {
        if (text.Length > TimeDigits.LengthMax || !Ascii.IsValid(text))
        {
            timestamp = default;
            reason = WrongShape;
            return false;
        }

        Span<byte> bytes = stackalloc byte[TimeDigits.LengthMax];
        Ascii.FromUtf16(text, bytes, out var length);
        return TryParse(bytes[..length], out timestamp, out reason);
    }

    /// <summary>Reads a value; blanks around it do not matter.</summary>
    /// <param name="text">The value.</param>
    /// <param name="timestamp">The time.</param>
    /// <param name="reason">Why it is none, e.g. <c>there is no month 13</c>.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out Hl7Timestamp timestamp, [NotNullWhen(false)] out string? reason)
    {
        timestamp = default;
        var digits = new TimeDigits(text);
        if (!digits.IsWellFormed || digits.Count is < 4 or > 14 || digits.Count % 2 != 0 || (digits.FractionDigits > 0 && digits.Count != 14))
        {
            reason = WrongShape;
            return false;
        }

        var precision = digits.FractionDigits > 0 ? Hl7Precision.Fraction : (Hl7Precision)((digits.Count - 4) / 2);
        var year = (digits.Pair(0) * 100) + digits.Pair(2);
        var month = precision >= Hl7Precision.Month ? digits.Pair(4) : 1;
        var day = precision >= Hl7Precision.Day ? digits.Pair(6) : 1;
        reason = WhyNoDate(year, month, day);
        var time = default(Hl7Time);
        if (reason is null && Hl7Time.TryRead(digits, 8, out time, out reason))
        {
            timestamp = new Hl7Timestamp(year, month, day, time, precision);
        }

        return reason is null;
    }

    /// <summary>Date and time of day as they stand, whatever the offset; what was not said is zero. Null when no hour was said.</summary>
    public LocalDateTime? ToLocalDateTime() =>
        HasTime ? new LocalDate(Year, _month, _day).At(_time.ToLocalTime()) : null;

    /// <summary>The instant; null when no hour or no offset was said.</summary>
    public Instant? ToInstant() => HasTime && _time.Offset is { } offset
        ? ToLocalDateTime()!.Value.WithOffset(NodaTime.Offset.FromTimeSpan(offset)).ToInstant()
        : null;

    /// <summary>As HL7 writes it, with the same precision and offset.</summary>
    public string ToHl7Text()
    {
        var text = new StringBuilder(TimeDigits.LengthMax);
        text.Append(CultureInfo.InvariantCulture, $"{Year:0000}");
        if (Precision >= Hl7Precision.Month)
        {
            text.Append(CultureInfo.InvariantCulture, $"{_month:00}");
        }

        if (Precision >= Hl7Precision.Day)
        {
            text.Append(CultureInfo.InvariantCulture, $"{_day:00}");
        }

        _time.AppendTo(text, Precision);
        return text.ToString();
    }

    public override string ToString() => ToHl7Text();

    private static string? WhyNoDate(int year, int month, int day)
    {
        if (year == 0)
        {
            return "there is no year 0";
        }

        if (month is < 1 or > 12)
        {
            return string.Create(CultureInfo.InvariantCulture, $"there is no month {month}");
        }

        var days = DateTime.DaysInMonth(year, month);
        if (day >= 1 && day <= days)
        {
            return null;
        }

        if (day is < 1 or > 31)
        {
            return string.Create(CultureInfo.InvariantCulture, $"there is no day {day}");
        }

        var name = CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);
        return month == 2
            ? string.Create(CultureInfo.InvariantCulture, $"{name} {year} has {days} days")
            : string.Create(CultureInfo.InvariantCulture, $"{name} has {days} days");
    }
}
