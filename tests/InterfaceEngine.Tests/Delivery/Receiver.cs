using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>A message as a receiver got it.</summary>
/// <param name="Connection">Counts the receiver's connections from 1.</param>
internal sealed record Received(string ControlId, byte[] Body, int Connection, Socket Socket)
{
    /// <summary>An acknowledgement of it.</summary>
    public byte[] Reply(string code, string tail = "", string? controlId = null) =>
        Encoding.Latin1.GetBytes($"\u000bMSH|^~\\&|||||20260114||ACK|{ControlId}R|P|2.3\rMSA|{code}|{controlId ?? ControlId}{tail}\r\u001c\r");
}

/// <summary>
/// A real MLLP receiver on a free loopback port that does what a test says with each message. By default it answers AA.
/// </summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly Channel<Received> _arrived = Channel.CreateUnbounded<Received>();
    private readonly List<Received> _all = [];
    private readonly List<Task> _connections = [];
    private readonly CancellationTokenSource _stopping = new();
    private Socket _listener;
    private Task _accepting;
    private int _opened;

    public Receiver()
    {
        (_listener, Port) = ListenSomewhere();
        _accepting = AcceptAsync(_listener);
    }

    public int Port { get; }

    public static Receiver Start() => new();

    /// <summary>How many connections were ever opened.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Everything that arrived until now, in the order of arrival.</summary>
    public List<Received> All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>What is done with a message; false closes its connection.</summary>
    public Func<Received, Task<bool>> Answers { get; set; } = async message =>
    {
        await SendAsync(message.Socket, message.Reply("AA"));
        return true;
    };

    /// <summary>The next message that nobody has taken yet.</summary>
    public async Task<Received> NextAsync() => await _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Answers all messages with the code.</summary>
    public void Answer(string code, string tail = "") => Answers = async message =>
    {
        await SendAsync(message.Socket, message.Reply(code, tail));
        return true;
    };

    public static async Task SendAsync(Socket socket, byte[] bytes)
    {
        try
        {
            await socket.SendAsync(bytes);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The sender has closed already.
        }
    }

    /// <summary>Takes no connections any more; those that are open stay.</summary>
    public async Task StopListeningAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    public void ListenAgain()
    {
        _listener = Listen(Port);
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await StopListeningAsync();
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    /// <summary>On a port that nobody takes while nothing listens there, so that it can be had again.</summary>
    private static (Socket Listener, int Port) ListenSomewhere()
    {
        const int AttemptsMax = 10;
        for (var attempt = 1; ; attempt++)
        {
            var port = Ports.Free();
            try
            {
                return (Listen(port), port);
            }
            catch (SocketException) when (attempt < AttemptsMax)
            {
                // Another program took it meanwhile.
            }
        }
    }

    private static Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
                _connections.Add(ServeAsync(socket, Interlocked.Increment(ref _opened)));
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        var frames = new MllpFrameReader(1024 * 1024);
        var buffer = new byte[4096];
        try
        {
            using (socket)
            {
                while (true)
                {
                    var length = await socket.ReceiveAsync(buffer, _stopping.Token);
                    if (length == 0)
                    {
                        return;
                    }

                    var unread = new ReadOnlySequence<byte>(buffer, 0, length);
                    while (frames.TryRead(ref unread, out var frame))
                    {
                        var body = frame.Body.ToArray();
                        var received = new Received(Hl7Message.TryParseHeader(body, out var header) ? header.ControlId : "", body, number, socket);
                        lock (_all)
                        {
                            _all.Add(received);
                        }

                        _arrived.Writer.TryWrite(received);

                        // What a test that failed still holds back holds up no end.
                        if (!await Answers(received).WaitAsync(_stopping.Token))
                        {
                            return;
                        }
                    }
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
