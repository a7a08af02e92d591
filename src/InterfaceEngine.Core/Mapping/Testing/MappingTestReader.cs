using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Core.Mapping.Testing;

/// <summary>Takes the cases of a test file out of its sections.</summary>
internal sealed class MappingTestReader(MarkdownFile file, string type, ProblemList problems)
{
    private static readonly string[] _columns = ["Practice Studio", "Expect", "Because", "Record"];
    private static readonly string[] _whole = ["(count)", "(does)", "(verdict)", "(note)"];

    /// <summary>A time with <c>Z</c>, or noon of a day, so that the day is the same in most zones.</summary>
    public static Instant? Received(string text) =>
        InstantPattern.ExtendedIso.Parse(text) is { Success: true } instant ? instant.Value
        : LocalDatePattern.Iso.Parse(text) is { Success: true } day ? (day.Value + new LocalTime(12, 0)).InUtc().ToInstant()
        : null;

    public IReadOnlyList<MappingTestCase> Cases()
    {
        var cases = new List<MappingTestCase>();
        for (var index = 0; index < file.Sections.Count; index++)
        {
            var section = file.Sections[index];
            if (section.Level != 2)
            {
                continue;
            }

            // What stands under deeper headings belongs to the case.
            var parts = new List<MarkdownSection> { section };
            while (index + 1 < file.Sections.Count && file.Sections[index + 1].Level > 2)
            {
                parts.Add(file.Sections[++index]);
            }

            if (Case(section.Title, parts) is { } one)
            {
                cases.Add(one);
            }
        }

        return cases;
    }

    private MappingTestCase? Case(SourceText title, List<MarkdownSection> parts)
    {
        var blocks = parts.SelectMany(part => part.Blocks).Where(block => block.Language.Length > 0).ToList();
        var expectations = parts.SelectMany(Expectations).ToList();
        if (blocks.Count == 0)
        {
            if (expectations.Count > 0)
            {
                problems.Error(title, MappingFileCodes.Test, "the case has no block with a message.", "It begins with a line ```hl7, ```csv or ```json.");
            }

            return null;
        }

        if (blocks.Count > 2)
        {
            problems.Error(At(blocks[2]), MappingFileCodes.Test, "a case has two blocks at most.", "The first is what comes in, the second what would be sent. Begin another case with a heading ##.");
            return null;
        }

        if (FormatOf(blocks[0]) is not { } format)
        {
            return null;
        }

        MappingTestOutput? output = null;
        if (blocks.Count == 2)
        {
            if (FormatOf(blocks[1]) is not { } written)
            {
                return null;
            }

            output = new MappingTestOutput(written, blocks[1].Text, blocks[1].Line + 1);
        }

        if (output is null && !parts.SelectMany(part => part.Tables).Any(table => table.Rows.Count > 0))
        {
            problems.Warning(title, MappingFileCodes.Test, "the case expects nothing.", "A table | Practice Studio | Expect | says what should come of it.");
        }

        return new MappingTestCase(title.Text, title.Line, format, blocks[0].Text, blocks[0].Line + 1, output, expectations);
    }

    private MapFormat? FormatOf(MarkdownBlock block)
    {
        switch (block.Language)
        {
            case "hl7":
                return MapFormat.Hl7;
            case "csv":
                return MapFormat.Csv;
            case "json":
                return JsonBody.TryParse(Encoding.UTF8.GetBytes(block.Text), out var body, out _) && JsonMessage.IsFhir(body) ? MapFormat.Fhir : MapFormat.AthenaNet;
            default:
                problems.Error(At(block), MappingFileCodes.Test, $"a message of '{block.Language}' can't be read.", "Write hl7, csv or json.");
                return null;
        }
    }

    /// <summary>The word after the fence.</summary>
    private SourceText At(MarkdownBlock block) => new(file.Path, block.Line, 4, block.Language);

    private IEnumerable<MappingTestExpectation> Expectations(MarkdownSection section) => section.Tables.SelectMany(table => Expectations(section, table));

    private List<MappingTestExpectation> Expectations(MarkdownSection section, MarkdownTable table)
    {
        var found = new List<MappingTestExpectation>();
        var places = _columns.Select(column => table.Header.ToList().FindIndex(cell => cell.Text.Equals(column, StringComparison.OrdinalIgnoreCase))).ToArray();
        foreach (var title in table.Header.Where(title => !_columns.Contains(title.Text, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Error(title, MappingFileCodes.Column, $"a test has no column '{title.Text}'.", $"Its columns are {Suggestion.Or(_columns)}.");
        }

        if (places[0] < 0 || places[1] < 0)
        {
            problems.Error(table.Header[0], MappingFileCodes.Column, "the table needs the columns Practice Studio and Expect.");
            return found;
        }

        foreach (var row in table.Rows.Where(row => row.Any(cell => !cell.IsEmpty)))
        {
            var (field, expected) = (row[places[0]], row[places[1]]);
            if (field.IsEmpty || expected.IsEmpty)
            {
                problems.Error(field.IsEmpty ? field : expected, MappingFileCodes.EmptyCell, field.IsEmpty ? "the row names no field." : $"what is expected of {field.Text} is missing.",
                    field.IsEmpty ? "" : "Write the value, (cleared), or (kept).");
                continue;
            }

            if (field.Text.StartsWith('(') && !_whole.Contains(field.Text))
            {
                problems.Error(field, MappingFileCodes.Test, $"'{field.Text}' can't be tested.", $"Beside fields there are {Suggestion.Or(_whole)}.");
                continue;
            }

            var record = places[3] >= 0 && !row[places[3]].IsEmpty ? row[places[3]] : section.Level > 2 ? section.Title : null;
            if (Expectation(record, field, expected, places[2] < 0 ? "" : row[places[2]].Text) is { } expectation)
            {
                found.Add(expectation);
            }
        }

        return found;
    }

    private MappingTestExpectation? Expectation(SourceText? record, SourceText field, SourceText expected, string because)
    {
        var name = record;
        var number = 1;
        if (record is not null && record.Text.LastIndexOf(' ') is var blank and > 0)
        {
            name = record.Trimmed(0, blank);
            if (!int.TryParse(record.Text.AsSpan(blank + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number) || number < 1)
            {
                problems.Error(record, MappingFileCodes.Test, $"'{record.Text}' is not a record.", "Write the record type and its number in the message: coverage 2.");
                return null;
            }
        }

        return new MappingTestExpectation(name?.Text ?? type, number, field.Text, expected.Text, because, field.Line) { Type = name };
    }
}
