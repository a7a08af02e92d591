using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Mapping.Canonical;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Tests.Core.Mapping.Canonical;

public sealed class SpreadsheetTextTests
{
    [Theory]
    [InlineData("White", "White")]
    [InlineData("Main Street, West", "\"Main Street, West\"")]
    [InlineData("says \"no\"", "\"says \"\"no\"\"\"")]
    [InlineData("", "")]
    public void Words_are_written_as_they_are(string text, string field) => SpreadsheetText.Cell(text).Should().Be(field);

    /// <summary>Dates, numbers, times, truths and formulas of some language or other.</summary>
    [Theory]
    [InlineData("2106-3")]
    [InlineData("01002")]
    [InlineData("1E5")]
    [InlineData("SEP2")]
    [InlineData("MARCH-1")]
    [InlineData("TRUE")]
    [InlineData("false")]
    [InlineData("12:30")]
    [InlineData("(5)")]
    [InlineData("$5")]
    [InlineData("-")]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("=HYPERLINK(\"a\",\"b\")")]
    public void What_could_be_taken_for_anything_else_is_a_formula_that_gives_its_text(string text) =>
        SpreadsheetText.Cell(text).Should().Be($"\"=\"\"{text.Replace("\"", "\"\"\"\"", StringComparison.Ordinal)}\"\"\"");

    [Fact]
    public void A_long_text_is_put_together_of_pieces_that_a_formula_may_hold()
    {
        var cell = SpreadsheetText.Cell("1" + new string('a', 300));

        cell.Should().Be($"\"=\"\"1{new string('a', 254)}\"\"&\"\"{new string('a', 46)}\"\"\"");
        SpreadsheetText.Cell("=" + new string('a', 8_000)).Should().StartWith("'=aaa");
    }

    [Fact]
    public void The_tables_of_a_file_stand_below_one_another()
    {
        var text = SpreadsheetText.Write(MarkdownFile.Parse("a.map.md", "| Field | CSV |\n|---|---|\n| first_name | First |\n\n## Messages\n\n| Message | Does |\n|---|---|\n| ADT^A04 | create |\n"));

        text.Should().Be("\uFEFFField,CSV\r\nfirst_name,First\r\n\r\nMessages\r\nMessage,Does\r\n\"=\"\"ADT^A04\"\"\",create\r\n");
    }

    [Fact]
    public void No_cell_of_a_shipped_file_can_turn_into_anything_but_its_text()
    {
        var cells = 0;
        foreach (var (path, text) in ShippedMappingsTests.Files().Where(file => !file.Key.EndsWith(".test.md", StringComparison.Ordinal)))
        {
            var file = MarkdownFile.Parse(path, text);
            foreach (var said in file.Sections.SelectMany(section => section.Tables).SelectMany(table => table.Rows).SelectMany(row => row).Select(cell => cell.Text))
            {
                using var table = new CsvTable(new StringReader($"a,b\r\n{SpreadsheetText.Cell(said)},x\r\n"));
                table.Rows().Single().TryGet("a", out var read);
                cells++;

                // What a spreadsheet shows of ="…"&"…".
                (read is ['=', ..] ? string.Concat(read[1..].Split("\"&\"")).Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal) : read).Should().Be(said.Trim('"'));
                read.Should().NotMatchRegex(@"^[-+@\t0-9(.$]");
            }
        }

        cells.Should().BeGreaterThan(3_000);
    }
}
