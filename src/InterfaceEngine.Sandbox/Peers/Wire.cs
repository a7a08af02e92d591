using System.Buffers;
using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>
/// One connection of a peer: frames in, any bytes out, in one piece or in many. Reading and writing may happen at the
/// same time; writers take turns.
/// </summary>
internal sealed class Wire : IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private const int SlowReadBytes = 16;
    private const int SlowReadsMax = 20;

    private readonly NetworkStream _stream;
    private readonly MllpFrameReader _frames;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _input = new byte[ReadBytes];
    private ReadOnlySequence<byte> _unread;

    public Wire(Socket socket, int frameBytesMax, TimeProvider time)
    {
        socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _frames = new MllpFrameReader(frameBytesMax);
        _time = time;
    }

    /// <summary>Bytes outside of frames so far.</summary>
    public long StrayBytes => _frames.StrayBytes;

    /// <exception cref="IOException">Nobody listens there, or the connection broke while it was made.</exception>
    public static async Task<Wire> ConnectAsync(EndPoint address, int frameBytesMax, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new Wire(socket, frameBytesMax, time);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"{address}: {exception.SocketErrorCode}", exception);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits until something comes; false when the other side closed instead.</summary>
    /// <param name="pause">As of <see cref="ReadAsync"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; the connection is then of no more use.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<bool> WaitForBytesAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        if (_unread.IsEmpty)
        {
            await FillAsync(pause, cancellationToken);
        }

        return !_unread.IsEmpty;
    }

    /// <summary>The next frame; null when the other side closed first.</summary>
    /// <param name="pause">When not zero, reads slowly: the first few hundred bytes in small pieces with this pause between them.</param>
    /// <param name="cancellationToken">Ends the waiting; the connection is then of no more use.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<MllpFrame?> ReadAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        for (var reads = 0; ; reads++)
        {
            if (_frames.TryRead(ref _unread, out var frame))
            {
                return frame;
            }

            await FillAsync(reads < SlowReadsMax ? pause : TimeSpan.Zero, cancellationToken);
            if (_unread.IsEmpty)
            {
                return null;
            }
        }
    }

    /// <param name="pieces">In how many pieces; 1 writes all at once.</param>
    /// <param name="pause">Between two pieces.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, int pieces, TimeSpan pause, CancellationToken cancellationToken)
    {
        var size = (bytes.Length + pieces - 1) / pieces;
        await _writing.WaitAsync(cancellationToken);
        try
        {
            for (var at = 0; at < bytes.Length; at += size)
            {
                if (at > 0)
                {
                    await Task.Delay(pause, _time, cancellationToken);
                }

                await _stream.WriteAsync(bytes.Slice(at, Math.Min(size, bytes.Length - at)), cancellationToken);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _writing.Dispose();
    }

    private async ValueTask FillAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var size = ReadBytes;
        if (pause > TimeSpan.Zero)
        {
            size = SlowReadBytes;
            await Task.Delay(pause, _time, cancellationToken);
        }

        var length = await _stream.ReadAsync(_input.AsMemory(0, size), cancellationToken);
        _unread = new ReadOnlySequence<byte>(_input, 0, length);
    }
}
