namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>A <c>*.codes.md</c> file as written.</summary>
internal sealed class CodesFile
{
    /// <summary>The header's keys.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["codes", "match", "system", "unknown", "practice", "profile", "for", "extends", "version"];

    public required MarkdownFile Markdown { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyDictionary<string, SourceText> Header { get; init; }

    public required IReadOnlyList<CodesFileRow> Rows { get; init; }

    public static CodesFile Read(MarkdownFile file, string name, ProblemList problems)
    {
        var header = HeaderReader.Read(file, Keys, problems);
        HeaderReader.Expect(header, "codes", name, "the file's name says", problems);
        var rows = new List<CodesFileRow>();
        foreach (var table in file.Sections.SelectMany(section => section.Tables))
        {
            ReadTable(table, rows, problems);
        }

        if (rows.Count == 0)
        {
            problems.Error(file.Start, MappingFileCodes.Table, $"the code table {name} has no rows.", "Its table begins | Practice Studio | HL7 v2 | CSV | athenaNet | FHIR R4 | Display |.");
        }

        return new CodesFile { Markdown = file, Name = name, Header = header, Rows = rows };
    }

    private static void ReadTable(MarkdownTable table, List<CodesFileRow> rows, ProblemList problems)
    {
        if (!MapColumns.IsFieldTable(table))
        {
            problems.Error(table.Header[0], MappingFileCodes.Column, "the table has no column Practice Studio.");
            return;
        }

        var nameAt = 0;
        var displayAt = -1;
        var formats = new Dictionary<int, MapFormat>();
        for (var index = 0; index < table.Header.Count; index++)
        {
            var title = table.Header[index];
            if (title.Text.Equals("Display", StringComparison.OrdinalIgnoreCase))
            {
                displayAt = index;
            }
            else if (MapColumns.TryFind(title.Text, out var column) && (column == MapColumn.Name || column.Format() is not null))
            {
                if (column.Format() is { } format && !formats.ContainsValue(format))
                {
                    formats[index] = format;
                }
                else if (column == MapColumn.Name)
                {
                    nameAt = index;
                }
                else
                {
                    problems.Error(title, MappingFileCodes.Column, $"the column {title.Text} stands twice.");
                }
            }
            else if (!title.Text.Equals("Notes", StringComparison.OrdinalIgnoreCase))
            {
                problems.Error(title, MappingFileCodes.Column, $"a code table has no column '{title.Text}'.",
                    "Its columns are Practice Studio, HL7 v2, CSV, athenaNet, FHIR R4, Display or Notes.");
            }
        }

        foreach (var row in table.Rows.Where(row => row.Any(cell => !cell.IsEmpty)))
        {
            if (row[nameAt].IsEmpty)
            {
                problems.Error(row[nameAt], MappingFileCodes.EmptyCell, "the row has no code of ours.");
                continue;
            }

            rows.Add(new CodesFileRow(row[nameAt], formats.ToDictionary(place => place.Value, place => row[place.Key]), displayAt < 0 ? "" : row[displayAt].Text));
        }
    }
}

/// <summary>A row of a code table as written: one cell for each format that has a column.</summary>
internal sealed record CodesFileRow(SourceText Code, IReadOnlyDictionary<MapFormat, SourceText> Cells, string Display)
{
    public string Value => Unquoted(Code.Text);

    /// <summary>The codes of a cell, quotes taken off; <c>-</c> and an empty cell have none.</summary>
    public static IReadOnlyList<SourceText> Spellings(SourceText cell) => cell.IsDash ? [] : cell.Split(",");

    public static string Unquoted(string text) => text.Length > 1 && text[0] == '\'' && text[^1] == '\'' ? text[1..^1].Replace("''", "'", StringComparison.Ordinal) : text;
}
