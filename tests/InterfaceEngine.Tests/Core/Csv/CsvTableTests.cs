using InterfaceEngine.Core.Csv;

namespace InterfaceEngine.Tests.Core.Csv;

public sealed class CsvTableTests
{
    [Fact]
    public void Rows_are_read_by_the_names_of_their_columns()
    {
        using var table = Table("PatientID, FirstName ,Address1\r\n1,Jane,\"456 Oak Ave, \"\"Rear\"\"\"\r\n");

        table.Header.Columns.Should().Equal("PatientID", "FirstName", "Address1");
        var row = table.Rows().Should().ContainSingle().Subject;
        Cell(row, "patientid").Should().Be("1");
        Cell(row, "FirstName").Should().Be("Jane");
        Cell(row, "Address1").Should().Be("456 Oak Ave, \"Rear\"");
        row.Fault.Should().BeNull();
        row.TryGet("Phone", out _).Should().BeFalse();
    }

    [Fact]
    public void Rows_know_their_number_and_the_line_they_begin_on()
    {
        using var table = Table("A,B\n1,\"two\nlines\"\n\n2,x\r\n3,y");

        table.Rows().Select(row => (row.Number, row.Line, row.Part)).Should().Equal((1, 2, "row 1"), (2, 5, "row 2"), (3, 6, "row 3"));
    }

    [Fact]
    public void A_line_break_inside_a_quoted_cell_belongs_to_the_cell()
    {
        using var table = Table("A,B\n1,\"two\nlines\"\n");

        Cell(table.Rows().Single(), "B").Should().Be("two\nlines");
    }

    [Theory]
    [InlineData("1", "it has 1 cells and the header has 2.")]
    [InlineData("1,2,3", "it has 3 cells and the header has 2.")]
    [InlineData("1,a\"b", "a quote stands inside a cell that is not quoted.")]
    [InlineData("1,\"a\"b", "text follows a closing quote.")]
    public void A_row_that_is_not_sound_says_why_and_those_after_it_are_read(string bad, string why)
    {
        using var table = Table($"A,B\n1,2\n{bad}\n3,4\n");

        table.Rows().Select(row => row.Fault).Should().Equal(null, why, null);
    }

    [Fact]
    public void A_quote_that_is_never_closed_is_a_fault_of_its_row()
    {
        using var table = Table("A,B\n1,2\n3,\"4\n5,6\n");

        table.Rows().Select(row => row.Fault).Should().Equal(null, "a quote is never closed.");
    }

    [Fact]
    public void A_separator_is_never_guessed()
    {
        using var table = Table("A;B\n1;2\n");

        table.Header.Columns.Should().Equal("A;B");
    }

    [Theory]
    [InlineData("", "line 1: there is no header.")]
    [InlineData("\n\n", "line 1: there is no header.")]
    [InlineData("A,,B\n", "line 1: column 2 has no name.")]
    [InlineData("A,B,a\n", "line 1: column 3 has the name of an earlier one.")]
    [InlineData("A,\"B\n", "line 1: a quote is never closed.")]
    public void A_file_without_a_sound_header_is_refused(string text, string why) =>
        FluentActions.Invoking(() => Table(text)).Should().Throw<CsvFormatException>().WithMessage(why);

    [Fact]
    public void A_row_without_end_does_not_fill_the_memory()
    {
        using var table = Table("A,B\n1,\"" + new string('x', 5 * CsvTable.RowBytesMax));

        table.Invoking(one => one.Rows().ToList()).Should().Throw<CsvFormatException>().WithMessage("line 2: a row is longer than 1000000 bytes.");
    }

    private static CsvTable Table(string text) => new(new StringReader(text));

    private static string Cell(CsvRow row, string column)
    {
        row.TryGet(column, out var cell).Should().BeTrue();
        return cell;
    }
}
