using System.Buffers;

namespace InterfaceEngine.Core.Hl7.Mllp;

/// <summary>
/// Takes bytes as they come and gives whole frames. Feed it everything that was read, in order; it consumes all of it
/// and keeps what belongs to an unfinished frame itself, so no byte is looked at twice, however small the chunks.
/// One per connection; not for concurrent use.
/// </summary>
/// <remarks>
/// What the standard leaves open:
/// <list type="bullet">
/// <item><c>FS CR</c> is the end. An <c>FS</c> with anything else after it is content: to end there would acknowledge half a message.</item>
/// <item>A <c>VT</c> inside a frame starts a new one, and the frame before it was cut off. Content must not hold <c>VT</c>;
/// to take it as content could glue two patients' messages together. If it was content after all, the rest does not begin
/// with MSH and is refused, so nothing is lost silently.</item>
/// <item>A <c>VT</c> doubled at the start, and bytes between frames, are stray: skipped and counted.</item>
/// </list>
/// </remarks>
public sealed class MllpFrameReader
{
    /// <summary>How much of an oversize frame is kept: enough for any MSH.</summary>
    public const int HeadBytesMax = 64 * 1024;

    // Up to this size a body is copied out and the buffer stays for the next frame. A larger one is handed over as it is.
    private const int BufferKeptMax = 64 * 1024;
    private const int BufferBytesMin = 2 * 1024;

    // A large buffer grows in few, long steps: what is not written to yet takes no memory, but each step leaves a copy behind.
    private const int LargeBytes = 1024 * 1024;
    private const int LargeGrowth = 8;

    private static readonly SearchValues<byte> Ends = SearchValues.Create([MllpFraming.Start, MllpFraming.End]);
    private static readonly byte[] LoneEnd = [MllpFraming.End];

    private readonly int _frameBytesMax;
    private byte[] _buffer = [];
    private int _kept;
    private long _length;
    private bool _isOversize;
    private State _state;

    /// <param name="frameBytesMax">The largest body that is taken whole, in bytes.</param>
    public MllpFrameReader(int frameBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameBytesMax, 1);
        _frameBytesMax = frameBytesMax;
    }

    private enum State
    {
        /// <summary>No frame has begun.</summary>
        Between,

        /// <summary>In a body.</summary>
        Body,

        /// <summary>In a body, and the last byte was <c>FS</c>.</summary>
        AfterEnd,
    }

    /// <summary>True when a frame has begun and not ended. If the connection closes now, the frame was cut off.</summary>
    public bool IsInFrame => _state != State.Between;

    /// <summary>How many body bytes of the unfinished frame came so far.</summary>
    public long PartialBytes => IsInFrame ? _length : 0;

    /// <summary>Bytes skipped outside of frames since the beginning.</summary>
    public long StrayBytes { get; private set; }

    /// <summary>How many bytes were looked at since the beginning: the proof that nothing is scanned again.</summary>
    public long ExaminedBytes { get; private set; }

    /// <summary>Takes bytes up to the end of the next frame.</summary>
    /// <param name="input">What was read; on return, what is left after the frame. Empty when the answer is false.</param>
    /// <param name="frame">The frame, when the answer is true.</param>
    /// <returns>True when a frame ended. Call again with what is left.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> input, out MllpFrame frame)
    {
        var consumed = 0L;
        foreach (var segment in input)
        {
            var rest = segment.Span;
            while (!rest.IsEmpty)
            {
                if (TryTake(ref rest, out frame))
                {
                    input = input.Slice(consumed + segment.Length - rest.Length);
                    return true;
                }
            }

            consumed += segment.Length;
        }

        input = input.Slice(input.End);
        frame = default;
        return false;
    }

    private bool TryTake(ref ReadOnlySpan<byte> rest, out MllpFrame frame)
    {
        frame = default;
        switch (_state)
        {
            case State.Between:
                var start = rest.IndexOf(MllpFraming.Start);
                StrayBytes += start < 0 ? rest.Length : start;
                Advance(ref rest, start);
                _state = start < 0 ? State.Between : State.Body;
                return false;

            case State.Body:
                var end = rest.IndexOfAny(Ends);
                Keep(end < 0 ? rest : rest[..end]);
                var isStart = end >= 0 && rest[end] == MllpFraming.Start;
                Advance(ref rest, end);
                if (isStart)
                {
                    return TryRestart(out frame);
                }

                _state = end < 0 ? State.Body : State.AfterEnd;
                return false;

            default:
                if (rest[0] == MllpFraming.Return)
                {
                    Advance(ref rest, 0);
                    frame = Finish();
                    return true;
                }

                // The byte is looked at again as content, the only one that ever is.
                Keep(LoneEnd);
                _state = State.Body;
                return false;
        }
    }

    private void Advance(ref ReadOnlySpan<byte> rest, int found)
    {
        var taken = found < 0 ? rest.Length : found + 1;
        ExaminedBytes += taken;
        rest = rest[taken..];
    }

    private void Keep(ReadOnlySpan<byte> content)
    {
        _length += content.Length;
        if (_length > _frameBytesMax && !_isOversize)
        {
            _isOversize = true;
            KeepHead(content);
        }
        else if (!_isOversize && !content.IsEmpty)
        {
            Append(content);
        }
    }

    private void KeepHead(ReadOnlySpan<byte> content)
    {
        var headBytes = Math.Min(HeadBytesMax, _frameBytesMax);
        if (_kept < headBytes)
        {
            Append(content[..Math.Min(content.Length, headBytes - _kept)]);
        }
        else
        {
            // What was gathered up to the limit is let go at once, not at the end of the frame.
            _buffer = _buffer.AsSpan(0, headBytes).ToArray();
            _kept = headBytes;
        }
    }

    private void Append(ReadOnlySpan<byte> content)
    {
        var needed = _kept + content.Length;
        if (needed > _buffer.Length)
        {
            var growth = _buffer.Length < LargeBytes ? 2 : LargeGrowth;
            var size = Math.Max(BufferBytesMin, Math.Max(needed, (int)Math.Min((long)growth * _buffer.Length, _frameBytesMax)));
            var larger = GC.AllocateUninitializedArray<byte>(size);
            _buffer.AsSpan(0, _kept).CopyTo(larger);
            _buffer = larger;
        }

        content.CopyTo(_buffer.AsSpan(_kept));
        _kept = needed;
    }

    private bool TryRestart(out MllpFrame frame)
    {
        if (_length == 0)
        {
            StrayBytes++;
            frame = default;
            return false;
        }

        frame = new MllpFrame(MllpFrameKind.CutOff, ReadOnlyMemory<byte>.Empty, _length);
        Reset(State.Body);
        return true;
    }

    private MllpFrame Finish()
    {
        var body = _kept > BufferKeptMax ? _buffer.AsMemory(0, _kept) : _buffer.AsSpan(0, _kept).ToArray();
        var frame = new MllpFrame(_isOversize ? MllpFrameKind.Oversize : MllpFrameKind.Whole, body, _length);
        Reset(State.Between);
        return frame;
    }

    private void Reset(State state)
    {
        if (_buffer.Length > BufferKeptMax)
        {
            _buffer = [];
        }

        _kept = 0;
        _length = 0;
        _isOversize = false;
        _state = state;
    }
}
