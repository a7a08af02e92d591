using System.Diagnostics;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>Files that nobody writes by hand: they fail with a clear problem, or load, and never take long.</summary>
public sealed class HostileFilesTests
{
    /// <summary>None takes two seconds of a processor; what grows with the square of its rows would take minutes, on a busy machine hours.</summary>
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(60);

    private const string Head = "| Practice Studio | HL7 v2 | CSV | FHIR R4 | As | Rule | When |\n|---|---|---|---|---|---|---|\n| id | SCH-1 | Id | id | text | key | |\n";

    [Fact]
    public void A_map_of_ten_thousand_rows_is_refused()
    {
        var rows = string.Concat(Enumerable.Range(0, 10_000).Select(at => $"| f{at} | ZPX-1[2=V{at}] | C{at} | a{at}.b | text | | |\n"));

        Load(Head + rows).Should().ContainSingle(problem => problem.Code == "MAP112").Which.Should().Match<MappingProblem>(problem =>
            problem.Text == "the table has 10001 rows; a map has at most 2000 fields." && problem.Line == 4);
    }

    [Fact]
    public void A_map_of_as_many_rows_as_it_may_have_loads()
    {
        var rows = string.Concat(Enumerable.Range(0, MapLimits.FieldsMax - 1).Select(at => $"| f{at} | ZPX-1[2=V{at}] | C{at} | a{at}.b | text | | present(id) |\n"));

        Load(Head + rows).Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
    }

    [Fact]
    public void Rows_that_are_all_wrong_are_listed_up_to_a_limit_and_the_file_stays_invalid()
    {
        var rows = string.Concat(Enumerable.Range(0, MapLimits.FieldsMax - 1).Select(at => $"| field_{at} | PDI-{at} | | | txet | requird | presnt(id) |\n"));

        var problems = Load(Head + rows);

        problems.Count(problem => problem.Severity == MappingSeverity.Error).Should().Be(MapLimits.ProblemsMax + 1);
        problems.Should().ContainSingle(problem => problem.Text == "500 errors of this file are listed; there are more.");
    }

    [Fact]
    public void A_cell_of_a_megabyte_is_refused_where_it_stands()
    {
        var problem = Load(Head + $"| text | {new string('P', 1 << 20)} | | | text | | |\n").Should().ContainSingle(problem => problem.Severity == MappingSeverity.Error).Subject;

        (problem.Code, problem.Line).Should().Be(("MAP112", 7));
        problem.Text.Should().MatchRegex("^the line has 10[0-9]{5} characters; a row has at most 20000\\.$");
        problem.ToText().Length.Should().BeLessThan(500, "the row is not shown");
    }

    [Fact]
    public void A_header_line_of_a_megabyte_is_refused() =>
        DesignExample.Load(("athenahealth/note.map.md", $"---\nmap: note\nwhen: {new string('(', 1 << 20)}\n---\n{Head}")).Problems.Should().Contain(problem => problem.Code == "MAP112" && problem.Line == 3);

    [Theory]
    [InlineData("or")]
    [InlineData("+")]
    public void A_cell_of_a_thousand_places_is_read(string word) =>
        Load(Head + $"| text | {string.Join($" {word} ", Enumerable.Repeat("ZPX-1", 1_000))} | | | text | | |\n").Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();

    [Fact]
    public void Equations_that_go_round_are_each_worked_out_once()
    {
        var set = DesignExample.Load(("athenahealth/note.map.md", DesignExample.Map(
            "| Practice Studio | CSV | As | Rule |\n|---|---|---|---|\n| id | Id | text | key |\n| a | A | int | |\n| b | B | int | |\n| c | C | int | |\n",
            rest: "\n## Equations\n\n    a = b + c\n    b = c + a\n    c = a + b\n\n## Messages\n\n| Message | Does |\n|---|---|\n| Notes file | create or update |\n")));
        using var file = new InterfaceEngine.Core.Csv.CsvTable(new StringReader("Id,A,B,C\n7,5,3,\n"));

        var read = new InterfaceEngine.Core.Mapping.Reading.PracticeReader(set.For("1959")!).Read(file.Rows().Single(), "Notes file", new(NodaTime.Instant.FromUtc(2026, 1, 1, 0, 0))).Records.Single();

        read["c"].Text.Should().Be("2", "of five three and something are made");
    }

    [Theory]
    [InlineData("| $a | $b |\n| $b | $a |", "MAP206 '$a' is not a shortcut.")]
    [InlineData("| $a | $a |", "MAP206 '$a' is not a shortcut.")]
    [InlineData("| $a | x.$a |", "MAP206 '$a' is not a shortcut.")]
    public void Shortcuts_that_stand_for_one_another_are_refused(string shortcuts, string expected) =>
        Load(Head + $"| text | | | $a.b | text | | |\n\n## Shortcuts\n\n| Name | Stands for |\n|---|---|\n{shortcuts}\n").Select(problem => $"{problem.Code} {problem.Text}").Should().Contain(expected);

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+b")]
    [InlineData("(.*)(.*)(.*)(.*)(.*)b")]
    [InlineData("([a-z]+)*[0-9]")]
    public void A_pattern_that_would_be_catastrophic_elsewhere_is_matched_in_no_time(string pattern)
    {
        var cell = pattern.Replace("|", "\\|", StringComparison.Ordinal);
        var set = DesignExample.Load(("athenahealth/note.map.md", DesignExample.Map(Head + $"| text | ZPX-1 | | | text | matches '{cell}' | matches(id, '{cell}') |\n")));
        var row = set.Show("note", null)!.Rows.Single(row => row.Name == "text");

        set.Problems.Where(problem => problem.File == "athenahealth/note.map.md" && problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        row[MapColumn.Rule]!.Text.Should().Be($"matches '{pattern}'");
        var watch = Stopwatch.StartNew();
        InterfaceEngine.Core.Mapping.Expressions.LinearPattern.TryMake(pattern)!.IsMatch(new string('a', 50_000)).Should().Be(pattern == "(a+)+$");
        watch.Elapsed.Should().BeLessThan(_long);
    }

    [Theory]
    [InlineData("a{1000}")]
    [InlineData("(a{50}){50}")]
    [InlineData("((a{9}){9}){99}")]
    [InlineData("((a{9}b){9}c){99}")]
    [InlineData("((a{99}b)?c){99}")]
    [InlineData("([^])]{99}[\\](]){11}")]
    [InlineData("(x{99}[\\](]){11,}")]
    [InlineData("a{99999999999}")]
    public void A_pattern_that_grows_with_its_counts_is_refused(string pattern)
    {
        var problems = Load(Head + $"| text | ZPX-1 | | | text | matches '{pattern}' | matches(id, '{pattern}') |\n").Select(problem => $"{problem.Code} {problem.Text}").ToList();

        problems.Should().Contain("MAP230 the pattern is longer than 500 characters or repeats something more than 999 times.")
            .And.Contain("MAP353 The pattern is longer than 500 characters or repeats something more than 999 times.");
    }

    [Theory]
    [InlineData("a{999}")]
    [InlineData("([0-9]{3}-){2}[0-9]{4}")]
    [InlineData("((a{9}){9}){9}")]
    [InlineData("\\{1000}|[{](1000)[}]")]
    public void A_pattern_whose_counts_stay_small_is_taken(string pattern) =>
        Load(Head + $"| text | ZPX-1 | | | text | matches '{pattern}' | |\n").Where(problem => problem.Code == "MAP230").Should().BeEmpty();

    [Fact]
    public void A_hundred_thousand_codes_are_refused_and_as_many_as_may_be_load()
    {
        static string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(at => $"| c{at} | X{at} |\n"));
        const string Codes = "| Practice Studio | HL7 v2 |\n|---|---|\n";
        var map = ("athenahealth/note.map.md", DesignExample.Map(Head + "| text | ZPX-1 | Text | text | code many | | |\n"));

        Timed(() => DesignExample.Load(map, ("athenahealth/codes/many.codes.md", Codes + Rows(100_000)))).Problems
            .Should().Contain(problem => problem.File == "athenahealth/codes/many.codes.md" && problem.Code == "MAP112" && problem.Text == "the table has more than 50000 rows.");
        Timed(() => DesignExample.Load(map, ("athenahealth/codes/many.codes.md", Codes + Rows(MapLimits.RowsMax)))).Problems
            .Where(problem => problem.File == "athenahealth/codes/many.codes.md" && problem.Severity == MappingSeverity.Error).Should().BeEmpty();
    }

    [Fact]
    public void More_providers_than_a_practice_has_are_refused() =>
        Timed(() => DesignExample.Load(("practices/1959/providers.ref.md", "| Practice Studio | NPI |\n|---|---|\n" + string.Concat(Enumerable.Range(0, 20_000).Select(at => $"| p{at} | {1_000_000_000 + at} |\n"))))).Problems
            .Should().Contain(problem => problem.Code == "MAP112" && problem.Text == "the table has 20000 rows; a practice has at most 5000 of a kind.");

    [Fact]
    public void A_file_with_a_NUL_is_no_text() =>
        DesignExample.Load(("athenahealth/note.map.md", "---\nmap: note\n---\n\n| Practice Studio |\n|---|\n| a\0b |\n")).Problems.Select(problem => problem.ToShortText())
            .Should().Contain("mappings/athenahealth/note.map.md:7:4: error MAP113 the file has a NUL character, so it is no text.");

    [Theory]
    [InlineData("FHIR R4", "a[#10000]")]
    [InlineData("FHIR R4", "a[#99999999999999999999]")]
    [InlineData("HL7 v2", "ZPX-1[#10000]")]
    [InlineData("HL7 v2", "ZPX-10000")]
    public void A_number_for_which_thousands_of_places_would_be_written_is_refused(string format, string cell) =>
        DesignExample.Load(("athenahealth/note.map.md", DesignExample.Map($"| Practice Studio | {format} | As | Rule |\n|---|---|---|---|\n| id | {(format == "HL7 v2" ? "SCH-1" : "id")} | text | key |\n| text | {cell} | text | |"))).Problems
            .Should().Contain(problem => problem.Code == "MAP202" && problem.Line == 7);

    /// <summary>
    /// Files as they are while somebody types: a running engine reads them, so whatever they hold is a problem and never a fault. Each
    /// map is loaded with the code tables alone, which is quick, after one edit: cut off, a few characters less, a sign more, a
    /// cell half deleted or ending with what opens something.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_shipped_map_that_is_half_typed_is_refused_or_loads(int seed)
    {
        var random = new Random(seed);
        var shipped = ShippedMappingsTests.Files();
        var codes = shipped.Where(file => file.Key.StartsWith("athenahealth/codes/", StringComparison.Ordinal)).ToList();
        var maps = shipped.Where(file => file.Key.StartsWith("athenahealth/", StringComparison.Ordinal) && file.Key.EndsWith(".map.md", StringComparison.Ordinal)
            && file.Key.Count(sign => sign == '/') == 1).OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        var refused = 0;
        foreach (var (path, text) in maps)
        {
            for (var edit = 0; edit < EditsOfAMap; edit++)
            {
                var changed = Edited(text, edit, random);
                var set = Timed(() => MappingSet.Load(new Dictionary<string, string>(codes) { [path] = changed }, []));
                refused += set.Problems.Any(problem => problem.File == path && problem.Severity == MappingSeverity.Error) ? 1 : 0;
            }
        }

        refused.Should().BeGreaterThan(maps.Count, "most edits are found");
    }

    private const int EditsOfAMap = 15;

    private static string Edited(string text, int edit, Random random)
    {
        var at = random.Next(text.Length);
        if (edit % 5 == 4 && text.LastIndexOf("'[(="[random.Next(4)], at) is > 0 and var sign)
        {
            // The usual way to be half-typed: the sign that opens something is there, and what follows is not.
            at = sign + 1;
        }

        var cell = text.IndexOf('|', at) is > 0 and var end ? end : text.Length;
        return (edit % 5) switch
        {
            0 => text[..at],
            1 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
            2 => text.Insert(at, "'\"[](){}|$=:;,#`\\"[random.Next(17)].ToString()),
            _ => text.Remove(at, cell - at),
        };
    }

    private static IReadOnlyList<MappingProblem> Load(string table) =>
        [.. Timed(() => DesignExample.Load(("athenahealth/note.map.md", DesignExample.Map(table)))).Problems.Where(problem => problem.File == "athenahealth/note.map.md")];

    private static MappingSet Timed(Func<MappingSet> load)
    {
        var watch = Stopwatch.StartNew();
        var set = load();
        watch.Elapsed.Should().BeLessThan(_long);
        return set;
    }
}
