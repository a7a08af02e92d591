using System.Globalization;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>Dates, times and numbers as athenaNet writes and reads them.</summary>
internal static class RestText
{
    private const string DayForm = "MM/dd/yyyy";

    /// <summary>Which clock the times of changes are of is not published; this one is the vendor's own.</summary>
    private static readonly TimeZoneInfo _vendorsZone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    public static string Date(DateOnly day) => day.ToString(DayForm, CultureInfo.InvariantCulture);

    public static string Date(DateTime day) => day.ToString(DayForm, CultureInfo.InvariantCulture);

    public static string Clock(DateTime time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    public static string Instant(DateTimeOffset time) =>
        TimeZoneInfo.ConvertTime(time, _vendorsZone).ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Iso(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, _vendorsZone).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>A moment of the vendor's clock; null where it is none.</summary>
    public static DateTimeOffset? ReadInstant(string text) =>
        DateTime.TryParseExact(text, "MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? new DateTimeOffset(time, _vendorsZone.GetUtcOffset(time)) : null;

    public static DateOnly? ReadDate(string text, bool isIsoTaken) =>
        DateOnly.TryParseExact(text, isIsoTaken ? [DayForm, "M/d/yyyy", "yyyy-MM-dd"] : [DayForm, "M/d/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>Its digits alone, without the country's.</summary>
    public static string Phone(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        return digits is { Length: 11 } && digits[0] == '1' ? digits[1..] : digits;
    }
}
