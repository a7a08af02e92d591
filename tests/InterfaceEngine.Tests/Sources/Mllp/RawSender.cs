using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Tests.Sources.Mllp;

/// <summary>A sender that may misbehave: it sends any bytes and reads frames when it likes.</summary>
internal sealed class RawSender : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private readonly MllpFrameReader _frames = new(1 << 20);
    private readonly byte[] _buffer = new byte[4096];
    private ReadOnlySequence<byte> _unread = ReadOnlySequence<byte>.Empty;

    private RawSender(Socket socket) => _socket = socket;

    /// <param name="from">The address to connect from; the operating system's choice when null.</param>
    public static async Task<RawSender> ConnectAsync(IPEndPoint address, int? receiveBufferBytes = null, IPAddress? from = null)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        if (from is not null)
        {
            socket.Bind(new IPEndPoint(from, 0));
        }

        await socket.ConnectAsync(address);
        return new RawSender(socket);
    }

    public static string Frame(string body) => $"\u000b{body}\u001c\r";

    /// <summary>Sends text as it is; see <see cref="Frame"/>.</summary>
    public Task SendAsync(string wire) => SendAsync(Encoding.UTF8.GetBytes(wire));

    public async Task SendAsync(ReadOnlyMemory<byte> wire)
    {
        for (var rest = wire; !rest.IsEmpty;)
        {
            rest = rest[await _socket.SendAsync(rest)..];
        }
    }

    public async Task<string?> AskAsync(string body)
    {
        await SendAsync(Frame(body));
        return await ReplyAsync();
    }

    /// <summary>The next reply; null when the listener closed instead.</summary>
    public async Task<string?> ReplyAsync()
    {
        while (true)
        {
            if (_frames.TryRead(ref _unread, out var frame))
            {
                return Encoding.UTF8.GetString(frame.Body.Span);
            }

            try
            {
                var length = await _socket.ReceiveAsync(_buffer).WaitAsync(Patience);
                if (length == 0)
                {
                    return null;
                }

                _unread = new ReadOnlySequence<byte>(_buffer, 0, length);
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    /// <summary>Ends the sending side only; replies can still be read.</summary>
    public void HangUp() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _socket.Dispose();
}
