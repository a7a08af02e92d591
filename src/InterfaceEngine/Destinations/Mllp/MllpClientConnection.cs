using System.Buffers;
using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Destinations.Mllp;

/// <summary>
/// One open connection of a client: frames out, frames in. Once a reply was read, the reading goes on: what comes next,
/// be it a close or something nobody asked for, is known before the next message is sent.
/// </summary>
internal sealed class MllpClientConnection(Stream stream, int replyBytesMax) : IDisposable
{
    private const int ReadBytes = 4 * 1024;

    private readonly MllpFrameReader _frames = new(replyBytesMax);
    private readonly byte[] _input = new byte[ReadBytes];
    private Task<int>? _reading;

    /// <summary>The receiver sent something that answers no message.</summary>
    public bool IsUnasked { get; private set; }

    /// <summary>
    /// Whether the next frame to come would answer the next message. Not so when the receiver closed, or sent
    /// something nobody asked for. Some receivers end a reply with a stray line break: that does no harm.
    /// </summary>
    public bool IsInStep()
    {
        while (!IsUnasked && Read() is { IsCompleted: true } reading)
        {
            if (!reading.IsCompletedSuccessfully || reading.Result == 0)
            {
                return false;
            }

            _reading = null;
            SkipStray(new ReadOnlySequence<byte>(_input, 0, reading.Result));
        }

        return !IsUnasked;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(body.Length + MllpFraming.Overhead);
        var length = MllpFraming.Write(body.Span, buffer);
        await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken);

        // Not after a failure: the socket may still read from it.
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <returns>The next frame, or null when the receiver closed first.</returns>
    public async ValueTask<MllpFrame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = await Read().WaitAsync(cancellationToken);
            _reading = null;
            if (length == 0)
            {
                return null;
            }

            var unread = new ReadOnlySequence<byte>(_input, 0, length);
            if (_frames.TryRead(ref unread, out var frame))
            {
                SkipStray(unread);
                return frame;
            }
        }
    }

    public void Dispose() => stream.Dispose();

    /// <summary>The reading in flight. It ends by itself or with the connection: to cancel one could lose what it has read.</summary>
    private Task<int> Read() => _reading ??= stream.ReadAsync(_input, CancellationToken.None).AsTask();

    private void SkipStray(ReadOnlySequence<byte> bytes) =>
        IsUnasked = IsUnasked || _frames.TryRead(ref bytes, out _) || _frames.IsInFrame;
}
