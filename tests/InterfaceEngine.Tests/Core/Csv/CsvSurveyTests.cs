using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Csv;

namespace InterfaceEngine.Tests.Core.Csv;

/// <summary>Each file is looked at as it comes from a network: in pieces of one, two and three bytes, and whole.</summary>
public sealed class CsvSurveyTests
{
    private static readonly Encoding _windows = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    [Theory]
    [InlineData("A,B\n1,2\n3,4\n", ',', "LF", 2)]
    [InlineData("A;B\r\n1;2\r\n\r\n3;4", ';', "CRLF", 2)]
    [InlineData("A\tB, C\tD\r1\t2\t3\r", '\t', "CR", 1)]
    [InlineData("\n\nA|B\n\"1\n\n|\"|2\n", '|', "LF", 1)]
    [InlineData("\"A;B\";\"C,,,D\"\r\n1;2\r\n", ';', "CRLF", 1)]
    [InlineData("\"A\nB\",C\r\n1,2\r\n", ',', "CRLF", 1)]
    [InlineData("A", ',', "", 0)]
    [InlineData("A,B\r\n", ',', "CRLF", 0)]
    [InlineData("A,B\n1\n1,2,3\n1,a\"b\n", ',', "LF", 3)]
    public async Task It_says_how_a_file_is_written_and_how_many_rows_it_holds(string text, char separator, string lineEnd, long rows)
    {
        foreach (var survey in await SurveysAsync(Encoding.UTF8.GetBytes(text)))
        {
            survey.Fault.Should().BeNull();
            survey.Dialect.Should().Be(new CsvDialect(separator));
            survey.LineEnd.Should().Be(lineEnd);
            survey.Rows.Should().Be(rows);
            survey.Content.ToArray().Should().Equal(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            survey.Size.Should().Be(text.Length);
        }
    }

    [Fact]
    public async Task Rows_are_counted_as_they_are_read()
    {
        var bytes = Encoding.UTF8.GetBytes("A,B\r\n1,\"two\r\n\r\nlines\"\r\n\r\n2,\"a\"\"b\"\r\n3\r\n4,a\"b\r\n5,\"x\"y\r\n");
        using var table = await CsvTable.OpenAsync(new MemoryStream(bytes), CsvDialect.Standard, default);
        var rows = table.Rows().Count();

        (await SurveysAsync(bytes)).Should().AllSatisfy(survey => survey.Rows.Should().Be(rows)).And.Subject.First().Rows.Should().Be(5);
    }

    [Theory]
    [InlineData("José")]
    [InlineData("東京")]
    [InlineData("🙂")]
    public async Task Letters_in_UTF_8_are_known_wherever_a_piece_ends(string name)
    {
        foreach (var survey in await SurveysAsync(Encoding.UTF8.GetBytes($"Name,{name}\n{name},{name}{name}\n")))
        {
            survey.Dialect.Encoding.Should().Be(CsvEncoding.Utf8);
            survey.Header!.Columns.Should().Equal("Name", name);
        }
    }

    [Theory]
    [InlineData("Name,Größe\nJosé,ÅÄ\n")]
    [InlineData("Name,x\na,é")]
    [InlineData("Name,x\na,“quoted”\n")]
    public async Task What_is_no_UTF_8_throughout_is_Windows_1252(string text)
    {
        foreach (var survey in await SurveysAsync(_windows.GetBytes(text)))
        {
            survey.Fault.Should().BeNull();
            survey.Dialect.Encoding.Should().Be(CsvEncoding.Windows1252);
            using var table = await CsvTable.OpenAsync(new MemoryStream(_windows.GetBytes(text)), survey.Dialect, default);
            var row = table.Rows().Single();
            row.TryGet(survey.Header!.Columns[1], out var cell).Should().BeTrue();
            text.Should().Contain(cell).And.StartWith(string.Join(',', survey.Header.Columns));
        }
    }

    [Fact]
    public async Task A_letter_that_is_cut_makes_no_other_letter_wrong_and_its_row_alone_is_bad()
    {
        byte[] bytes = [.. "Name,x\nJosé,1\nMuñoz,2\nMu"u8, 0xC3, .. ",3\nGroß,4\n"u8];

        foreach (var survey in await SurveysAsync(bytes))
        {
            survey.Should().BeEquivalentTo(new { Fault = (string?)null, Rows = 4L });
            survey.Dialect.Encoding.Should().Be(CsvEncoding.Utf8);
        }

        using var table = await CsvTable.OpenAsync(new MemoryStream(bytes), CsvDialect.Standard, default);
        table.Rows().Select(row => row.Fault).Should().Equal(null, null, "its letters are no UTF-8, as those of the other rows are: a text was cut within a letter, or a byte is damaged.", null);
    }

    [Fact]
    public async Task Where_letters_are_written_in_two_ways_nobody_guesses()
    {
        byte[] bytes = [.. "Name,x\nJosé,1\n"u8, .. _windows.GetBytes("Muñoz,2\nGroß,3\n")];

        (await SurveysAsync(bytes)).Should().AllSatisfy(survey => survey.Fault.Should().Be(
            "1 of its letters are UTF-8 and 2 are not: how the others are meant can't be told. Have it written in one encoding, UTF-8."));
    }

    [Fact]
    public async Task Two_signs_that_would_be_a_letter_of_UTF_8_by_chance_do_not_make_a_file_so()
    {
        var text = "Name,x\n" + string.Concat(Enumerable.Range(1, 30).Select(number => $"José,{number}\n")) + "CAFÉ®,0\n";

        (await SurveysAsync(_windows.GetBytes(text))).Should().AllSatisfy(survey => survey.Should().BeEquivalentTo(new { Fault = (string?)null, Dialect = new CsvDialect(',', CsvEncoding.Windows1252) }));
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_first_column()
    {
        foreach (var survey in await SurveysAsync([0xEF, 0xBB, 0xBF, .. "A,B\n1,2\n"u8]))
        {
            survey.HasByteOrderMark.Should().BeTrue();
            survey.Header!.Columns.Should().Equal("A", "B");
            survey.Rows.Should().Be(1);
        }
    }

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "empty", [], "it is empty." },
        { "a mark alone", [0xEF, 0xBB, 0xBF], "line 1: there is no header." },
        { "blank lines", "\r\n\r\n"u8.ToArray(), "line 1: there is no header." },
        { "two names", "A,b,a\n1,2,3\n"u8.ToArray(), "line 1: column 3 has the name of an earlier one." },
        { "no name", "A,,B\n"u8.ToArray(), "line 1: column 2 has no name." },
        { "UTF-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("A,B\n1,2\n")], "it is UTF-16 (\"Unicode text\"), which is not read: save it as \"CSV UTF-8\"." },
        { "UTF-16, the other way", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("A,B\n")], "it is UTF-16 (\"Unicode text\"), which is not read: save it as \"CSV UTF-8\"." },
        { "UTF-16 without a mark", Encoding.Unicode.GetBytes("A,B\n1,2\n"), "it holds bytes of value zero: it is damaged, or no file of rows (UTF-16 is not read: save it as \"CSV UTF-8\")." },
        { "a zero below", "A,B\n1,2\n3,\0\n"u8.ToArray(), "it holds bytes of value zero: it is damaged, or no file of rows (UTF-16 is not read: save it as \"CSV UTF-8\")." },
        { "an open quote", "A,B\n1,2\n3,\"4\n5,6\n7,8\n"u8.ToArray(), "line 3: a quote is never closed. All that stands below would belong to one cell." },
        { "an open quote in the header", "A,\"B\n1,2\n"u8.ToArray(), "line 1: a quote is never closed." },
        { "a mark that lies", [0xEF, 0xBB, 0xBF, .. "A,B\n1,"u8, 0xE9, 0xE9, (byte)'\n'], "its byte order mark says UTF-8, and it is not: it is damaged." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_can_not_be_read_as_a_whole_says_why(string kind, byte[] bytes, string why)
    {
        foreach (var survey in await SurveysAsync(bytes))
        {
            survey.Fault.Should().Be(why, kind);
            survey.Content.ToArray().Should().Equal(SHA256.HashData(bytes), "a refused file is known by its content too");
            survey.Size.Should().Be(bytes.Length);
        }
    }

    [Fact]
    public async Task A_header_without_end_does_not_fill_the_memory() =>
        (await CsvSurvey.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(new string('x', 10 * CsvSurvey.HeaderBytesMax))), null, default))
            .Fault.Should().Be("its first 65536 bytes hold no end of a line: there is no header, or a quote in it is never closed.");

    [Fact]
    public async Task A_row_without_end_does_not_fill_the_memory() =>
        (await CsvSurvey.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes("A,B\n1,\"" + new string('x', 3 * CsvTable.RowBytesMax))), null, default))
            .Fault.Should().Be("line 2: a row is longer than 1000000 bytes.");

    [Theory]
    [InlineData("A,B\n1,2\n3,4\nTRAILER,2\n", 2L, 2L, null)]
    [InlineData("A,B\ntrailer, 0\n", 0L, 0L, null)]
    [InlineData("A,B,C\n1,2,3\nTRAILER,3\n", 1L, 3L, "its trailer says 3 rows and there are 1.")]
    [InlineData("A,B\n1,2\n3,4\n", 2L, null, "its last line does not begin with TRAILER: it was cut off, or has no trailer.")]
    [InlineData("A,B\n1,2\nTRAILER,many\n", 1L, null, "line 3: no number of rows stands behind TRAILER.")]
    [InlineData("A,B\n", 0L, null, "its last line does not begin with TRAILER: it was cut off, or has no trailer.")]
    public async Task A_trailer_says_how_many_rows_there_must_be(string text, long rows, long? stated, string? fault)
    {
        foreach (var survey in await SurveysAsync(Encoding.UTF8.GetBytes(text), "TRAILER"))
        {
            (survey.Rows, survey.StatedRows, survey.Fault).Should().Be((rows, stated, fault));
        }
    }

    [Fact]
    public void The_separator_of_a_header_that_was_written_is_told_from_it_alone()
    {
        foreach (var separator in CsvDialect.Separators.ToArray())
        {
            using var table = new CsvTable(new StringReader("\"a,b,c\",\"d;e;f\",\"g\th\ti\",\"j|k|l\"\n"));
            CsvDialect.SeparatorOf(Encoding.UTF8.GetBytes(table.Header.Line(separator))).Should().Be(separator);
        }
    }

    private static async Task<IReadOnlyList<CsvSurvey>> SurveysAsync(byte[] bytes, string? trailer = null)
    {
        var surveys = new List<CsvSurvey>();
        foreach (var piece in (int[])[1, 2, 3, int.MaxValue])
        {
            surveys.Add(await CsvSurvey.ReadAsync(new PiecesStream(bytes, piece), trailer, default));
        }

        return surveys;
    }

    private sealed class PiecesStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(piece, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
