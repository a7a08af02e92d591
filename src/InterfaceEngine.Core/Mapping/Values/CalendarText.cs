using System.Buffers;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>Why a text is not a date.</summary>
internal enum DateFault
{
    None,
    Shape,
    TwoDigitYear,
    Year,
    Month,
    Day,
}

/// <summary>A date of which the month or the day may be unknown (0).</summary>
internal readonly record struct PartialDate(int Year, int Month, int Day)
{
    public bool IsWhole => Day > 0;
}

/// <summary>Dates as senders write them. Strict: a date that does not exist is a fault, never the next one that does.</summary>
internal static class CalendarText
{
    private static readonly SearchValues<char> _hl7Characters = SearchValues.Create("0123456789.+-");
    private static readonly SearchValues<char> _timeCharacters = SearchValues.Create("0123456789:.+-ZAPMapm ");

    /// <summary>HL7's <c>YYYY[MM[DD[HHMM[SS[.S]]]]][±ZZZZ]</c>; what follows the day is dropped.</summary>
    public static DateFault TryHl7(ReadOnlySpan<char> text, out PartialDate date)
    {
        date = default;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0)
        {
            digits = text.Length;
        }
        else if (text[digits..].IndexOfAnyExcept(_hl7Characters) >= 0)
        {
            return DateFault.Shape;
        }

        return digits switch
        {
            4 => Check(Digits.Read(text[..4]), null, null, out date),
            6 => Check(Digits.Read(text[..4]), Digits.Read(text[4..6]), null, out date),
            8 or 10 or 12 or 14 => Check(Digits.Read(text[..4]), Digits.Read(text[4..6]), Digits.Read(text[6..8]), out date),
            _ => DateFault.Shape,
        };
    }

    /// <summary><c>YYYY[-MM[-DD]]</c> with or without a time after it, <c>MM/DD/YYYY</c>, <c>MM/YYYY</c> or <c>YYYYMMDD</c>.</summary>
    public static DateFault TryText(ReadOnlySpan<char> text, out PartialDate date)
    {
        date = default;
        var end = text.IndexOfAny('T', ' ');
        if (end >= 0)
        {
            if (end + 1 == text.Length || !char.IsAsciiDigit(text[end + 1]) || text[(end + 1)..].IndexOfAnyExcept(_timeCharacters) >= 0)
            {
                return DateFault.Shape;
            }

            text = text[..end];
        }

        if (text.IndexOf('/') >= 0)
        {
            return TrySlashed(text, out date);
        }

        if (text.IndexOf('-') >= 0)
        {
            return TryDashed(text, out date);
        }

        return text.Length is 4 or 8 ? TryHl7(text, out date) : DateFault.Shape;
    }

    private static DateFault TryDashed(ReadOnlySpan<char> text, out PartialDate date)
    {
        date = default;
        Span<Range> parts = stackalloc Range[4];
        var count = text.Split(parts, '-');
        if (count is < 2 or > 3 || !Digits.Are(text[parts[0]], 2, 4) || !Digits.Are(text[parts[1]], 2, 2) || (count == 3 && !Digits.Are(text[parts[2]], 2, 2)))
        {
            return DateFault.Shape;
        }

        return text[parts[0]].Length switch
        {
            4 => Check(Digits.Read(text[parts[0]]), Digits.Read(text[parts[1]]), count == 3 ? Digits.Read(text[parts[2]]) : null, out date),
            2 => DateFault.TwoDigitYear,
            _ => DateFault.Shape,
        };
    }

    private static DateFault TrySlashed(ReadOnlySpan<char> text, out PartialDate date)
    {
        date = default;
        Span<Range> parts = stackalloc Range[4];
        var count = text.Split(parts, '/');
        if (count is < 2 or > 3 || !Digits.Are(text[parts[0]], 1, 2) || !Digits.Are(text[parts[count - 1]], 2, 4) || (count == 3 && !Digits.Are(text[parts[1]], 1, 2)))
        {
            return DateFault.Shape;
        }

        var year = text[parts[count - 1]];
        return year.Length switch
        {
            4 => Check(Digits.Read(year), Digits.Read(text[parts[0]]), count == 3 ? Digits.Read(text[parts[1]]) : null, out date),
            2 => DateFault.TwoDigitYear,
            _ => DateFault.Shape,
        };
    }

    private static DateFault Check(int year, int? month, int? day, out PartialDate date)
    {
        // The parts are given back at a fault too, for the reason.
        date = new PartialDate(year, month ?? 0, day ?? 0);
        if (year == 0)
        {
            return DateFault.Year;
        }

        if (month is < 1 or > 12)
        {
            return DateFault.Month;
        }

        return day is null || (day >= 1 && day <= DateTime.DaysInMonth(year, date.Month)) ? DateFault.None : DateFault.Day;
    }
}
