using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>One connection that sends a frame, blocks until its reply is there, and takes nothing but AA.</summary>
internal sealed class FrameSender : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _reply = new byte[4096];

    public FrameSender(int port) => _socket.Connect(IPAddress.Loopback, port);

    /// <returns>How long it took from the first byte sent to the reply's last.</returns>
    public long Send(ReadOnlySpan<byte> frame)
    {
        var started = Stopwatch.GetTimestamp();
        while (!frame.IsEmpty)
        {
            frame = frame[_socket.Send(frame)..];
        }

        var length = 0;
        do
        {
            var read = _socket.Receive(_reply.AsSpan(length));
            length += read > 0 ? read : throw new IOException("The engine closed the connection.");
        }
        while (length < 2 || _reply[length - 1] != 0x0D || _reply[length - 2] != 0x1C);

        var ticks = Stopwatch.GetTimestamp() - started;
        return _reply.AsSpan(0, length).IndexOf("\rMSA|AA|"u8) > 0 ? ticks : throw new IOException("A message was not accepted.");
    }

    public void Dispose() => _socket.Dispose();
}
