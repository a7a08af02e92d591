using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping.Coverage;

namespace InterfaceEngine.Cli.Maps;

/// <summary>What <c>map coverage</c> found, for people.</summary>
internal static class CoverageText
{
    public static void Show(Terminal terminal, CoverageAnswer answer)
    {
        if (answer.IsLimited)
        {
            terminal.Line("only the last messages of that time were looked at: --limit says how many");
        }

        foreach (var reason in answer.NotRead)
        {
            terminal.Line($"not looked at: {Number(reason.Count)} {reason.Reason}");
        }

        if (answer.Practices.Count == 0)
        {
            terminal.Line("There is no message to look at.");
        }

        foreach (var report in answer.Practices)
        {
            Show(terminal, report);
        }
    }

    private static void Show(Terminal terminal, CoverageReport report)
    {
        terminal.Line($"practice {report.Practice}: {Number(report.Messages)} messages, by mapping set {report.MappingSet}");
        foreach (var reason in report.NotRead)
        {
            terminal.Line($"  not looked at: {Number(reason.Count)} {reason.Reason}");
        }

        Places(terminal, "Arrives, and no cell reads it and nothing says why", [.. report.Unmapped.Where(place => place is { Listed: null, IsBeside: false })]);
        Places(terminal, "Arrives beside what is read of its field, and nothing says why not", [.. report.Unmapped.Where(place => place is { Listed: null, IsBeside: true })]);
        Places(terminal, "Arrives, and is listed under Not mapped", [.. report.Unmapped.Where(place => place.Listed is not null)]);
        Table(terminal, "Codes that the tables don't know", new TextTable("Table", "Field", "Format", "Code", "Seen"), report.Codes, code => [code.Table, code.Field, code.Format, code.Code, Number(code.Messages)]);
        Table(terminal, "Messages that no table takes", new TextTable("Format", "Message", "Messages"), report.Untaken, kind => [kind.Format, kind.Kind, Number(kind.Messages)]);
        Table(terminal, "Mapped, and never arrives", new TextTable("Record", "Field", "Would come from"), report.Silent, field => [field.Type, field.Field, string.Join(", ", field.Cells)]);
        if (report.NeverMade.Count > 0)
        {
            terminal.Line();
            terminal.Line($"No message made a {string.Join(", a ", report.NeverMade)}, though tables take these messages.");
        }

        if (report.IsCut)
        {
            terminal.Line($"There was more than is counted one by one ({Number(CoverageTally.PlacesMax)}): what came later is left out.");
        }

        terminal.Line();
    }

    private static void Places(Terminal terminal, string title, IReadOnlyList<UnmappedPlace> places) => Table(
        terminal, title, new TextTable("Format", "Place", "Messages", "Share", "In", "Looks like", "Why"), places,
        place => [place.Format, place.Place, $"{Number(place.Messages)} of {Number(place.Of)}", Share(place.Messages, place.Of), string.Join(", ", place.Kinds), string.Join("  ", place.Shapes), place.Listed is null ? "" : $"{place.Why} ({place.Listed})"]);

    private static void Table<T>(Terminal terminal, string title, TextTable table, IReadOnlyList<T> rows, Func<T, string[]> cells)
    {
        if (rows.Count > 0)
        {
            terminal.Line();
            terminal.Line(title);
            foreach (var row in rows)
            {
                table.Add([.. cells(row)]);
            }

            terminal.Table(table);
        }
    }

    private static string Share(long messages, long of) => of == 0 ? "" : ((double)messages / of).ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
