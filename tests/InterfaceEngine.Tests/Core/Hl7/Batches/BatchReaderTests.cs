using System.Text;
using InterfaceEngine.Core.Hl7.Batches;

namespace InterfaceEngine.Tests.Core.Hl7.Batches;

public sealed class BatchReaderTests
{
    private const string A = "MSH|^~\\&|A\rPID|1";
    private const string B = "MSH|^~\\&|B\rPID|2";

    public static TheoryData<string, string[]> Forms => new()
    {
        { $"{A}\r{B}\r", [$"{A}\r", $"{B}\r"] },
        { $"{A}\r{B}", [$"{A}\r", B] },
        { $"\r\n\r\n{A}\r\r\r{B}\r\r", [$"{A}\r", $"{B}\r"] },
        { $"{A}\r\n{B}\n".Replace("\rPID", "\r\nPID"), [$"{A}\r\n".Replace("\rPID", "\r\nPID"), $"{B}\n".Replace("\rPID", "\r\nPID")] },
        { $"\u00EF\u00BB\u00BF{A}\r", [$"{A}\r"] },
        { $"\u000B{A}\r\u001C\r\u000B{B}\r\u001C\r", [$"{A}\r", $"{B}\r"] },
        { $"\u000B{A}\u001C\u000B{B}\u001C", [A, B] },
        { $"stray\u000B{A}\r\u001C\r", ["stray", $"{A}\r"] },
        { $"\u000BBHS|^~\\&|B\r{A}\rBTS|1\u001C\r", ["BHS:BHS|^~\\&|B", $"{A}\r", "BTS:BTS|1"] },
        { $"FHS|^~\\&|F\rBHS|^~\\&|B\r{A}\r{B}\rBTS|2\rFTS|1\r", ["FHS:FHS|^~\\&|F", "BHS:BHS|^~\\&|B", $"{A}\r", $"{B}\r", "BTS:BTS|2", "FTS:FTS|1"] },
        { $"BHS|^~\\&|B\r{A}\rBTS\r", ["BHS:BHS|^~\\&|B", $"{A}\r", "BTS:BTS"] },
        { $"BHS|^~\\&|B\r{A}\rBTS", ["BHS:BHS|^~\\&|B", $"{A}\r", "BTS:BTS"] },
        { $"rubbish\rmore\r{A}\r", ["rubbish\rmore\r", $"{A}\r"] },
        { $"{A}\rZZZ|MSH|x\rMSHX|1\r", [$"{A}\rZZZ|MSH|x\rMSHX|1\r"] },
        { "", [] },
        { "\r\n \r\n", [] },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Messages_and_their_envelope_are_told_apart_however_the_bytes_come(string text, string[] parts)
    {
        foreach (var chunk in new[] { 1, 2, 3, 7, int.MaxValue })
        {
            (await ReadAsync(text, chunk)).Should().Equal(parts, "in chunks of {0}", chunk);
        }
    }

    [Fact]
    public async Task An_envelope_says_its_counts_and_its_control_id()
    {
        var parts = await PartsAsync("FHS|^~\\&|A|B|C|D|20260101||F|C|FILE-7\rBHS|^~\\&|A|B|C|D|20260101||N|C|BATCH-9|BATCH-8\rBTS|12|all|3\rFTS|one\r", 1024);

        parts.Select(part => (part.BatchControlId, part.AnswersControlId, part.Count)).Should().Equal(("FILE-7", "", null), ("BATCH-9", "BATCH-8", null), ("", "", 12), ("", "", null));
    }

    [Fact]
    public async Task A_part_knows_where_it_begins_in_the_stream()
    {
        var text = $"\r\nFHS|^~\\&|F\r\n{A}\r\n\r\n\u000B{B}\r\u001C\rMSH|^~\\&|C\rOBX|{new string('x', 3000)}\rMSH|^~\\&|D\rFTS|1\r";

        var parts = await PartsAsync(text, 2000);

        parts.Select(part => text.Substring((int)part.Offset, part.Bytes.Length)).Should().Equal(parts.Select(part => Encoding.Latin1.GetString(part.Bytes.Span)).ToList());
        parts.Select(part => part.IsOversize).Should().Equal(false, false, false, true, false, false);
    }

    [Fact]
    public async Task An_oversize_message_gives_its_head_and_the_next_is_whole()
    {
        var parts = await PartsAsync($"MSH|^~\\&|A\rOBX|{new string('x', 300)}\rOBX|2\r{B}\r", 100);

        parts.Select(part => (part.IsOversize, part.Bytes.Length)).Should().Equal((true, 100), (false, B.Length + 1));
    }

    [Theory]
    [InlineData("MSH|^~\\&|A\rPID|1\r", false)]
    [InlineData("MSH|^~\\&|A\rZXX|MSH|1\rMSHX|2\r", false)]
    [InlineData("MSH|^~\\&|A\rPID|1\rMSH|^~\\&|B\r", true)]
    [InlineData("MSH|^~\\&|A\r\nPID|1\r\n\r\nMSH|^~\\&|B\r\n", true)]
    [InlineData("\r\nBHS|^~\\&\r", true)]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\r", true)]
    [InlineData("BTS|0\r", true)]
    [InlineData("hello", false)]
    [InlineData("", false)]
    public void A_body_is_a_batch_when_it_has_an_envelope_or_a_second_header(string body, bool isBatch) =>
        BatchReader.IsBatch(Encoding.Latin1.GetBytes(body)).Should().Be(isBatch);

    private static async Task<List<string>> ReadAsync(string text, int chunk)
    {
        var reader = new BatchReader(new SlowStream(Encoding.Latin1.GetBytes(text), chunk), 1024);
        var parts = new List<string>();
        while (await reader.ReadAsync(default) is { } part)
        {
            var content = Encoding.Latin1.GetString(part.Bytes.Span);
            parts.Add(part.Kind == BatchPartKind.Message ? content : $"{content[..3]}:{content}");
        }

        return parts;
    }

    private static async Task<List<BatchPart>> PartsAsync(string text, int messageBytesMax)
    {
        var reader = new BatchReader(new SlowStream(Encoding.Latin1.GetBytes(text), 16), messageBytesMax);
        var parts = new List<BatchPart>();
        while (await reader.ReadAsync(default) is { } part)
        {
            parts.Add(part);
        }

        return parts;
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class SlowStream(byte[] content, int chunk) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
    }
}
