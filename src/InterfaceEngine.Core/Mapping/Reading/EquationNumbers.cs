using System.Globalization;
using InterfaceEngine.Core.Mapping.Values;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// The terms of an equation as numbers that can be added: ticks of an instant, days of a date, minutes, or the number
/// itself. What a length in minutes counts depends on the sum's type.
/// </summary>
internal static class EquationNumbers
{
    private const long TicksPerMinute = NodaConstants.TicksPerMinute;

    /// <summary>A term's number; null when it holds nothing, or nothing that can be added.</summary>
    public static decimal? Read(Equation equation, FieldRow term, string? text) => text is null ? null : term.As.Type switch
    {
        "instant" => InstantType.TryParse(text, out var instant) ? instant.ToUnixTimeTicks() : null,
        "minutes" when IsInstant(equation) => decimal.Parse(text, CultureInfo.InvariantCulture) * TicksPerMinute,
        "date" => StoredTime.TryDate(text, out var date) ? date.DayNumber : null,
        _ => decimal.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    /// <summary>The canonical form; null when the type can't hold the number, such as a length below a minute.</summary>
    public static string? Write(Equation equation, FieldRow term, decimal number)
    {
        switch (term.As.Type)
        {
            case "instant":
                return InstantType.Write(Instant.FromUnixTimeTicks((long)number));
            case "minutes":
                var minutes = IsInstant(equation) ? number / TicksPerMinute : number;
                return minutes is >= 1 and <= MinutesType.MinutesMax && minutes == decimal.Truncate(minutes)
                    ? minutes.ToString("0", CultureInfo.InvariantCulture)
                    : null;
            case "date":
                return number >= DateOnly.MinValue.DayNumber && number <= DateOnly.MaxValue.DayNumber
                    ? DateOnly.FromDayNumber((int)number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                    : null;
            default:
                return number.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static bool IsInstant(Equation equation) => equation.Sum.As.Type == "instant";
}
