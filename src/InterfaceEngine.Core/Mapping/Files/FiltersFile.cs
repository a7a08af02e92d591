using InterfaceEngine.Core.Mapping.Compiling;

namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>Reads a practice's <c>filters.md</c>: which messages are not for it, in a table <c>| When | Reason |</c>.</summary>
internal static class FiltersFile
{
    public const string FileName = "filters.md";

    /// <summary>The header's keys.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["filters", "practice", "version"];

    /// <param name="practice">Whose folder the file is in.</param>
    public static IReadOnlyList<FilterRow> Read(MarkdownFile file, string practice, ProblemList problems)
    {
        var header = HeaderReader.Read(file, Keys, problems);
        HeaderReader.Expect(header, "practice", practice, "the folder says", problems);
        var filters = new List<FilterRow>();
        foreach (var table in file.Sections.SelectMany(section => section.Tables))
        {
            ReadTable(table, filters, problems);
        }

        return filters;
    }

    private static void ReadTable(MarkdownTable table, List<FilterRow> filters, ProblemList problems)
    {
        var titles = table.Header.Select(title => title.Text).ToList();
        foreach (var title in table.Header.Where(title => title.Text is not ("When" or "Reason" or "Notes")))
        {
            problems.Error(title, MappingFileCodes.Column, $"a table of filters has no column '{title.Text}'.", "Its columns are When, Reason or Notes.");
        }

        var (when, reason) = (titles.IndexOf("When"), titles.IndexOf("Reason"));
        if (when < 0 || reason < 0)
        {
            problems.Error(table.Header[0], MappingFileCodes.Column, $"the table has no column {(when < 0 ? "When" : "Reason")}.", "It begins | When | Reason |.");
            return;
        }

        foreach (var row in table.Rows.Where(row => row.Any(cell => !cell.IsEmpty)))
        {
            if (row[when].IsEmpty || row[reason].IsEmpty)
            {
                problems.Error(row[when].IsEmpty ? row[when] : row[reason], MappingFileCodes.EmptyCell, "a filter has a condition and a reason.",
                    "For example: | HL7:MSH-4.3 = '99' | the training department |.");
            }
            else if (FilterRow.TryParse(row[when].Text, row[reason].Text, row[when].Reference, out var filter, out var problem))
            {
                filters.Add(filter);
            }
            else
            {
                FormulaProblems.Report(row[when], problem, problems);
            }
        }
    }
}
