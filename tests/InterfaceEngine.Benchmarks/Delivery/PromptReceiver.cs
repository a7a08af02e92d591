using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Benchmarks.Delivery;

/// <summary>A receiver that answers AA at once and does nothing else: what is measured is the sender.</summary>
internal sealed class PromptReceiver : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public PromptReceiver()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        var frames = new MllpFrameReader(1024 * 1024);
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer) is > 0 and var length)
        {
            for (var unread = new ReadOnlySequence<byte>(buffer, 0, length); frames.TryRead(ref unread, out var frame);)
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes($"\u000bMSH|^~\\&|||||20260114||ACK|1|P|2.3\rMSA|AA|{ControlId(frame.Body.Span)}\r\u001c\r"));
            }
        }
    }

    /// <summary>MSH-10: what stands between the ninth and the tenth separator.</summary>
    private static string ControlId(ReadOnlySpan<byte> body)
    {
        for (var field = 0; field < 9; field++)
        {
            body = body[(body.IndexOf((byte)'|') + 1)..];
        }

        return Encoding.ASCII.GetString(body[..body.IndexOf((byte)'|')]);
    }
}
