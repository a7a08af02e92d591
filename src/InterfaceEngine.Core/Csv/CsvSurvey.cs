using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;

namespace InterfaceEngine.Core.Csv;

/// <summary>
/// A look at a whole file of rows before the first is taken: what it is, how it is written, how many rows it holds, and whether it is whole.
/// One pass and constant memory; rows are counted by the code that reads them.
/// </summary>
public sealed record CsvSurvey
{
    /// <summary>The most bytes of a header.</summary>
    public const int HeaderBytesMax = 64 * 1024;

    private static readonly byte[] _utf8Mark = [0xEF, 0xBB, 0xBF];

    /// <summary>SHA-256 of all its bytes.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>In bytes.</summary>
    public required long Size { get; init; }

    public CsvDialect Dialect { get; init; } = CsvDialect.Standard;

    /// <summary>It begins with UTF-8's byte order mark.</summary>
    public bool HasByteOrderMark { get; init; }

    /// <summary><c>CRLF</c>, <c>LF</c> or <c>CR</c>, as its header ends; empty for a file of one line without an end.</summary>
    public string LineEnd { get; init; } = "";

    /// <summary>Null when there is no sound one.</summary>
    public CsvHeader? Header { get; init; }

    /// <summary>How many rows stand below the header, sound or not; a trailer is none.</summary>
    public long Rows { get; init; }

    /// <summary>How many rows the trailer says there are; null when none was asked for, or it says nothing readable.</summary>
    public long? StatedRows { get; init; }

    /// <summary>Why it can't be read as a whole; null when it can. Says nothing of its content.</summary>
    public string? Fault { get; init; }

    /// <summary>Looks at a file from its beginning to its end.</summary>
    /// <param name="file">The file. Not disposed of.</param>
    /// <param name="trailer">The first cell of the last line, behind which the number of rows stands (<c>TRAILER,120</c>); null for files without one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<CsvSurvey> ReadAsync(Stream file, string? trailer, CancellationToken cancellationToken)
    {
        var surveyed = new SurveyedStream(file);
        var pipe = PipeReader.Create(surveyed, new StreamPipeReaderOptions(bufferSize: HeaderBytesMax, leaveOpen: true));
        var (head, isWhole) = await HeadAsync(pipe, cancellationToken);
        var survey = new CsvSurvey { Content = default, Size = 0, HasByteOrderMark = head.AsSpan().StartsWith(_utf8Mark) };
        survey = FaultOf(head, isWhole) is { } fault ? survey with { Fault = fault } : await RowsAsync(survey, head, pipe.AsStream(), trailer, cancellationToken);
        survey = survey with { Content = await surveyed.EndAsync(cancellationToken), Size = surveyed.Size };
        return surveyed.Letters.IsUtf8 && surveyed.Letters.Zeros == 0 ? survey : await WithLettersAsync(survey, surveyed.Letters, head, cancellationToken);
    }

    /// <summary>The first line, which a quoted name may make several; and whether it ends within what a header may be.</summary>
    private static async ValueTask<(byte[] Head, bool IsWhole)> HeadAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var head = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, HeaderBytesMax)).ToArray();
            var end = EndOfLine(head);

            // One byte behind a CR tells it from a CRLF.
            var isWhole = (end >= 0 && end + 1 < head.Length) || read.IsCompleted;
            if (isWhole || head.Length == HeaderBytesMax)
            {
                pipe.AdvanceTo(read.Buffer.Start);
                return (end >= 0 && end + 2 <= head.Length ? head[..(end + 2)] : head, isWhole);
            }

            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static string? FaultOf(byte[] head, bool isWhole) =>
        head.AsSpan().StartsWith((byte[])[0xFF, 0xFE]) || head.AsSpan().StartsWith((byte[])[0xFE, 0xFF])
            ? "it is UTF-16 (\"Unicode text\"), which is not read: save it as \"CSV UTF-8\"."
            : head.AsSpan().Contains((byte)0) ? ZeroFault
            : !isWhole ? $"its first {HeaderBytesMax} bytes hold no end of a line: there is no header, or a quote in it is never closed."
            : null;

    private const string ZeroFault = "it holds bytes of value zero: it is damaged, or no file of rows (UTF-16 is not read: save it as \"CSV UTF-8\").";

    private static async ValueTask<CsvSurvey> RowsAsync(CsvSurvey survey, byte[] head, Stream file, string? trailer, CancellationToken cancellationToken)
    {
        survey = survey with { Dialect = new CsvDialect(CsvDialect.SeparatorOf(head)), LineEnd = LineEndOf(head) };
        CsvTable? table = null;
        try
        {
            table = await CsvTable.OpenAsync(file, survey.Dialect, cancellationToken);
            var (rows, stated, fault) = await CountAsync(table, trailer, cancellationToken);
            return survey with { Header = table.Header, Rows = rows, StatedRows = stated, Fault = fault };
        }
        catch (CsvFormatException wrong)
        {
            return survey with { Header = table?.Header, Rows = table?.Number ?? 0, Fault = head.Length == 0 ? "it is empty." : wrong.Message };
        }
        finally
        {
            table?.Dispose();
        }
    }

    private static async ValueTask<(long Rows, long? Stated, string? Fault)> CountAsync(CsvTable table, string? trailer, CancellationToken cancellationToken)
    {
        var word = trailer is null ? null : Encoding.UTF8.GetBytes(trailer);
        var (isTrailer, stated, line, last) = (false, (long?)null, 0L, (string?)null);
        while (await table.ReadAsync(cancellationToken))
        {
            (line, last) = (table.Line, table.Fault);
            if (word is not null)
            {
                isTrailer = Ascii.EqualsIgnoreCase(Trimmed(table.Cell(0)), word);
                stated = isTrailer && Utf8Parser.TryParse(Trimmed(table.Cell(1)), out long number, out _) ? number : null;
            }
        }

        if (last == CsvTable.NeverClosed)
        {
            return (table.Number, null, $"line {line}: {last} All that stands below would belong to one cell.");
        }

        if (word is null)
        {
            return (table.Number, null, null);
        }

        var rows = isTrailer ? table.Number - 1 : table.Number;
        return (rows, stated, !isTrailer ? $"its last line does not begin with {trailer}: it was cut off, or has no trailer."
            : stated is null ? $"line {line}: no number of rows stands behind {trailer}."
            : stated != rows ? $"its trailer says {stated} rows and there are {rows}."
            : null);
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> cell) => cell.Trim(" \t"u8);

    /// <summary>Where the first line that says anything ends; -1 when it does not end here.</summary>
    private static int EndOfLine(ReadOnlySpan<byte> head)
    {
        var isQuoted = false;
        var begun = false;
        for (var index = head.StartsWith(_utf8Mark) ? _utf8Mark.Length : 0; index < head.Length; index++)
        {
            isQuoted ^= head[index] == '"';
            var isEnd = head[index] is (byte)'\r' or (byte)'\n';
            if (isEnd && !isQuoted && begun)
            {
                return index;
            }

            begun |= !isEnd;
        }

        return -1;
    }

    private static string LineEndOf(ReadOnlySpan<byte> head) => EndOfLine(head) switch
    {
        < 0 => "",
        var end when head[end] == '\n' => "LF",
        var end => end + 1 < head.Length && head[end + 1] == '\n' ? "CRLF" : "CR",
    };

    /// <summary>What the letters say that are not UTF-8.</summary>
    private static async ValueTask<CsvSurvey> WithLettersAsync(CsvSurvey survey, LetterCheck letters, byte[] head, CancellationToken cancellationToken)
    {
        if (survey.Fault is not null || letters.Zeros > 0)
        {
            return survey with { Fault = survey.Fault ?? ZeroFault };
        }

        if (survey.HasByteOrderMark)
        {
            return survey with { Fault = "its byte order mark says UTF-8, and it is not: it is damaged." };
        }

        if (!letters.IsOther)
        {
            return survey with { Fault = $"{letters.Good} of its letters are UTF-8 and {letters.Broken} are not: how the others are meant can't be told. Have it written in one encoding, UTF-8." };
        }

        // The header was read before the encoding was known: its names are those that the rows are read with.
        var dialect = survey.Dialect with { Encoding = CsvEncoding.Windows1252 };
        using var table = await CsvTable.OpenAsync(new MemoryStream(head), dialect, cancellationToken);
        return survey with { Dialect = dialect, Header = table.Header };
    }

    /// <summary>Looks at the letters of a file while it passes by.</summary>
    private sealed class SurveyedStream(Stream file) : HashedStream(file)
    {
        public LetterCheck Letters { get; } = new();

        protected override void Look(ReadOnlySpan<byte> bytes) => Letters.Look(bytes);
    }
}
