using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// A receiver that keeps account of what arrives and treats its sender badly: it loses replies, closes before or after
/// them, sends them in single bytes or too late. It stays up while the engine is killed.
/// </summary>
internal sealed class UnreliableReceiver : IAsyncDisposable
{
    private const int FrameBytesMax = 1024 * 1024;

    /// <summary>Longer than the check's engine waits for a reply.</summary>
    private static readonly TimeSpan _tooLong = WorkFolder.OutboundReplyTimeout * 2;

    private static readonly TimeSpan _usual = TimeSpan.FromMilliseconds(2);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly OutboundLedger _ledger;
    private readonly DurabilityFindings _findings;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    public UnreliableReceiver(OutboundLedger ledger, DurabilityFindings findings, int seed, TimeProvider time)
    {
        _ledger = ledger;
        _findings = findings;
        _random = new Random(seed);
        _time = time;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    private enum Treatment
    {
        Proper,
        NoReply,
        CloseAfterReply,
        SingleBytes,
        LateReply,
        ReplyForAnother,
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptAsync(_stopping.Token)));
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var frames = new MllpFrameReader(FrameBytesMax);
        var buffer = new byte[4096];
        try
        {
            using (socket)
            {
                while (await socket.ReceiveAsync(buffer, _stopping.Token) is > 0 and var length)
                {
                    for (var unread = new ReadOnlySequence<byte>(buffer, 0, length); frames.TryRead(ref unread, out var frame);)
                    {
                        var controlId = Hl7Message.TryParseHeader(frame.Body, out var header) ? header.ControlId : "";
                        _ledger.Receive(controlId, frame.Body.Span, _findings);
                        if (!await AnswerAsync(socket, controlId, Next()))
                        {
                            return;
                        }
                    }
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException)
        {
            // The engine was killed or has closed.
        }
    }

    /// <returns>False when the connection is to be closed.</returns>
    private async Task<bool> AnswerAsync(Socket socket, string controlId, Treatment treatment)
    {
        await Task.Delay(treatment is Treatment.LateReply ? _tooLong : _usual, _time, _stopping.Token);
        if (treatment is Treatment.NoReply)
        {
            return false;
        }

        var answered = treatment is Treatment.ReplyForAnother ? "ANOTHER" : controlId;
        var reply = Encoding.ASCII.GetBytes($"\u000bMSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20260114||ACK|1|P|2.3\rMSA|AA|{answered}\r\u001c\r");
        var step = treatment is Treatment.SingleBytes ? 1 : reply.Length;
        for (var sent = 0; sent < reply.Length; sent += step)
        {
            await socket.SendAsync(reply.AsMemory(sent, step), _stopping.Token);
        }

        return treatment is not Treatment.CloseAfterReply;
    }

    /// <summary>One in eight is treated badly.</summary>
    private Treatment Next()
    {
        const int BadIn = 8;
        lock (_random)
        {
            return _random.Next(BadIn) == 0 ? (Treatment)_random.Next(1, Enum.GetValues<Treatment>().Length) : Treatment.Proper;
        }
    }
}
