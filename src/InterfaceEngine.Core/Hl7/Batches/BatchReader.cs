using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Core.Hl7.Batches;

/// <summary>
/// Divides a stream into messages and the segments of their envelope (FHS, BHS, BTS, FTS), however they are written: any
/// line ends, blank lines and frame bytes between, a byte order mark, with or without an envelope. Keeps one message in
/// memory at a time. For one reader at a time.
/// </summary>
public sealed class BatchReader
{
    /// <summary>How much of an oversize message is kept: enough for any MSH.</summary>
    public const int HeadBytesMax = 64 * 1024;

    private const int ReadBytes = 64 * 1024;
    private const int MarkerBytes = 4;

    private readonly Stream _stream;
    private readonly int _messageBytesMax;
    private byte[] _buffer = new byte[ReadBytes];
    private int _end;
    private bool _hasEnded;

    /// <summary>Where the part that is being gathered begins.</summary>
    private int _from;

    /// <summary>Up to where it was looked at.</summary>
    private int _at;
    private bool _isAtLineStart = true;

    /// <summary>Bytes of the stream before the buffer's first.</summary>
    private long _passed;

    /// <summary>Where the part that is being gathered begins in the stream.</summary>
    private long _offset;
    private BatchPartKind? _kind;
    private byte[]? _head;

    /// <param name="stream">Read from where it stands to its end.</param>
    /// <param name="messageBytesMax">The largest message that is taken whole, in bytes.</param>
    public BatchReader(Stream stream, int messageBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messageBytesMax, 1);
        _stream = stream;
        _messageBytesMax = messageBytesMax;
    }

    /// <summary>A frame begins and ends a line too.</summary>
    private static ReadOnlySpan<byte> LineEnds => [(byte)'\r', (byte)'\n', MllpFraming.Start, MllpFraming.End];

    private static ReadOnlySpan<byte> Fillers => [(byte)' ', (byte)'\t', 0x0B, 0x1C, 0x1A, 0x00, 0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Whether a body is more than one message: it begins with a segment of an envelope, or has a second MSH.
    /// </summary>
    public static bool IsBatch(ReadOnlySpan<byte> body)
    {
        var first = body.IndexOfAnyExcept([.. Fillers, (byte)'\r', (byte)'\n']);
        return first >= 0 && (Marker(body[first..]) is { } kind and not BatchPartKind.Message || HasHeaderAfter(body[first..]));
    }

    /// <summary>The next part; null at the end.</summary>
    /// <exception cref="IOException">The stream can't be read.</exception>
    public async ValueTask<BatchPart?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(out var part))
            {
                return part;
            }

            if (_hasEnded)
            {
                return null;
            }

            await FillAsync(cancellationToken);
        }
    }

    private static bool HasHeaderAfter(ReadOnlySpan<byte> body)
    {
        for (var at = body.IndexOf("MSH"u8); at >= 0;)
        {
            var next = body[(at + 1)..].IndexOf("MSH"u8);
            at = next < 0 ? -1 : at + 1 + next;
            if (at > 0 && body[at - 1] is (byte)'\r' or (byte)'\n' && Marker(body[at..]) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a line begins, when it is MSH or of an envelope. A trailer may say no more than its name.</summary>
    private static BatchPartKind? Marker(ReadOnlySpan<byte> line)
    {
        if (line.Length < SegmentName.Length)
        {
            return null;
        }

        BatchPartKind? kind = line[..SegmentName.Length] switch
        {
            [(byte)'M', (byte)'S', (byte)'H'] => BatchPartKind.Message,
            [(byte)'F', (byte)'H', (byte)'S'] => BatchPartKind.FileHeader,
            [(byte)'B', (byte)'H', (byte)'S'] => BatchPartKind.BatchHeader,
            [(byte)'B', (byte)'T', (byte)'S'] => BatchPartKind.BatchTrailer,
            [(byte)'F', (byte)'T', (byte)'S'] => BatchPartKind.FileTrailer,
            _ => null,
        };
        var isAlone = line.Length == SegmentName.Length || line[SegmentName.Length] <= ' ';
        var isTrailer = kind is BatchPartKind.BatchTrailer or BatchPartKind.FileTrailer;
        return (isAlone ? isTrailer : !char.IsAsciiLetterOrDigit((char)line[SegmentName.Length])) ? kind : null;
    }

    /// <returns>False when more must be read, or all was given.</returns>
    private bool TryTake(out BatchPart? part)
    {
        part = null;
        while (true)
        {
            if (_isAtLineStart)
            {
                var start = _at;
                while (start < _end && Fillers.Contains(_buffer[start]))
                {
                    start++;
                }

                if (_end - start < MarkerBytes && !_hasEnded)
                {
                    return false;
                }

                var marker = Marker(_buffer.AsSpan(start, _end - start));
                if (_kind is not null && (marker is not null || start == _end))
                {
                    part = Emit(_at);
                    return true;
                }

                if (start == _end)
                {
                    return false;
                }

                // Lines that are no message are given as one, so that nothing is passed over in silence.
                var isBlank = _buffer[start] is (byte)'\r' or (byte)'\n';
                if (marker is not null || (_kind is null && !isBlank))
                {
                    _kind = marker ?? BatchPartKind.Message;
                    _from = start;
                    _offset = _passed + start;
                }

                _isAtLineStart = false;
                _at = start;
            }

            var length = _buffer.AsSpan(_at, _end - _at).IndexOfAny(LineEnds);
            if (length < 0 && !_hasEnded)
            {
                _at = _end;
                KeepHead();
                return false;
            }

            var lineEnd = length < 0 ? _end : _at + length;
            _at = length < 0 ? _end : lineEnd + 1;
            _isAtLineStart = true;
            if (_kind is not null and not BatchPartKind.Message)
            {
                part = Emit(lineEnd);
                return true;
            }

            KeepHead();
        }
    }

    private BatchPart Emit(int end)
    {
        var bytes = _head ?? Trim(_buffer.AsSpan(_from, end - _from)).ToArray();
        var part = new BatchPart(_kind!.Value, bytes, _head is not null) { Offset = _offset };
        (_kind, _head, _from) = (null, null, _at);
        return part;
    }

    /// <summary>What lies behind a message lies between messages; one line end belongs to its last segment.</summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.TrimEnd(" \t\r\n\u000B\u001C\u001A\0"u8).Length;
        var after = bytes[length..];
        return bytes[..(length + (after.StartsWith("\r\n"u8) ? 2 : after is [(byte)'\r' or (byte)'\n', ..] ? 1 : 0))];
    }

    private void KeepHead()
    {
        if (_kind is null)
        {
            _from = _at;
        }
        else if (_head is not null || _at - _from > _messageBytesMax)
        {
            _head ??= _buffer.AsSpan(_from, Math.Min(HeadBytesMax, _messageBytesMax)).ToArray();
            _from = _at;
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _end - _from).CopyTo(_buffer);
            (_passed, _at, _end, _from) = (_passed + _from, _at - _from, _end - _from, 0);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _hasEnded = read == 0;
    }
}
