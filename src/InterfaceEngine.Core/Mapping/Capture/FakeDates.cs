using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Capture;

/// <summary>
/// Moves dates into the past: from a year before the message on by one number of whole weeks, so a Monday stays a Monday; older ones, above
/// all births, by some further days, all by the same. Their order stays, and the time of day and the precision are as they were. There are
/// two spans because the first can be guessed: who knows on which day the message was sent has it from the time that it says.
/// </summary>
public sealed partial class FakeDates
{
    /// <summary>Weeks: far enough that a month and a year are others too. All ages stay as they are.</summary>
    private const int WeeksMin = 54;
    private const int WeeksRange = 520;

    /// <summary>By so many days at most an old date goes further back: nobody becomes older by more than a year.</summary>
    private const int FurtherDaysMax = 365;

    private const int YearDays = 365;

    private const int YearMin = 1850;
    private const int YearMax = 2150;

    private readonly int _days;
    private readonly int _furtherDays;
    private readonly LocalDate _recentFrom;

    /// <param name="chance">Random bytes, eight at least.</param>
    /// <param name="sent">The day of the message: from a year before it on, dates are recent.</param>
    public FakeDates(ReadOnlySpan<byte> chance, LocalDate sent)
    {
        _days = -7 * (WeeksMin + (int)(BinaryPrimitives.ReadUInt32BigEndian(chance) % WeeksRange));
        _furtherDays = -1 - (int)(BinaryPrimitives.ReadUInt32BigEndian(chance[4..]) % FurtherDaysMax);
        _recentFrom = sent.PlusDays(-YearDays);
    }

    /// <summary>The day with which a time of HL7 v2 begins; null when it does not.</summary>
    public static LocalDate? DayOf(string text) => Compact().Match(text) is { Success: true } match ? Date(match.Groups["y"], match.Groups["m"], match.Groups["d"]) : null;

    /// <summary>An instant, moved likewise.</summary>
    public Instant Move(Instant instant) => instant + Duration.FromDays(_days);

    /// <summary>The text with its date moved.</summary>
    /// <param name="text">The whole value.</param>
    /// <param name="isDate">
    /// It stands where a date belongs: there digits alone are one, down to the year. Elsewhere they are as likely an id that begins with
    /// a day, of which the rest would stay.
    /// </param>
    /// <returns>Null when it is no date.</returns>
    public string? Move(string text, bool isDate)
    {
        foreach (var (pattern, form) in new (Regex, Func<LocalDate, string>)[]
        {
            (Compact(), date => date.ToString("uuuuMMdd", CultureInfo.InvariantCulture)),
            (Iso(), date => date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)),
        }.Skip(isDate ? 0 : 1))
        {
            if (pattern.Match(text) is { Success: true } match && Date(match.Groups["y"], match.Groups["m"], match.Groups["d"]) is { } date)
            {
                return form(Moved(date)) + text[(match.Groups["d"].Index + 2)..];
            }
        }

        if (American().Match(text) is { Success: true } american && Date(american.Groups["y"], american.Groups["m"], american.Groups["d"]) is { } day)
        {
            var moved = Moved(day);
            var (month, number) = (american.Groups["m"].Length == 2 ? $"{moved.Month:00}" : $"{moved.Month}", american.Groups["d"].Length == 2 ? $"{moved.Day:00}" : $"{moved.Day}");
            return $"{month}/{number}/{moved.Year:0000}{text[(american.Groups["y"].Index + 4)..]}";
        }

        return isDate ? Partial(text) : null;
    }

    /// <summary>The hour and minute alone: <c>09:00</c>, <c>9:00 AM</c>.</summary>
    public static bool IsTimeOfDay(string text) => Time().IsMatch(text);

    private LocalDate Moved(LocalDate date) => date.PlusDays(date < _recentFrom ? _days + _furtherDays : _days);

    /// <summary>A time of HL7 v2: <c>0900</c>, <c>142658.12-0600</c>.</summary>
    public static bool IsTime(string text) => Clock().IsMatch(text);

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

        var moved = Moved(new LocalDate(year, month, 1));
        return match.Groups["m"].Success ? $"{moved.Year:0000}{match.Groups["s"].Value}{moved.Month:00}" : $"{moved.Year:0000}";
    }

    private static LocalDate? Date(Group year, Group month, Group day)
    {
        var (y, m, d) = (Number(year), Number(month), Number(day));
        return y is < YearMin or > YearMax || m is < 1 or > 12 || d < 1 || d > CalendarSystem.Iso.GetDaysInMonth(y, m) ? null : new LocalDate(y, m, d);
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<y>[0-9]{4})(?<m>[0-9]{2})(?<d>[0-9]{2})(([01][0-9]|2[0-3])([0-5][0-9]([0-5][0-9](\.[0-9]{1,9})?)?)?)?([+-][0-9]{4})?$")]
    private static partial Regex Compact();

    [GeneratedRegex(@"^(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})([T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})?)?$")]
    private static partial Regex Iso();

    [GeneratedRegex(@"^(?<m>[0-9]{1,2})/(?<d>[0-9]{1,2})/(?<y>[0-9]{4})( [0-9:]+( ?[AaPp][Mm])?)?$")]
    private static partial Regex American();

    [GeneratedRegex(@"^(?<y>[0-9]{4})((?<s>-?)(?<m>[0-9]{2}))?$")]
    private static partial Regex YearAndMonth();

    [GeneratedRegex("^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AaPp][Mm])?$")]
    private static partial Regex Time();

    [GeneratedRegex(@"^([01][0-9]|2[0-3])([0-5][0-9]([0-5][0-9](\.[0-9]{1,9})?)?)?([+-][0-9]{4})?$")]
    private static partial Regex Clock();
}
