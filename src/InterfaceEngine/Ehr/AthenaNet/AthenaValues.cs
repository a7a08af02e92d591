using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>
/// Values as athenaNet writes them. The same field is a text in one answer and a number in another, a flag <c>true</c> or <c>"true"</c>, an empty
/// text means that nothing is known; a day is <c>MM/DD/YYYY</c>, a time of day <c>HH:MM</c> by the department's clock.
/// </summary>
internal static class AthenaValues
{
    private static readonly LocalDatePattern _day = LocalDatePattern.CreateWithInvariantCulture("MM/dd/uuuu");

    private static readonly LocalDatePattern[] _days = [_day, LocalDatePattern.CreateWithInvariantCulture("M/d/uuuu"), LocalDatePattern.Iso];

    private static readonly LocalTimePattern _clock = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    private static readonly LocalTimePattern[] _clocks = [_clock, LocalTimePattern.CreateWithInvariantCulture("H:mm"), LocalTimePattern.CreateWithInvariantCulture("HH:mm:ss")];

    /// <summary>A value as text; null when it is not there, null or empty.</summary>
    public static string? Text(this JsonElement row, string name)
    {
        if (row.ValueKind is not JsonValueKind.Object || !row.TryGetProperty(name, out var value))
        {
            return null;
        }

        // A list of one round a value is the value.
        if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() == 1)
        {
            value = value[0];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.TextOrNull()?.Trim() is { Length: > 0 } text ? text : null,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
    }

    public static int? Number(this JsonElement row, string name) =>
        decimal.TryParse(row.Text(name), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) && number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue ? (int)number : null;

    public static bool IsTrue(this JsonElement row, string name) => row.Text(name) is { } text && (text.Equals("true", StringComparison.OrdinalIgnoreCase) || text is "1" or "Y" or "y");

    /// <summary>The objects of a list; one that stands alone is a list of one.</summary>
    public static IReadOnlyList<JsonElement> Objects(this JsonElement row, string name) =>
        row.ValueKind is not JsonValueKind.Object || !row.TryGetProperty(name, out var list) ? []
        : list.ValueKind is JsonValueKind.Array ? [.. list.EnumerateArray().Where(one => one.ValueKind is JsonValueKind.Object)]
        : list.ValueKind is JsonValueKind.Object ? [list] : [];

    public static LocalDate? Day(this JsonElement row, string name) => ReadDay(row.Text(name));

    /// <summary>When it is by the department's clock; null when a part is missing or none.</summary>
    public static LocalDateTime? At(this JsonElement row, string day, string time) =>
        row.Day(day) is { } date && ReadClock(row.Text(time)) is { } clock ? date + clock : null;

    /// <summary>A day as athenaNet or a person writes it: <c>MM/DD/YYYY</c> or <c>YYYY-MM-DD</c>.</summary>
    public static LocalDate? ReadDay(string? text) => Read(_days, text);

    /// <summary>A day and a time in one text, as the guides have it: <c>2023-06-15T09:00:00</c>.</summary>
    public static LocalDateTime? ReadLocal(string? text) => text is not null && LocalDateTimePattern.GeneralIso.Parse(text) is { Success: true } read ? read.Value : null;

    public static LocalTime? ReadClock(string? text) => Read(_clocks, text);

    /// <summary>As athenaNet takes it: <c>06/15/2023</c>.</summary>
    public static string Of(LocalDate day) => _day.Format(day);

    /// <summary>As athenaNet takes it: <c>09:00</c>.</summary>
    public static string Of(LocalTime time) => _clock.Format(time);

    /// <summary>Nobody says in which zone athenaNet takes moments: whoever asks for what was since one asks from so much earlier.</summary>
    public static TimeSpan AnyZone { get; } = TimeSpan.FromDays(1);

    /// <summary>A moment as athenaNet takes it: <c>06/15/2023 09:00:00</c>, here by UTC (see <see cref="AnyZone"/>).</summary>
    public static string Of(DateTimeOffset at) => at.UtcDateTime.ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The ten digits of a telephone number of the United States; any other keeps its digits.</summary>
    public static string Phone(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        return digits is { Length: 11 } && digits[0] == '1' ? digits[1..] : digits;
    }

    /// <summary>It shows a part only (<c>*****3333</c>): such a value is never sent back.</summary>
    public static bool IsMasked(string value) => value.Contains('*', StringComparison.Ordinal);

    private static T? Read<T>(IPattern<T>[] patterns, string? text)
        where T : struct
    {
        foreach (var pattern in patterns)
        {
            if (text is not null && pattern.Parse(text) is { Success: true } read)
            {
                return read.Value;
            }
        }

        return null;
    }
}
