using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Tests.Core.Mapping.Files;

public sealed class TableFormatterTests
{
    [Fact]
    public void Cells_are_padded_to_the_width_of_their_header_and_a_longer_one_stands_out() =>
        TableFormatter.Format("|a | HL7 v2  |\n|--|--|\n|1|PID-5 |\n| a longer one ||\n").Should().Be(
            "| a | HL7 v2  |\n|---|---------|\n| 1 | PID-5   |\n| a longer one |         |\n");

    [Fact]
    public void A_changed_row_changes_no_other_line()
    {
        const string Table = "| Practice Studio | HL7 v2 |\n|-----------------|--------|\n| first_name      | PID-5  |\n| last_name       | PID-5  |\n";
        var edited = Table.Replace("| last_name       | PID-5  |", "|last_name|PID-5.1.1.1.1|", StringComparison.Ordinal);

        var before = TableFormatter.Format(Table).Split('\n');
        var after = TableFormatter.Format(edited).Split('\n');

        after[3].Should().Be("| last_name       | PID-5.1.1.1.1 |");
        after.Where((line, at) => line != before[at]).Should().ContainSingle();
    }

    [Theory]
    [InlineData("---\nmap:   a  \n---\n\nprose   with  blanks  \n\n    | indented | block |\n    |--|--|\n    |a|b|\n")]
    [InlineData("```\n|a|b|\n|--|--|\n|1|2|\n```\n")]
    [InlineData("<!--\n|a|b|\n|--|--|\n|1|2|\n-->\n")]
    [InlineData("|no line of dashes|\n|1|\n")]
    [InlineData("|")]
    [InlineData("|\n|-\n|\n")]
    [InlineData("")]
    public void What_is_no_table_is_kept_as_it_is(string text) => TableFormatter.Format(text).Should().Be(text);

    [Fact]
    public void A_row_without_its_headers_cells_is_kept_as_it_is_for_the_check_to_report() =>
        TableFormatter.Format("| a | b |\n|---|---|\n|1|2|3|\n|1|2|\n").Should().Be("| a | b |\n|---|---|\n|1|2|3|\n| 1 | 2 |\n");

    [Theory]
    [InlineData("\uFEFF|a|\n|-|\n", "\uFEFF| a |\n|---|\n")]
    [InlineData("x\r\n|a|\r\n|-|\r\n|1|", "x\r\n| a |\r\n|---|\r\n| 1 |")]
    [InlineData("x\u2028|a|\r|-|\n|1|\r", "x\u2028| a |\r|---|\n| 1 |\r")]
    [InlineData("  |a|\n  |-|\n  |1|  \n", "  | a |\n  |---|\n  | 1 |\n")]
    public void Line_ends_marks_and_indentation_stay(string text, string expected) => TableFormatter.Format(text).Should().Be(expected);

    [Theory]
    [InlineData("|a|\n|:-|\n", "| a |\n|:--|\n")]
    [InlineData("|a|\n|-:|\n", "| a |\n|--:|\n")]
    [InlineData("|a|\n|:-:|\n", "| a |\n|:-:|\n")]
    [InlineData("|a|b|\n|-|\n|1|2|\n", "| a | b |\n|-|\n| 1 | 2 |\n")]
    [InlineData("||\n|-|\n|1|\n", "|  |\n|--|\n| 1 |\n")]
    public void The_line_of_dashes_keeps_its_colons(string text, string expected) => TableFormatter.Format(text).Should().Be(expected);

    [Fact]
    public void Escaped_bars_backticks_and_a_last_bar_left_out_are_understood() =>
        TableFormatter.Format("|a|b|\n|-|-|\n|x\\|y|`z`\n").Should().Be("| a | b |\n|---|---|\n| x\\|y | `z` |\n");

    [Fact]
    public void Characters_count_as_people_count_them() =>
        TableFormatter.Format("| e\u0301te\u0301 |\n|-|\n| 1 |\n").Should().Be("| e\u0301te\u0301 |\n|-----|\n| 1   |\n");

    /// <summary>Random lines of what Markdown is made of: formatting twice is as once, and what the file says stays.</summary>
    [Fact]
    public void Twice_is_as_once_and_nothing_that_is_said_changes()
    {
        const int Seed = 20260714;
        var random = new Random(Seed);
        string[] pieces = ["|", "|", "|", " ", "a", "PID-5", "\\|", "`", "`x`", "-", ":", "---", "\n", "\n", "\r\n", "\t", "```", "<!--", "-->", "# ", "|a|b|\n|-|-|\n|", "é", "\u2028"];
        for (var trial = 0; trial < 20_000; trial++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => pieces[random.Next(pieces.Length)]));

            var once = TableFormatter.Format(text);

            TableFormatter.Format(once).Should().Be(once, "seed {0}, trial {1}: {2}", Seed, trial, text);
            Said(once).Should().Equal(Said(text), "seed {0}, trial {1}: {2}", Seed, trial, text);
        }
    }

    [Fact]
    public void The_shipped_files_are_laid_out()
    {
        var folder = Path.Combine(RepositoryRoot.Path, "mappings");

        Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Where(file => TableFormatter.Format(File.ReadAllText(file)) != File.ReadAllText(file))
            .Select(file => Path.GetRelativePath(folder, file)).Should().BeEmpty("engine map fmt lays them out");
    }

    private static IEnumerable<string> Said(string text) =>
        MarkdownFile.Parse("a.md", text).Sections.SelectMany(section => section.Tables).SelectMany(table => table.Rows.Prepend(table.Header)).Select(row => string.Join('\u0001', row.Select(cell => cell.Text)));
}
