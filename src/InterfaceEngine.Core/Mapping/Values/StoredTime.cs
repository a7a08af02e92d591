using System.Globalization;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>Dates and instants in exactly the form in which they are stored, without the culture machinery: checks read them for every message.</summary>
internal static class StoredTime
{
    private const int DateLength = 10;
    private const int SecondsLength = 20;

    /// <summary><c>2023-06-15</c></summary>
    public static bool TryDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        if (text.Length != DateLength || text[4] != '-' || text[7] != '-' || !Digits.Are(text[..4], 4, 4) || !Digits.Are(text[5..7], 2, 2) || !Digits.Are(text[8..], 2, 2))
        {
            return false;
        }

        var (year, month, day) = (Digits.Read(text[..4]), Digits.Read(text[5..7]), Digits.Read(text[8..]));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        date = new DateOnly(year, month, day);
        return true;
    }

    /// <summary><c>2023-06-15T14:00:00Z</c>, with or without a fraction of at most seven digits.</summary>
    public static bool TryInstant(ReadOnlySpan<char> text, out DateTime instant)
    {
        const DateTimeStyles utc = DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal;
        if (text.Length != SecondsLength)
        {
            return DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture, utc, out instant);
        }

        instant = default;
        if (!TryDate(text[..DateLength], out var date) || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z'
            || !Digits.Are(text[11..13], 2, 2) || !Digits.Are(text[14..16], 2, 2) || !Digits.Are(text[17..19], 2, 2))
        {
            return false;
        }

        var (hour, minute, second) = (Digits.Read(text[11..13]), Digits.Read(text[14..16]), Digits.Read(text[17..19]));
        if (hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        instant = date.ToDateTime(new TimeOnly(hour, minute, second), DateTimeKind.Utc);
        return true;
    }
}
