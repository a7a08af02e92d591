using System.Globalization;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>Moves an instant in its canonical form (<c>2023-06-15T14:00:00Z</c>) without changing its distance to another.</summary>
internal static class SpanText
{
    /// <summary>Seven digits of a second are what an instant may carry; zeros at the end are not written.</summary>
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>The end, moved as far as the start was; null when one of them is no instant or it would pass the calendar's end.</summary>
    public static string? Moved(string end, string before, string now)
    {
        if (!TryParse(end, out var until) || !TryParse(before, out var from) || !TryParse(now, out var to))
        {
            return null;
        }

        var ticks = until.Ticks + (to.Ticks - from.Ticks);
        return ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks
            ? null
            : new DateTime(ticks, DateTimeKind.Utc).ToString(Form, CultureInfo.InvariantCulture);
    }

    private static bool TryParse(string text, out DateTime instant) => DateTime.TryParseExact(
        text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
}
