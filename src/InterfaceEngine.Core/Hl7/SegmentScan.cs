using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// The one pass over a body that finds its segments. CR, LF and CRLF end a segment; blank lines, blanks before a
/// segment's name and stray frame bytes are stepped over and stay where they are.
/// </summary>
internal static class SegmentScan
{
    private const int EntriesAtFirst = 16;

    public static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> Fillers => [(byte)' ', (byte)'\t', 0x0B, 0x1C, 0x1A, 0x00];

    private static ReadOnlySpan<byte> SegmentEnds => "\r\n"u8;

    public static bool TryRead(ReadOnlyMemory<byte> bytes, Hl7ParseOptions options, [NotNullWhen(true)] out Hl7Message? message, [NotNullWhen(false)] out Hl7ParseException? error)
    {
        message = null;
        var body = bytes.Span;
        error = Header(body, options, out var header, out var delimiters);
        if (error is not null)
        {
            return false;
        }

        var entries = new SegmentEntry[EntriesAtFirst];
        entries[0] = header;
        var count = 1;
        for (var at = header.End; TryLine(body, ref at, out var start, out var end);)
        {
            var key = SegmentName.KeyOf(body[start..end]);
            error = Check(body, key, start, end, count, delimiters, options);
            if (error is not null)
            {
                return false;
            }

            if (count == entries.Length)
            {
                Array.Resize(ref entries, count * 2);
            }

            entries[count++] = new SegmentEntry(key, start, end);
        }

        error = CheckCounts(body, entries.AsSpan(0, count), delimiters, options);
        if (error is not null)
        {
            return false;
        }

        message = new Hl7Message(bytes, entries, count, delimiters, Ascii.IsValid(body), options);
        return true;
    }

    public static bool TryReadHeader(ReadOnlyMemory<byte> bytes, Hl7ParseOptions options, [NotNullWhen(true)] out Hl7Message? header)
    {
        header = null;
        var body = bytes.Span;
        var start = Start(body);
        var length = body[start..].IndexOfAny(SegmentEnds);
        return length >= 0 && start + length <= options.MessageBytesMax && TryRead(bytes[..(start + length)], options, out header, out _);
    }

    private static Hl7ParseException? Header(ReadOnlySpan<byte> body, Hl7ParseOptions options, out SegmentEntry header, out Hl7Delimiters delimiters)
    {
        header = default;
        delimiters = Hl7Delimiters.Standard;
        if (body.Length > options.MessageBytesMax)
        {
            return Passed(options.MessageBytesMax, nameof(options.MessageBytesMax), body.Length, "bytes", options.MessageBytesMax);
        }

        var at = Start(body);
        if (at == body.Length)
        {
            return new Hl7ParseException(Hl7ParseFault.Empty, 0, "no content, expected MSH");
        }

        if (body.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || body.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || body[at..].StartsWith("M\0S\0H\0"u8) || body.StartsWith("\0M\0S\0H"u8))
        {
            return new Hl7ParseException(Hl7ParseFault.WideEncoding, 0, "text of two or more bytes a character (UTF-16, UTF-32), expected ASCII, UTF-8 or a single-byte set");
        }

        TryLine(body, ref at, out var start, out var end);
        var line = body[start..end];
        if (IsBatch(line))
        {
            return new Hl7ParseException(Hl7ParseFault.Batch, start, "a batch of messages, expected one message", Encoding.ASCII.GetString(line[..SegmentName.Length]));
        }

        if (!line.StartsWith("MSH"u8))
        {
            return new Hl7ParseException(Hl7ParseFault.NoHeader, start, "no MSH, with which every message begins");
        }

        var encoding = start + SegmentName.Length + 1;
        if (line.Length <= SegmentName.Length)
        {
            return new Hl7ParseException(Hl7ParseFault.Delimiters, end, "no field separator, the segment ends before it", "MSH", 1);
        }

        var separator = body[start + SegmentName.Length];
        var length = body[encoding..end].IndexOf(separator);
        var wrong = Hl7Delimiters.TryRead(separator, length < 0 ? body[encoding..end] : body.Slice(encoding, length), out delimiters);
        header = new SegmentEntry(SegmentName.Msh, start, end);
        return wrong is null
            ? null
            : new Hl7ParseException(Hl7ParseFault.Delimiters, wrong.Value.Field == 1 ? encoding - 1 : encoding, wrong.Value.Reason, "MSH", wrong.Value.Field);
    }

    /// <summary>Behind the byte order mark and all blanks, line ends included.</summary>
    private static int Start(ReadOnlySpan<byte> body)
    {
        var at = body.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        while (at < body.Length && (Fillers.Contains(body[at]) || SegmentEnds.Contains(body[at])))
        {
            at++;
        }

        return at;
    }

    /// <summary>Takes the next line that is not blank, without the blanks before it.</summary>
    private static bool TryLine(ReadOnlySpan<byte> body, ref int at, out int start, out int end)
    {
        while (at < body.Length)
        {
            var length = body[at..].IndexOfAny((byte)'\r', (byte)'\n');
            start = at;
            end = length < 0 ? body.Length : at + length;
            at = end + 1;
            while (start < end && Fillers.Contains(body[start]))
            {
                start++;
            }

            if (start < end)
            {
                return true;
            }
        }

        start = end = body.Length;
        return false;
    }

    private static Hl7ParseException? Check(ReadOnlySpan<byte> body, int key, int start, int end, int count, Hl7Delimiters delimiters, Hl7ParseOptions options)
    {
        if (count >= options.SegmentsMax)
        {
            return Passed(start, nameof(options.SegmentsMax), count + 1, "segments", options.SegmentsMax);
        }

        if (key == 0 || (end - start > SegmentName.Length && body[start + SegmentName.Length] != delimiters.Field))
        {
            return new Hl7ParseException(Hl7ParseFault.SegmentName, start, string.Create(CultureInfo.InvariantCulture, $"line {count + 1} does not begin with a segment's name and a field separator"));
        }

        if (key == SegmentName.Msh || IsBatch(body[start..end]))
        {
            return new Hl7ParseException(Hl7ParseFault.Batch, start, "several messages or the frame of a batch, expected one message", SegmentName.TextOf(key));
        }

        return null;
    }

    /// <summary>Counts the whole body first: nearly always that shows that no segment can pass its limit.</summary>
    private static Hl7ParseException? CheckCounts(ReadOnlySpan<byte> body, ReadOnlySpan<SegmentEntry> segments, Hl7Delimiters delimiters, Hl7ParseOptions options)
    {
        var isFieldsSafe = body.Count(delimiters.Field) < options.FieldsMax;
        var isRepetitionsSafe = delimiters.Repetition == 0 || body.Count(delimiters.Repetition) < options.RepetitionsMax;
        if (isFieldsSafe && isRepetitionsSafe)
        {
            return null;
        }

        foreach (var segment in segments)
        {
            var line = body[segment.Start..segment.End];
            var fields = line.Count(delimiters.Field) + (segment.Key == SegmentName.Msh ? 1 : 0);
            if (fields > options.FieldsMax)
            {
                return Passed(segment.Start, nameof(options.FieldsMax), fields, "fields", options.FieldsMax, SegmentName.TextOf(segment.Key));
            }

            var error = isRepetitionsSafe || line.Count(delimiters.Repetition) < options.RepetitionsMax
                ? null
                : CheckRepetitions(body, segment, delimiters, options);
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static Hl7ParseException? CheckRepetitions(ReadOnlySpan<byte> body, SegmentEntry segment, Hl7Delimiters delimiters, Hl7ParseOptions options)
    {
        var separators = Separators.Index(body, segment.Start, segment.End, delimiters.Field);
        for (var field = 1; field < separators.Length; field++)
        {
            var start = separators[field - 1] + 1;
            var repetitions = Separators.Pieces(body[start..separators[field]], delimiters.Repetition);
            if (repetitions > options.RepetitionsMax)
            {
                var number = segment.Key == SegmentName.Msh ? field + 1 : field;
                return Passed(start, nameof(options.RepetitionsMax), repetitions, "repetitions", options.RepetitionsMax, SegmentName.TextOf(segment.Key), number);
            }
        }

        return null;
    }

    private static bool IsBatch(ReadOnlySpan<byte> line) =>
        line.StartsWith("FHS"u8) || line.StartsWith("BHS"u8) || line.StartsWith("BTS"u8) || line.StartsWith("FTS"u8);

    private static Hl7ParseException Passed(int offset, string limit, int found, string what, int limitValue, string? segment = null, int? field = null) =>
        new(Hl7ParseFault.Limit, offset, string.Create(CultureInfo.InvariantCulture, $"{found} {what}, at most {limitValue} are taken ({limit})"), segment, field, limit, limitValue);
}
