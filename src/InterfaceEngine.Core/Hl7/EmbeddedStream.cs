using System.Buffers;
using System.Buffers.Text;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Reads embedded content forward, decoding straight from the message. Line breaks and blanks between base64 or
/// hexadecimal digits count for nothing, escapes are resolved, and several places read on as one. Base64 keeps to RFC 1521:
/// its padding is how a reader knows that nothing was cut off.
/// </summary>
/// <param name="body">The message.</param>
/// <param name="places">Where the content stands.</param>
/// <param name="encoding">How it is written.</param>
/// <param name="escape">The message's escape character; 0 when it has none.</param>
/// <param name="unescape">The bytes of one escape, its two escape characters included.</param>
internal sealed class EmbeddedStream(ReadOnlyMemory<byte> body, ByteRange[] places, EmbeddedEncoding encoding, byte escape, Func<ByteRange, byte[]> unescape) : Stream
{
    private static readonly SearchValues<byte> _base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private readonly byte[] _digits = new byte[4];
    private readonly byte[] _decoded = new byte[3];
    private int _digitCount;
    private int _decodedAt;
    private int _decodedEnd;
    private int _place = -1;
    private int _at;
    private int _end;
    private byte[] _escaped = [];
    private int _escapedAt;
    private bool _isPadded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="EmbeddedContentException">It is not written as it says.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = 0;
        while (read < buffer.Length)
        {
            var more = encoding == EmbeddedEncoding.None ? Copy(buffer[read..]) : Decode(buffer[read..]);
            if (more == 0)
            {
                break;
            }

            read += more;
        }

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Text as it is, up to the next escape.</summary>
    private int Copy(Span<byte> target)
    {
        var run = Rest(target.Length);
        var next = escape == 0 ? -1 : run.IndexOf(escape);
        run = next < 0 ? run : run[..next];
        if (run.IsEmpty)
        {
            return TryNext(out target[0]) ? 1 : 0;
        }

        run.CopyTo(target);
        _at += run.Length;
        return run.Length;
    }

    private int Decode(Span<byte> target)
    {
        while (_decodedAt == _decodedEnd)
        {
            if (_digitCount == 0 && encoding == EmbeddedEncoding.Base64 && !_isPadded && DecodeRun(target) is > 0 and var many)
            {
                return many;
            }

            if (!TryNext(out var digit))
            {
                return _digitCount == 0 ? 0 : throw Broken("it ends within a group of digits: it was cut off");
            }

            Take(digit);
        }

        var length = Math.Min(_decodedEnd - _decodedAt, target.Length);
        _decoded.AsSpan(_decodedAt, length).CopyTo(target);
        _decodedAt += length;
        return length;
    }

    /// <summary>Nearly all of it: whole groups of four digits with nothing between them.</summary>
    private int DecodeRun(Span<byte> target)
    {
        var run = Rest(target.Length / 3 * 4);
        var plain = run.IndexOfAnyExcept(_base64);
        var length = (plain < 0 ? run.Length : plain) & ~3;
        if (length == 0 || _base64.Contains(escape))
        {
            return 0;
        }

        Base64.DecodeFromUtf8(run[..length], target, out var consumed, out var written, isFinalBlock: false);
        _at += consumed;
        return written;
    }

    private void Take(byte digit)
    {
        if (digit is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            return;
        }

        var isDigit = encoding == EmbeddedEncoding.Hex ? char.IsAsciiHexDigit((char)digit) : _base64.Contains(digit);
        var isPadding = encoding == EmbeddedEncoding.Base64 && digit == '=' && _digitCount >= 2;
        if ((!isDigit && !isPadding) || _isPadded || (isDigit && _digitCount == 3 && _digits[2] == '='))
        {
            throw Broken(_isPadded ? "there is more after its padding" : $"a character that is no {(encoding == EmbeddedEncoding.Hex ? "hexadecimal" : "base64")} digit");
        }

        _digits[_digitCount++] = digit;
        if (_digitCount == (encoding == EmbeddedEncoding.Hex ? 2 : 4))
        {
            DecodeGroup(isPadding);
        }
    }

    private void DecodeGroup(bool isPadded)
    {
        _isPadded = isPadded;
        _decodedAt = 0;
        if (encoding == EmbeddedEncoding.Hex)
        {
            Convert.FromHexString(_digits.AsSpan(0, 2), _decoded, out _, out _decodedEnd);
        }
        else if (Base64.DecodeFromUtf8(_digits, _decoded, out _, out _decodedEnd) != OperationStatus.Done)
        {
            throw Broken("a last group that no base64 ends with");
        }

        _digitCount = 0;
    }

    /// <summary>What lies ahead in this place, at most so much; empty while an escape is being read.</summary>
    private ReadOnlySpan<byte> Rest(int lengthMax) =>
        _escapedAt < _escaped.Length ? default : body.Span.Slice(_at, Math.Min(_end - _at, lengthMax));

    /// <summary>The next byte with its escape resolved; goes on to the next place.</summary>
    private bool TryNext(out byte value)
    {
        while (_escapedAt == _escaped.Length)
        {
            if (_at == _end)
            {
                if (!TryMove())
                {
                    value = 0;
                    return false;
                }
            }
            else if (TryEscape())
            {
                continue;
            }
            else
            {
                value = body.Span[_at++];
                return true;
            }
        }

        value = _escaped[_escapedAt++];
        return true;
    }

    private bool TryMove()
    {
        if (_place + 1 >= places.Length)
        {
            return false;
        }

        _place++;
        (_at, _end) = (places[_place].Offset, places[_place].Offset + places[_place].Length);
        _isPadded = false;
        if (_place > 0 && encoding == EmbeddedEncoding.None)
        {
            (_escaped, _escapedAt) = ([(byte)'\n'], 0);
        }

        return true;
    }

    private bool TryEscape()
    {
        var rest = body.Span[_at.._end];
        if (escape == 0 || rest[0] != escape || rest[1..].IndexOf(escape) is not (>= 0 and var length))
        {
            return false;
        }

        (_escaped, _escapedAt) = (unescape(new ByteRange(_at, length + 2)), 0);
        _at += length + 2;
        return true;
    }

    private EmbeddedContentException Broken(string reason) => new(new ByteRange(Math.Max(0, _at - 1), 1), reason);
}
