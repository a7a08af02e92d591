using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using NodaTime;

namespace InterfaceEngine.Core.Hl7;

/// <summary>A TM value, <c>HH[MM[SS[.S..]]][+/-ZZZZ]</c>, with the precision and offset it was written with.</summary>
public readonly record struct Hl7Time
{
    private const string WrongShape = "expected HH[MM[SS[.S]]][+/-ZZZZ]";
    private const int OffsetMinutesMax = 14 * 60;

    private readonly byte _minute;
    private readonly byte _second;
    private readonly int _nanosecond;
    private readonly short _offsetMinutes;
    private readonly bool _hasOffset;

    private Hl7Time(int hour, int minute, int second, TimeDigits digits, Hl7Precision precision)
    {
        Hour = hour;
        _minute = (byte)minute;
        _second = (byte)second;
        _nanosecond = digits.Nanosecond;
        FractionDigits = digits.FractionDigits;
        _offsetMinutes = (short)digits.OffsetMinutes;
        _hasOffset = digits.HasOffset;
        Precision = precision;
    }

    public Hl7Precision Precision { get; }

    public int Hour { get; }

    public int? Minute => Precision >= Hl7Precision.Minute ? _minute : null;

    public int? Second => Precision >= Hl7Precision.Second ? _second : null;

    /// <summary>Nanoseconds within the second; digits beyond the ninth are dropped.</summary>
    public int? Nanosecond => Precision == Hl7Precision.Fraction ? _nanosecond : null;

    /// <summary>How many digits the fraction was written with; 0 without one.</summary>
    public int FractionDigits { get; }

    /// <summary>The offset from UTC as it was written; null when it was not.</summary>
    public TimeSpan? Offset => _hasOffset ? TimeSpan.FromMinutes(_offsetMinutes) : null;

    public static bool TryParse(ReadOnlySpan<char> text, out Hl7Time time, [NotNullWhen(false)] out string? reason)
    {
        if (text.Length > TimeDigits.LengthMax || !Ascii.IsValid(text))
        {
            time = default;
            reason = WrongShape;
            return false;
        }

        Span<byte> bytes = stackalloc byte[TimeDigits.LengthMax];
        Ascii.FromUtf16(text, bytes, out var length);
        return TryParse(bytes[..length], out time, out reason);
    }

    /// <summary>Reads a value; blanks around it do not matter. <paramref name="reason"/> says why it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Hl7Time time, [NotNullWhen(false)] out string? reason)
    {
        var digits = new TimeDigits(text);
        if (digits.IsWellFormed && digits.Count is 2 or 4 or 6 && (digits.FractionDigits == 0 || digits.Count == 6))
        {
            return TryRead(digits, 0, out time, out reason);
        }

        time = default;
        reason = WrongShape;
        return false;
    }

    public LocalTime ToLocalTime() => new LocalTime(Hour, _minute, _second).PlusNanoseconds(_nanosecond);

    /// <summary>As HL7 writes it, with the same precision and offset.</summary>
    public string ToHl7Text()
    {
        var text = new StringBuilder(TimeDigits.LengthMax);
        AppendTo(text, Precision);
        return text.ToString();
    }

    public override string ToString() => ToHl7Text();

    /// <summary>Reads the time of day that begins at the digit <paramref name="from"/>, as far as there are digits.</summary>
    internal static bool TryRead(TimeDigits digits, int from, out Hl7Time time, [NotNullWhen(false)] out string? reason)
    {
        var hour = digits.PairOrZero(from);
        var minute = digits.PairOrZero(from + 2);
        var second = digits.PairOrZero(from + 4);
        reason = hour > 23 ? string.Create(CultureInfo.InvariantCulture, $"there is no hour {hour}")
            : minute > 59 ? string.Create(CultureInfo.InvariantCulture, $"there is no minute {minute}")
            : second > 59 ? string.Create(CultureInfo.InvariantCulture, $"there is no second {second}")
            : Math.Abs(digits.OffsetMinutes) > OffsetMinutesMax || !digits.IsOffsetMinuteValid ? "no place on earth has this offset"
            : null;
        var precision = digits.FractionDigits > 0 ? Hl7Precision.Fraction
            : digits.Count > from + 4 ? Hl7Precision.Second
            : digits.Count > from + 2 ? Hl7Precision.Minute
            : Hl7Precision.Hour;
        time = reason is null ? new Hl7Time(hour, minute, second, digits, precision) : default;
        return reason is null;
    }

    internal void AppendTo(StringBuilder text, Hl7Precision precision)
    {
        if (precision >= Hl7Precision.Hour)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Hour:00}");
        }

        if (precision >= Hl7Precision.Minute)
        {
            text.Append(CultureInfo.InvariantCulture, $"{_minute:00}");
        }

        if (precision >= Hl7Precision.Second)
        {
            text.Append(CultureInfo.InvariantCulture, $"{_second:00}");
        }

        if (precision == Hl7Precision.Fraction)
        {
            var nine = _nanosecond.ToString("000000000", CultureInfo.InvariantCulture);
            text.Append('.').Append(nine.AsSpan(0, Math.Min(FractionDigits, nine.Length)));
        }

        if (_hasOffset)
        {
            var minutes = Math.Abs(_offsetMinutes);
            text.Append(_offsetMinutes < 0 ? '-' : '+').Append(CultureInfo.InvariantCulture, $"{minutes / 60:00}{minutes % 60:00}");
        }
    }
}
