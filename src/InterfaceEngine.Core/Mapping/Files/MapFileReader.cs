using System.Text.RegularExpressions;

namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>Takes a <c>*.map.md</c> file apart into header, rows and sections.</summary>
internal static partial class MapFileReader
{
    /// <summary>The header's keys.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        ["map", "for", "practice", "profile", "extends", "version", "region", "zone", "offset", "each", "key", "other key", "joins", "list", "run", "former", "HL7 v2", "when", "CSV empty"];

    /// <summary>How a field's name is written, as a regular expression.</summary>
    public const string NamePattern =
        @"^(?:(?:custom\.)?[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?(?:\[\])?|\((?:custom\.)?[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?(?:\[\])?\))$";

    /// <summary>The headings that mean something.</summary>
    public static IReadOnlyList<string> Sections => _sections;

    private static readonly string[] _sections = ["Messages", "Checks", "Equations", "Not mapped", "Shortcuts"];

    public static MapFile Read(MarkdownFile file, string type, ProblemList problems)
    {
        var header = HeaderReader.Read(file, Keys, problems);
        HeaderReader.Expect(header, "map", type, "the file's name says", problems);
        var rows = new List<MapFileRow>();
        var columns = new HashSet<MapColumn>();
        var sections = _sections.ToDictionary(name => name, _ => new List<IReadOnlyList<SourceText>>());
        var equations = new List<SourceText>();
        foreach (var section in file.Sections)
        {
            var name = _sections.FirstOrDefault(known => known.Equals(section.Title.Text, StringComparison.OrdinalIgnoreCase));
            if (name == "Equations")
            {
                equations.AddRange(section.Blocks.SelectMany(block => block.Lines).Where(line => !line.IsEmpty));
            }

            foreach (var table in section.Tables)
            {
                if (MapColumns.IsFieldTable(table))
                {
                    ReadRows(table, rows, columns, problems);
                }
                else if (name is not null && name != "Equations")
                {
                    sections[name].AddRange(ReadSection(name, section, table, problems));
                }
                else if (section.Level == 2 && Suggestion.Nearest(section.Title.Text, _sections) is { } near)
                {
                    problems.Error(section.Title, MappingFileCodes.Column, $"there is no section '{section.Title.Text}'.", $"Did you mean {near}?");
                }
                else
                {
                    problems.Warning(table.Header[0], MappingFileCodes.Column, "this table means nothing here: it has no column Practice Studio, and its heading is no section's.",
                        $"The sections are {Suggestion.Or(_sections)}.");
                }
            }
        }

        return new MapFile
        {
            Markdown = file,
            Type = type,
            Header = header,
            Rows = rows,
            Columns = columns,
            Messages = sections["Messages"],
            Checks = sections["Checks"],
            Equations = equations,
            NotMapped = sections["Not mapped"],
            Shortcuts = sections["Shortcuts"],
        };
    }

    private static void ReadRows(MarkdownTable table, List<MapFileRow> rows, HashSet<MapColumn> columns, ProblemList problems)
    {
        var places = new MapColumn?[table.Header.Count];
        for (var index = 0; index < places.Length; index++)
        {
            var title = table.Header[index];
            if (!MapColumns.TryFind(title.Text, out var column))
            {
                problems.Error(title, MappingFileCodes.Column, $"there is no column '{title.Text}'.", Suggestion.DidYouMean(title.Text, MapColumns.Titles) is { Length: > 0 } near
                    ? near
                    : $"The columns are {Suggestion.Or(MapColumns.Titles)}.");
            }
            else if (places.Contains(column))
            {
                problems.Error(title, MappingFileCodes.Column, $"the column {column.Title()} stands twice.");
            }
            else
            {
                places[index] = column;
                columns.Add(column);
            }
        }

        if (rows.Count + table.Rows.Count > MapLimits.FieldsMax)
        {
            problems.Detail(MappingSeverity.Error, table.Header[0], MappingFileCodes.TooMuch, $"the table has {table.Rows.Count} rows; a map has at most {MapLimits.FieldsMax} fields.", "None of its rows is read.");
            return;
        }

        var nameAt = Array.IndexOf(places, MapColumn.Name);
        foreach (var row in table.Rows)
        {
            var name = row[nameAt];
            if (row.All(cell => cell.IsEmpty))
            {
                continue;
            }

            if (name.IsEmpty)
            {
                problems.Error(name, MappingFileCodes.EmptyCell, "the row names no field.");
            }
            else if (!Name().IsMatch(name.Text))
            {
                problems.Error(name, MappingFileCodes.FieldName, $"'{name.Text}' is not a field's name.",
                    "A name is small letters, digits and _, e.g. phone_home, address.line1, custom.referral_source, race[] for a list, (duration) or (numbers[]) for what only travels.");
            }
            else
            {
                var cells = Enumerable.Range(0, places.Length).Where(index => places[index] is { } column && column != MapColumn.Name)
                    .ToDictionary(index => places[index]!.Value, index => row[index]);
                rows.Add(new MapFileRow(name, cells));
            }
        }
    }

    /// <summary>The rows of a section with the columns in their order, whatever order the file has them in.</summary>
    private static List<IReadOnlyList<SourceText>> ReadSection(string name, MarkdownSection section, MarkdownTable table, ProblemList problems)
    {
        string[] columns = name switch
        {
            "Messages" => ["Message", "Does", "Sets"],
            "Checks" => ["Must hold", "If not", "Say"],
            "Not mapped" => ["Source", "Why"],
            _ => ["Name", "Stands for"],
        };
        var rows = new List<IReadOnlyList<SourceText>>();
        var places = columns.Select(column => Index(table, column)).ToArray();
        foreach (var title in table.Header.Where(title => !columns.Contains(title.Text, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Error(title, MappingFileCodes.Column, $"{name} has no column '{title.Text}'.", $"Its columns are {Suggestion.Or(columns)}.");
        }

        // What a message sets and why something is not mapped may be left out; the other columns may not.
        var needed = name is "Messages" or "Checks" ? 2 : name == "Shortcuts" ? 2 : 1;
        for (var index = 0; index < needed; index++)
        {
            if (places[index] < 0)
            {
                problems.Error(section.Title, MappingFileCodes.Column, $"{name} needs a column '{columns[index]}'.");
                return rows;
            }
        }

        foreach (var row in table.Rows.Where(row => row.Any(cell => !cell.IsEmpty)))
        {
            rows.Add([.. places.Select(place => place < 0 ? new SourceText(row[0].File, row[0].Line, row[0].Column, "") : row[place])]);
        }

        return rows;
    }

    private static int Index(MarkdownTable table, string column)
    {
        for (var index = 0; index < table.Header.Count; index++)
        {
            if (table.Header[index].Text.Equals(column, StringComparison.OrdinalIgnoreCase))
            {
                return index;
            }
        }

        return -1;
    }

    [GeneratedRegex(NamePattern)]
    private static partial Regex Name();
}
