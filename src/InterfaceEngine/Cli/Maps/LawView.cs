using System.Globalization;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Cli.Maps;

/// <summary>What the laws found, as <c>map check</c> shows it. Generated values may be shown; those of messages never are.</summary>
internal static class LawView
{
    /// <summary>Failures and places without a row, as problems that stand beside those of the tables.</summary>
    public static IReadOnlyList<MappingProblem> Problems(LawReport report) => [.. report.Failures.Select(Problem), .. Unmapped(report)];

    /// <summary>One line: <c>laws  L1 ok 9,600  L2 ok 118 (46 places spelled otherwise)  …  seed 1  2.9 s</c>.</summary>
    public static string Summary(LawReport report, int seed, TimeSpan took)
    {
        var laws = report.Cases.Select(one => $"{one.Key.Code()} {Verdict(report, one.Key)} {Number(one.Value)}{(one.Key == Law.ReadWrite ? $" ({report.Normalisations.Count} places spelled otherwise)" : "")}");
        return string.Create(CultureInfo.InvariantCulture, $"laws   {string.Join("   ", laws)}   seed {seed}   {took.TotalSeconds:0.0} s");
    }

    /// <summary>Every place that L2 spelled otherwise than its sender, with how often.</summary>
    public static string Normalisations(LawReport report) =>
        $"spelled otherwise than it was sent: {(report.Normalisations.Count == 0 ? "nothing" : string.Join(", ", report.Normalisations.Select(one => $"{one.Key} {one.Value}")))}";

    private static string Verdict(LawReport report, Law law) =>
        law == Law.Coverage && report.Unmapped.Count > 0 ? "look"
        : report.Failures.Count(failure => failure.Law == law) is > 0 and var failed ? $"{failed} failed" : "ok";

    private static MappingProblem Problem(LawFailure failure) => new(
        MappingSeverity.Error, failure.Code, failure.Cell?.File ?? "", failure.Cell?.Line ?? 0, failure.Cell?.Column ?? 0, 0,
        $"{failure.What} ({failure.Where})", failure.Example.Length == 0 ? "" : $"Example: {failure.Example}", "", 0);

    /// <summary>A place that several events or practices lack is one thing to mend.</summary>
    private static IEnumerable<MappingProblem> Unmapped(LawReport report) =>
        from place in report.Unmapped
        group place by (place.Format, place.Place, place.Cell.File) into places
        let events = places.Select(one => one.Event).Distinct().ToList()
        let first = places.First().Cell
        select new MappingProblem(
            MappingSeverity.Warning, Law.Coverage.Code(), first.File, first.Line, first.Column, 0,
            $"{places.Key.Format.Title()} {places.Key.Place} is filled in {places.Max(one => one.Seen)} of {places.First(one => one.Seen == places.Max(other => other.Seen)).Of} messages and no row reads it ({Few(events)}).",
            "Map it, or list it under Not mapped with the reason.", "", 0);

    private static string Few(List<string> events) => events.Count <= 3 ? string.Join(", ", events) : $"{string.Join(", ", events.Take(3))} and {events.Count - 3} more";

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>A cell that is only read or only written, and why.</summary>
/// <param name="Goes"><c>in</c> or <c>out</c>.</param>
/// <param name="Why">The row's <c>Notes</c>; empty when it says none.</param>
internal sealed record OneWayCell(string Type, string Field, MapFormat Format, string Goes, string Why, CellReference Cell)
{
    /// <summary>Every one of the given practices' tables, once.</summary>
    public static IReadOnlyList<OneWayCell> Of(IEnumerable<PracticeMaps> practices) =>
    [
        .. practices.SelectMany(maps => maps.Maps).SelectMany(map => map.Rows.SelectMany(row => row.Cells
            .Where(cell => !cell.Value.IsRead || !cell.Value.IsWritten)
            .Select(cell => new OneWayCell(map.Type, row.Name, cell.Key, cell.Value.IsRead ? "in" : "out", row.Notes, cell.Value.Reference)))).Distinct(),
    ];
}
