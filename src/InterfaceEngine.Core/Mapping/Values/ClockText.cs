namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>Why a text is not a date with a time.</summary>
internal enum ClockFault
{
    Shape,
    Date,
    NoTime,
    Time,
    Offset,
}

/// <summary>A date with a time as it was written.</summary>
internal struct Clock
{
    public PartialDate Date;
    public DateFault DateFault;
    public int Hour;
    public int Minute;
    public int Second;
    public long Nanosecond;

    /// <summary>Null for a local time.</summary>
    public int? OffsetMinutes;
}

/// <summary>
/// Dates with a time as senders write them: HL7's <c>YYYYMMDDHHMM[SS[.S]][±ZZZZ]</c>; elsewhere
/// <c>2023-06-15T09:00[:00[.0]][Z|±05:00]</c> or <c>06/15/2023 9:00 AM</c>, with a blank or a <c>T</c> between.
/// </summary>
internal static class ClockText
{
    public static ClockFault? TryRead(ReadOnlySpan<char> text, MapFormat format, out Clock clock)
    {
        clock = default;
        var blank = text.IndexOfAny('T', ' ');
        if (blank < 0)
        {
            return TryCompact(text, format, ref clock);
        }

        // A time in a place of its own (joined cells) may be compact: 20230615 0900.
        var date = text[..blank];
        clock.DateFault = format == MapFormat.Hl7 || date.IndexOfAny('-', '/') < 0 ? CalendarText.TryHl7(date, out clock.Date) : CalendarText.TryText(date, out clock.Date);
        if (clock.DateFault != DateFault.None || !clock.Date.IsWhole)
        {
            return clock.DateFault == DateFault.None ? ClockFault.Shape : ClockFault.Date;
        }

        var time = TakeOffset(text[(blank + 1)..].Trim(), ref clock, out var fault);
        return fault ?? (time.IndexOf(':') < 0 && char.IsAsciiDigit(Last(time)) ? TryDigits(time, ref clock) : TryColons(time, ref clock));
    }

    private static ClockFault? TryCompact(ReadOnlySpan<char> text, MapFormat format, ref Clock clock)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        var length = digits < 0 ? text.Length : digits;
        if (length < 8)
        {
            clock.DateFault = format == MapFormat.Hl7 ? CalendarText.TryHl7(text, out clock.Date) : CalendarText.TryText(text, out clock.Date);
            return clock.DateFault == DateFault.None ? ClockFault.NoTime : clock.DateFault == DateFault.Shape ? ClockFault.Shape : ClockFault.Date;
        }

        clock.DateFault = CalendarText.TryHl7(text[..8], out clock.Date);
        if (clock.DateFault != DateFault.None)
        {
            return ClockFault.Date;
        }

        var time = TakeOffset(text[8..], ref clock, out var fault);
        return fault ?? TryDigits(time, ref clock);
    }

    /// <summary><c>HHMM[SS[.S…]]</c>.</summary>
    private static ClockFault? TryDigits(ReadOnlySpan<char> time, ref Clock clock)
    {
        var dot = time.IndexOf('.');
        var whole = dot < 0 ? time : time[..dot];
        if (whole.Length is 0 or 2 && dot < 0 && Digits.Are(whole, 0, 2))
        {
            return ClockFault.NoTime;
        }

        if (!Digits.Are(whole, 4, 6) || whole.Length == 5 || (dot >= 0 && whole.Length != 6))
        {
            return ClockFault.Shape;
        }

        clock.Hour = Digits.Read(whole[..2]);
        clock.Minute = Digits.Read(whole[2..4]);
        clock.Second = whole.Length == 6 ? Digits.Read(whole[4..]) : 0;
        return TryFraction(dot < 0 ? default : time[(dot + 1)..], dot >= 0, ref clock) ?? Check(in clock);
    }

    /// <summary><c>H:MM[:SS[.S…]][ AM|PM]</c>.</summary>
    private static ClockFault? TryColons(ReadOnlySpan<char> time, ref Clock clock)
    {
        var isAfternoon = time.EndsWith("PM", StringComparison.OrdinalIgnoreCase);
        var isTwelveHours = isAfternoon || time.EndsWith("AM", StringComparison.OrdinalIgnoreCase);
        if (isTwelveHours)
        {
            time = time[..^2].TrimEnd();
        }

        var dot = time.IndexOf('.');
        Span<Range> parts = stackalloc Range[4];
        var whole = dot < 0 ? time : time[..dot];
        var count = whole.Split(parts, ':');
        if (count is < 2 or > 3 || !Digits.Are(whole[parts[0]], 1, 2) || !Digits.Are(whole[parts[1]], 2, 2)
            || (count == 3 && !Digits.Are(whole[parts[2]], 2, 2)) || (dot >= 0 && count != 3))
        {
            return ClockFault.Shape;
        }

        clock.Hour = Digits.Read(whole[parts[0]]);
        clock.Minute = Digits.Read(whole[parts[1]]);
        clock.Second = count == 3 ? Digits.Read(whole[parts[2]]) : 0;
        if (isTwelveHours)
        {
            if (clock.Hour is < 1 or > 12)
            {
                return ClockFault.Time;
            }

            clock.Hour = (clock.Hour % 12) + (isAfternoon ? 12 : 0);
        }

        return TryFraction(dot < 0 ? default : time[(dot + 1)..], dot >= 0, ref clock) ?? Check(in clock);
    }

    private static ClockFault? TryFraction(ReadOnlySpan<char> digits, bool isThere, ref Clock clock)
    {
        if (!isThere)
        {
            return null;
        }

        if (!Digits.Are(digits, 1, 9))
        {
            return ClockFault.Shape;
        }

        clock.Nanosecond = Digits.Read(digits);
        for (var length = digits.Length; length < 9; length++)
        {
            clock.Nanosecond *= 10;
        }

        return null;
    }

    /// <summary>Takes <c>Z</c>, <c>±HHMM</c>, <c>±HH:MM</c> or <c>±HH</c> off the end.</summary>
    private static ReadOnlySpan<char> TakeOffset(ReadOnlySpan<char> time, ref Clock clock, out ClockFault? fault)
    {
        fault = null;
        if (time.EndsWith('Z'))
        {
            clock.OffsetMinutes = 0;
            return time[..^1].TrimEnd();
        }

        var sign = time.LastIndexOfAny('+', '-');
        if (sign < 0)
        {
            return time;
        }

        var offset = time[(sign + 1)..];
        var hours = offset.Length >= 2 ? offset[..2] : default;
        var minutes = offset.Length switch { 4 => offset[2..], 5 when offset[2] == ':' => offset[3..], 2 => "00", _ => default };
        if (!Digits.Are(hours, 2, 2) || !Digits.Are(minutes, 2, 2))
        {
            fault = ClockFault.Shape;
        }
        else if (Digits.Read(hours) > 14 || Digits.Read(minutes) > 59)
        {
            fault = ClockFault.Offset;
        }
        else
        {
            var total = (Digits.Read(hours) * 60) + Digits.Read(minutes);
            clock.OffsetMinutes = time[sign] == '-' ? -total : total;
        }

        return time[..sign].TrimEnd();
    }

    private static ClockFault? Check(in Clock clock) =>
        clock is { Hour: <= 23, Minute: <= 59, Second: <= 59 } ? null : ClockFault.Time;

    private static char Last(ReadOnlySpan<char> text) => text.IsEmpty ? '\0' : text[^1];
}
