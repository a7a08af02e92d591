using System.Globalization;
using System.Text.RegularExpressions;
using InterfaceEngine.Cli.Maps;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Tests.Core.Mapping;

namespace InterfaceEngine.Tests;

/// <summary>
/// <c>docs/mapping-errors.md</c> and <c>docs/mapping-reference.md</c> list what the code has, no more and no less: whoever adds a code, a
/// type, a rule or a function adds its row there, and a test that produces the code.
/// </summary>
public sealed partial class MappingDocumentsTests
{
    private static readonly MarkdownFile _reference = MarkdownFile.Parse("mapping-reference.md", File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "mapping-reference.md")));

    [Fact]
    public void Every_code_has_its_row_with_cause_and_cure()
    {
        var listed = MapCodesCommand.All();

        listed.Select(code => code.Code).Should().OnlyHaveUniqueItems().And.BeEquivalentTo(Sources("src").SelectMany(source => CodeForm().Matches(source)).Select(match => match.Groups[1].Value).Distinct());
        listed.Should().OnlyContain(code => code.Says.Length > 0 && code.Cause.Length > 0 && code.Cure.Length > 0);
    }

    /// <summary>A constant that stands twice would be one code with two meanings.</summary>
    [Fact]
    public void Every_code_is_produced_by_a_test()
    {
        var constants = new Dictionary<string, string>();
        foreach (var source in Sources("src"))
        {
            foreach (Match constant in ConstantForm().Matches(source))
            {
                var owner = OwnerForm().Matches(source[..constant.Index])[^1].Groups[1].Value;
                constants.Add(constant.Groups[2].Value, $"{owner}.{constant.Groups[1].Value}");
            }
        }

        // This file names codes and produces none.
        var tests = string.Concat(Sources("tests").Where(source => !source.Contains($"class {nameof(MappingDocumentsTests)}", StringComparison.Ordinal)))
            + string.Concat(ShippedMappingsTests.Files().Where(file => file.Key.EndsWith(".test.md", StringComparison.Ordinal)).Select(file => file.Value));

        MapCodesCommand.All().Select(code => code.Code).Where(code => !tests.Contains(code, StringComparison.Ordinal) && !(constants.TryGetValue(code, out var name) && Regex.IsMatch(tests, $@"\b{name}\b")))
            .Should().BeEmpty("a test expects each code that the program can say");
    }

    [Fact]
    public void Every_key_of_a_header_is_listed()
    {
        Listed("Header of a map").Should().BeEquivalentTo(MapFileReader.Keys);
        Listed("Header of a code table").Should().BeEquivalentTo(CodesFile.Keys);
    }

    [Fact]
    public void Every_column_section_verb_and_outcome_is_listed()
    {
        Listed("Columns").Should().Equal(MapColumns.Titles);
        Rows("Columns").SelectMany(row => Spans(row[1].Text)).Where(title => !MapColumns.TryFind(title, out _)).Should().BeEmpty();
        Listed("Sections").Should().BeEquivalentTo(MapFileReader.Sections);
        Words("Sections").Should().Contain(SectionCompiler.Verbs).And.Contain(SectionCompiler.Outcomes);
    }

    [Fact]
    public void Every_type_rule_and_function_is_listed()
    {
        Listed("Types").Select(type => type.Split(" T")[0].Split(" KIND")[0]).Should().BeEquivalentTo(AsParser.Types);
        Listed("Rules").Select(rule => RuleParser.Names.First(name => rule == name || rule.StartsWith(name + " ", StringComparison.Ordinal))).Should().BeEquivalentTo(RuleParser.Names);
        Listed("Functions").Should().BeEquivalentTo(Functions.Usages);
    }

    [Fact]
    public void The_codes_it_names_exist() =>
        _reference.Lines.SelectMany(line => NamedCodeForm().Matches(line)).Select(match => match.Value).Distinct().Should().BeSubsetOf(MapCodesCommand.All().Select(code => code.Code));

    [Fact]
    public void Every_place_it_shows_can_be_written_in_a_cell()
    {
        foreach (var row in Rows("Places").Where(row => Spans(row[0].Text)[0] != "$name"))
        {
            var format = row[1].Text == "any" ? "HL7 v2" : row[1].Text;
            var map = DesignExample.Map($"| Practice Studio | {format} | As | Rule |\n|---|---|---|---|\n| id | {(format == "HL7 v2" ? "SCH-1" : "Id")} | text | key |\n| text | {Spans(row[0].Text)[0]} | text | |");

            DesignExample.Load(("athenahealth/note.map.md", map)).Problems.Where(problem => problem.File == "athenahealth/note.map.md").Select(problem => problem.ToShortText()).Should().BeEmpty();
        }
    }

    [Fact]
    public void Its_limits_are_those_of_the_program() =>
        string.Join(' ', _reference.Lines).Should().Contain(string.Create(CultureInfo.InvariantCulture,
            $"A row has at most {MapLimits.RowLengthMax:N0} characters, a table {MapLimits.RowsMax:N0} rows, a map {MapLimits.FieldsMax:N0} fields, a practice {MapLimits.ReferencesMax:N0} providers or locations, "
            + $"a pattern {MapLimits.PatternLengthMax} characters, a selector `[#{MapLimits.OrdinalMax}]`. Of a file {MapLimits.ProblemsMax} problems of a severity are listed."))
            .And.Contain(string.Create(CultureInfo.InvariantCulture,
            $"{MappingFolder.FoldersDeepMax} folders deep; it holds at most {MappingFolder.FilesMax:N0} Markdown files, {MappingFolder.FileBytesMax >> 20} MiB each and {MappingFolder.BytesMax >> 20} MiB together"));

    private static IEnumerable<IReadOnlyList<SourceText>> Rows(string heading) => _reference.Sections.Single(section => section.Title.Text == heading).Tables.Single().Rows;

    /// <summary>What the first column of a section's table names.</summary>
    private static IEnumerable<string> Listed(string heading) => Rows(heading).Select(row => Spans(row[0].Text.StartsWith('`') ? row[0].Text : $"`{row[0].Text}`")[0]);

    /// <summary>What is named below a heading, outside of its table.</summary>
    private static List<string> Words(string heading)
    {
        var start = _reference.Sections.Single(section => section.Title.Text == heading).Title.Line;
        return [.. _reference.Lines.Skip(start).TakeWhile(line => !line.StartsWith('#')).Where(line => !line.StartsWith('|')).SelectMany(Spans)];
    }

    private static List<string> Spans(string text) => [.. SpanForm().Matches(text.StartsWith('`') || text.Contains('`', StringComparison.Ordinal) ? text : $"`{text}`").Select(match => match.Groups[1].Value)];

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText);

    [GeneratedRegex("\"(MAP[0-9]{3})\"")]
    private static partial Regex CodeForm();

    [GeneratedRegex("const string (\\w+) = \"(MAP[0-9]{3})\"")]
    private static partial Regex ConstantForm();

    [GeneratedRegex("class (\\w+)")]
    private static partial Regex OwnerForm();

    [GeneratedRegex("MAP[0-9]{3}")]
    private static partial Regex NamedCodeForm();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex SpanForm();
}
