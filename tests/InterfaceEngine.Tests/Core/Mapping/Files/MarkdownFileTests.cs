using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Tests.Core.Mapping.Files;

public sealed class MarkdownFileTests
{
    private readonly ProblemList _problems = new();

    [Fact]
    public void Header_values_have_their_place_and_lose_their_comments()
    {
        var file = Parse("---\nmap:     patient\nregion:  US          # phone numbers\nwhen: present(OBX[#1]-5)\n# a comment\n\n---\n");

        file.Header.Select(line => (line.Key.Text, line.Value.Text, line.Value.Line, line.Value.Column)).Should().Equal(
            ("map", "patient", 2, 10),
            ("region", "US", 3, 10),
            ("when", "present(OBX[#1]-5)", 4, 7));
        _problems.Items.Should().BeEmpty();
    }

    [Fact]
    public void A_file_without_a_header_has_none()
    {
        Parse("# Title\n---\na: b\n---\n").Header.Should().BeEmpty();
    }

    [Fact]
    public void A_header_without_an_end_or_without_a_colon_is_reported()
    {
        Parse("---\nmap patient\n");

        _problems.Items.Select(problem => problem.ToShortText()).Should().BeEquivalentTo(
            "mappings/a.md:2:1: error MAP101 a header line is written key: value.",
            "mappings/a.md:1:1: error MAP101 the header has no end.");
    }

    [Fact]
    public void Cells_are_trimmed_and_have_their_place()
    {
        var table = Parse("| a   | bb |\n|-----|:--:|\n| one | `t\\|o` |\n|     ||\n").Sections[0].Tables.Single();

        table.Header.Select(cell => (cell.Text, cell.Column)).Should().Equal(("a", 3), ("bb", 9));
        table.Rows[0].Select(cell => (cell.Text, cell.Line, cell.Column)).Should().Equal(("one", 3, 3), ("t|o", 3, 10));
        table.Rows[1].Select(cell => (cell.Text, cell.Column)).Should().Equal(("", 3), ("", 8));
    }

    [Fact]
    public void A_heading_with_an_escaped_bar_is_a_heading() =>
        Parse("## a \\| b\n").Sections[1].Title.Text.Should().Be("a | b");

    [Fact]
    public void A_part_of_a_cell_is_found_behind_an_escaped_bar()
    {
        var cell = Parse("| a |\n|---|\n| x\\|y; zed |\n").Sections[0].Tables.Single().Rows[0][0];

        var zed = cell.Split(";")[1];

        (zed.Text, zed.Column).Should().Be(("zed", 9));
        cell.Part(1, 1).Raw.Should().Be("\\|");
    }

    [Fact]
    public void A_cell_is_not_cut_inside_quotes_and_brackets()
    {
        var cell = new SourceText("a.md", 1, 1, "PID-3[4=A,5=B].1, 'x, y', f(a, b), c");

        cell.Split(",").Select(part => part.Text).Should().Equal("PID-3[4=A,5=B].1", "'x, y'", "f(a, b)", "c");
    }

    [Fact]
    public void A_last_bar_may_be_left_out()
    {
        Parse("| a | b\n|---|---\n| 1 | 2\n").Sections[0].Tables.Single().Rows[0].Select(cell => cell.Text).Should().Equal("1", "2");
    }

    [Theory]
    [InlineData("| 1 | 2 | 3 |", "mappings/a.md:3:11: error MAP120 the table row has 3 cells and the header has 2.")]
    [InlineData("| 1 |", "mappings/a.md:3:5: error MAP120 the table row has 1 cell and the header has 2.")]
    [InlineData("| PID-3|4 | x |", "mappings/a.md:3:13: error MAP120 the table row has 3 cells and the header has 2.")]
    public void A_ragged_row_is_reported_and_the_others_are_read(string row, string expected)
    {
        var table = Parse($"| a | b |\n|---|---|\n{row}\n| 3 | 4 |\n").Sections[0].Tables.Single();

        _problems.Items.Single().ToShortText().Should().Be(expected);
        table.Rows.Should().ContainSingle();
    }

    [Fact]
    public void A_table_without_the_line_under_its_header_is_reported()
    {
        Parse("| a | b |\n| 1 | 2 |\n").Sections[0].Tables.Should().BeEmpty();

        _problems.Items.Single().ToShortText().Should().Be("mappings/a.md:1:3: error MAP110 the table has no line |---|---| under its header.");
    }

    [Fact]
    public void Headings_cut_the_file_into_sections_and_prose_means_nothing()
    {
        var file = Parse("prose | with a bar\n\n## Checks ##\n| a |\n|---|\n| 1 |\n\n#no heading\n### Deeper\n\n- a list\n");

        file.Sections.Select(section => (section.Title.Text, section.Level, section.Title.Line, section.Tables.Count)).Should().Equal(
            ("", 0, 1, 0),
            ("Checks ##", 2, 3, 1),
            ("Deeper", 3, 9, 0));
    }

    [Fact]
    public void Blocks_keep_their_lines_as_they_are()
    {
        var file = Parse("```hl7\nMSH|^~\\&|\n| not | a table |\n## nor a heading\n```\n\n    end = start + length\n\t  tabbed\n\ntext\n");

        var blocks = file.Sections.Single().Blocks;
        blocks[0].Language.Should().Be("hl7");
        blocks[0].Text.Should().Be("MSH|^~\\&|\n| not | a table |\n## nor a heading");
        blocks[0].Lines.Select(line => line.Line).Should().Equal(2, 3, 4);
        blocks[1].Lines.Select(line => (line.Text, line.Line, line.Column)).Should().Equal(("end = start + length", 7, 5), ("  tabbed", 8, 2));
        file.Sections.Single().Tables.Should().BeEmpty();
    }

    [Fact]
    public void A_comment_hides_what_it_holds()
    {
        Parse("<!--\n| a |\n|---|\n| 1 |\n-->\n| b |\n|---|\n").Sections.Single().Tables.Single().Header.Single().Text.Should().Be("b");
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("\n")]
    public void Any_line_end_and_a_byte_order_mark_are_taken(string end)
    {
        var file = Parse("\uFEFF---\nmap: patient\n---\n| a |\n|---|\n| 1 |".Replace("\n", end, StringComparison.Ordinal));

        file.Header.Single().Value.Text.Should().Be("patient");
        file.Sections.Single().Tables.Single().Rows[0][0].Text.Should().Be("1");
    }

    [Fact]
    public void A_problem_outside_a_table_shows_its_line()
    {
        var file = Parse("---\nmap: patint\n---\n");

        _problems.Error(file.Header[0].Value, MappingFileCodes.Place, "what is wrong.", "One.\nTwo.");

        _problems.Items.Single().ToText("m/").Should().Be("m/a.md:2:6: error MAP103 what is wrong.\n  map: patint\n       ^^^^^^\n  One.\n  Two.");
    }

    [Fact]
    public void The_same_problem_is_taken_once_and_problems_come_in_the_order_of_the_file()
    {
        var file = Parse("| a |\n|---|\n| 1 |\n");
        var cells = file.Sections[0].Tables[0];
        _problems.Note(cells.Rows[0][0], "MAP1", "x");
        _problems.Note(cells.Rows[0][0], "MAP1", "x");
        _problems.Warning(cells.Header[0], "MAP2", "y");

        _problems.Sorted().Select(problem => problem.Code).Should().Equal("MAP2", "MAP1");
    }

    private MarkdownFile Parse(string text) => MarkdownFile.Parse("a.md", text, _problems);
}
