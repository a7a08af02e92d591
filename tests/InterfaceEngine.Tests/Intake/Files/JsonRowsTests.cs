using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Tests.Intake.Files;

public sealed class JsonRowsTests
{
    [Theory]
    [InlineData("[{\"a\":1},\r\n {\"b\":{\"c\":\"}\"}} ]\n", 2)]
    [InlineData("{\"a\":\"\\\"}{\"}\n{\"b\":[{\"c\":2}]}\n", 2)]
    [InlineData("\uFEFF[]", 0)]
    [InlineData("{}", 1)]
    public async Task Objects_are_told_apart_wherever_a_piece_ends(string text, int objects)
    {
        foreach (var piece in (int[])[1, 2, 3, 1_000])
        {
            var rows = await RowsAsync(text, piece);

            rows.Should().HaveCount(objects);
            rows.Where(row => row[0] != '{' || row[^1] != '}' || !text.Contains(row)).Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData("", "it is empty.")]
    [InlineData("[{\"a\":1}", "line 2: object 2 is not closed: the file was cut off.")]
    [InlineData("[{\"a\":1},{\"a\":", "line 2: object 2 is not closed: the file was cut off.")]
    [InlineData("{\"a\":\"1}", "line 1: object 1 is not closed: the file was cut off.")]
    [InlineData("\"text\"", "line 1: object 1 is expected, and something else stands there: it must be an array of objects, or an object a line.")]
    [InlineData("[{}] {}", "line 2: object 2 stands behind the end of the array.")]
    [InlineData("[[{}]]", "line 1: object 1 is expected, and something else stands there: it must be an array of objects, or an object a line.")]
    public async Task What_is_no_file_of_objects_is_refused_before_the_first(string text, string why) =>
        (await JsonRows.SurveyAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), default)).Fault.Should().Be(why);

    [Fact]
    public async Task An_object_without_end_does_not_fill_the_memory() =>
        (await JsonRows.SurveyAsync(new MemoryStream(Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', 2 * JsonRows.ObjectBytesMax))), default))
            .Fault.Should().Be("line 1: object 1 is longer than 33554432 bytes.");

    [Fact]
    public async Task An_object_with_a_document_in_it_is_one_row()
    {
        var text = $$"""{"a":"{{new string('x', 3_000_000)}}\\\"}","b":1}""";

        (await RowsAsync($"{text}\n{{}}\n", piece: 64 * 1024)).Should().Equal(text, "{}");
    }

    private static async Task<List<string>> RowsAsync(string text, int piece)
    {
        using var reader = new JsonRows(new PiecesStream(Encoding.UTF8.GetBytes(text), piece));
        var rows = new List<string>();
        while (await reader.ReadAsync(default))
        {
            rows.Add(Encoding.UTF8.GetString(reader.Raw));
            reader.Number.Should().Be(rows.Count);
        }

        return rows;
    }

    private sealed class PiecesStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
