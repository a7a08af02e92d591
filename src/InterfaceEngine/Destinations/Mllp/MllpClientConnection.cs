using System.Buffers;
using System.Net.Sockets;
using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Destinations.Mllp;

/// <summary>One open connection of a client: frames out, frames in.</summary>
internal sealed class MllpClientConnection(Socket socket, int replyBytesMax) : IDisposable
{
    private const int ReadBytes = 4 * 1024;

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly MllpFrameReader _frames = new(replyBytesMax);
    private readonly byte[] _input = new byte[ReadBytes];
    private bool _isUnasked;

    /// <summary>
    /// Whether the next frame to come would answer the next message. Not so when the receiver closed, or sent
    /// something nobody asked for. Some receivers end a reply with a stray line break: that does no harm.
    /// </summary>
    public bool IsInStep()
    {
        try
        {
            while (!_isUnasked && socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                var length = socket.Receive(_input);
                if (length == 0)
                {
                    return false;
                }

                SkipStray(new ReadOnlySequence<byte>(_input, 0, length));
            }

            return !_isUnasked;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(body.Length + MllpFraming.Overhead);
        var length = MllpFraming.Write(body.Span, buffer);
        await _stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken);

        // Not after a failure: the socket may still read from it.
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <returns>The next frame, or null when the receiver closed first.</returns>
    public async ValueTask<MllpFrame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = await _stream.ReadAsync(_input, cancellationToken);
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

    public void Dispose() => _stream.Dispose();

    private void SkipStray(ReadOnlySequence<byte> bytes) =>
        _isUnasked = _isUnasked || _frames.TryRead(ref bytes, out _) || _frames.IsInFrame;
}
