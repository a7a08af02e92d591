using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Exports;

/// <summary>
/// How far the last export came: kept beside its files, so that every node sees it, and whoever deletes it gets everything again. It holds
/// a number and a date, and nothing of a patient.
/// </summary>
/// <param name="Sequence">The practice's last change that it told of.</param>
/// <param name="Until">The last day that it reached.</param>
internal readonly record struct ExportMark(long Sequence, LocalDate Until)
{
    public static string FileNameOf(string export) => $".{export}.exported";

    /// <summary>Null for anything that is none.</summary>
    public static ExportMark? TryParse(string text) =>
        text.Trim().Split(' ') is [var sequence, var until] && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && LocalDatePattern.Iso.Parse(until) is { Success: true } day ? new ExportMark(number, day.Value) : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence} {LocalDatePattern.Iso.Format(Until)}\n");
}
