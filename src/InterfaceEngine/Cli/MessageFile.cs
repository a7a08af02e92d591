namespace InterfaceEngine.Cli;

/// <summary>One message of a file.</summary>
/// <param name="File">The file, as it was named on the command line.</param>
/// <param name="Number">Counts the messages of the file, from 1.</param>
/// <param name="Body">Its bytes as they stand in the file, without framing and without what lies between messages.</param>
internal sealed record FileMessage(string File, int Number, ReadOnlyMemory<byte> Body)
{
    /// <summary><c>feed.hl7 message 2</c>, for reports.</summary>
    public override string ToString() => $"{Path.GetFileName(File)} message {Number}";
}

/// <summary>
/// Finds the messages in a file of any form that people keep them in: one after the other with any line ends, with
/// blank lines between, framed as MLLP sends them, or in a batch (the envelope of FHS, BHS, BTS and FTS is left out).
/// What is no message is given as one, so that it gets its verdict like any other.
/// </summary>
internal static class MessageFile
{
    private const byte FrameStart = 0x0B;
    private const byte FrameEnd = 0x1C;

    public static IEnumerable<FileMessage> Read(string file, string name) =>
        Split(File.ReadAllBytes(file)).Select((body, index) => new FileMessage(name, index + 1, body));

    internal static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content) =>
        content.Span.Contains(FrameStart) ? SplitFrames(content) : SplitLines(content);

    private static List<ReadOnlyMemory<byte>> SplitFrames(ReadOnlyMemory<byte> content)
    {
        var bodies = new List<ReadOnlyMemory<byte>>();
        while (content.Span.IndexOf(FrameStart) is var start and >= 0)
        {
            content = content[(start + 1)..];
            var end = content.Span.IndexOf(FrameEnd);
            bodies.Add(end < 0 ? content : content[..end]);
            content = end < 0 ? default : content[(end + 1)..];
        }

        return bodies;
    }

    private static List<ReadOnlyMemory<byte>> SplitLines(ReadOnlyMemory<byte> content)
    {
        var bodies = new List<ReadOnlyMemory<byte>>();
        var span = content.Span;
        var from = 0;
        var hasHeader = false;
        for (var line = 0; line < span.Length; line = NextLine(span, line))
        {
            var rest = span[line..];
            if (IsSegment(rest, "BTS"u8) || IsSegment(rest, "FTS"u8) || IsSegment(rest, "FHS"u8) || IsSegment(rest, "BHS"u8))
            {
                Add(bodies, content[from..line], hasHeader);
                (from, hasHeader) = (NextLine(span, line), false);
            }
            else if (IsSegment(rest, "MSH"u8))
            {
                if (hasHeader)
                {
                    Add(bodies, content[from..line], hasHeader);
                    from = line;
                }

                hasHeader = true;
            }
        }

        Add(bodies, content[Math.Min(from, content.Length)..], hasHeader || bodies.Count == 0);
        return bodies;
    }

    /// <summary>Blank lines behind a message lie between messages; one line end belongs to its last segment.</summary>
    private static void Add(List<ReadOnlyMemory<byte>> bodies, ReadOnlyMemory<byte> body, bool isMessage)
    {
        var end = body.Span.TrimEnd(" \t\r\n"u8).Length;
        if (end == 0 && !isMessage)
        {
            return;
        }

        var after = body.Span[end..];
        bodies.Add(body[..(end + (after.StartsWith("\r\n"u8) ? 2 : Math.Min(after.Length, 1)))]);
    }

    private static bool IsSegment(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length > 3 && line.StartsWith(name) && !char.IsAsciiLetterOrDigit((char)line[3]) && line[3] != '\r' && line[3] != '\n';

    private static int NextLine(ReadOnlySpan<byte> span, int from)
    {
        var end = span[from..].IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            return span.Length;
        }

        var next = from + end + 1;
        return next < span.Length && span[next - 1] == '\r' && span[next] == '\n' ? next + 1 : next;
    }
}
