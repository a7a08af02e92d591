using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Capture;

/// <summary>
/// Moves dates into the past by whole weeks, all by the same: a birth stays before the visit, a Monday a Monday, the time of day and the
/// precision as they were.
/// </summary>
public sealed partial class FakeDates
{
    /// <summary>Weeks: far enough that a month and a year are others too, near enough that nobody becomes much younger.</summary>
    private const int WeeksMin = 54;
    private const int WeeksRange = 150;

    private const int YearMin = 1850;
    private const int YearMax = 2150;

    private readonly int _days;

    /// <param name="chance">Random bytes.</param>
    public FakeDates(ReadOnlySpan<byte> chance) => _days = -7 * (WeeksMin + (int)(BinaryPrimitives.ReadUInt32BigEndian(chance) % WeeksRange));

    /// <summary>An instant, moved likewise.</summary>
    public Instant Move(Instant instant) => instant + Duration.FromDays(_days);

    /// <summary>The text with its date moved.</summary>
    /// <param name="text">The whole value.</param>
    /// <param name="isDate">It stands where a date belongs: a year, or a year and a month, is one too.</param>
    /// <returns>Null when it is no date.</returns>
    public string? Move(string text, bool isDate)
    {
        foreach (var (pattern, form) in new (Regex, Func<LocalDate, string>)[]
        {
            (Compact(), date => date.ToString("uuuuMMdd", CultureInfo.InvariantCulture)),
            (Iso(), date => date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)),
        })
        {
            if (pattern.Match(text) is { Success: true } match && Date(match.Groups["y"], match.Groups["m"], match.Groups["d"]) is { } date)
            {
                return form(date.PlusDays(_days)) + text[(match.Groups["d"].Index + 2)..];
            }
        }

        if (American().Match(text) is { Success: true } american && Date(american.Groups["y"], american.Groups["m"], american.Groups["d"]) is { } day)
        {
            var moved = day.PlusDays(_days);
            var (month, number) = (american.Groups["m"].Length == 2 ? $"{moved.Month:00}" : $"{moved.Month}", american.Groups["d"].Length == 2 ? $"{moved.Day:00}" : $"{moved.Day}");
            return $"{month}/{number}/{moved.Year:0000}{text[(american.Groups["y"].Index + 4)..]}";
        }

        return isDate ? Partial(text) : null;
    }

    /// <summary>The hour and minute alone: <c>09:00</c>, <c>9:00 AM</c>.</summary>
    public static bool IsTimeOfDay(string text) => Time().IsMatch(text);

    private string? Partial(string text)
    {
        if (YearAndMonth().Match(text) is not { Success: true } match || !int.TryParse(match.Groups["y"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var year) || year is < YearMin or > YearMax)
        {
            return null;
        }

        var month = match.Groups["m"].Success ? int.Parse(match.Groups["m"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 1;
        if (month is < 1 or > 12)
        {
            return null;
        }

        var moved = new LocalDate(year, month, 1).PlusDays(_days);
        return match.Groups["m"].Success ? $"{moved.Year:0000}{match.Groups["s"].Value}{moved.Month:00}" : $"{moved.Year:0000}";
    }

    private static LocalDate? Date(Group year, Group month, Group day)
    {
        var (y, m, d) = (Number(year), Number(month), Number(day));
        return y is < YearMin or > YearMax || m is < 1 or > 12 || d < 1 || d > CalendarSystem.Iso.GetDaysInMonth(y, m) ? null : new LocalDate(y, m, d);
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<y>[0-9]{4})(?<m>[0-9]{2})(?<d>[0-9]{2})([0-9]{2,6}(\.[0-9]{1,9})?)?([+-][0-9]{4})?$")]
    private static partial Regex Compact();

    [GeneratedRegex(@"^(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})([T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})?)?$")]
    private static partial Regex Iso();

    [GeneratedRegex(@"^(?<m>[0-9]{1,2})/(?<d>[0-9]{1,2})/(?<y>[0-9]{4})( [0-9:]+( ?[AaPp][Mm])?)?$")]
    private static partial Regex American();

    [GeneratedRegex(@"^(?<y>[0-9]{4})((?<s>-?)(?<m>[0-9]{2}))?$")]
    private static partial Regex YearAndMonth();

    [GeneratedRegex("^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AaPp][Mm])?$")]
    private static partial Regex Time();
}
