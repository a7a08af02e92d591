using System.Buffers;
using System.Buffers.Binary;

namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// SFTP version 3 (draft-ietf-secsh-filexfer-02) over two pipes: requests go out, replies find theirs by number, in any order. The other
/// side is not trusted: a reply has a largest length, answers a request of ours, and comes in time; else the connection is over. What is
/// held in memory is bounded by what was asked for.
/// </summary>
internal sealed class SftpConnection : IAsyncDisposable
{
    /// <summary>The largest reply. OpenSSH's own limit, which nobody's exceeds.</summary>
    public const int PacketBytesMax = 256 * 1024;

    /// <summary>How many bytes may be asked for, or be on their way, at once.</summary>
    public const int WindowBytes = 4 * 1024 * 1024;

    /// <summary>How many requests may be on their way at once.</summary>
    public const int WindowRequests = 64;

    /// <summary>How many bytes any server must give or take in one packet (the draft, 3).</summary>
    private const int PlainBytes = 32 * 1024;

    private const int VersionSpoken = 3;

    private readonly Stream _input;
    private readonly Stream _output;
    private readonly TimeSpan _silence;
    private readonly TimeProvider _time;
    private readonly Func<FileFaultException, Task<FileFaultException>> _explain;
    private readonly Dictionary<uint, SftpPending> _waiting = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private FileFaultException? _end;
    private Task? _ending;
    private uint _last;
    private Task _reading = Task.CompletedTask;

    private SftpConnection(Stream input, Stream output, string address, TimeSpan silence, TimeProvider time, Func<FileFaultException, Task<FileFaultException>> explain)
    {
        _input = input;
        _output = output;
        Address = address;
        _silence = silence;
        _time = time;
        _explain = explain;
    }

    /// <summary>Where it leads, for people.</summary>
    public string Address { get; }

    /// <summary>How many bytes one read asks for.</summary>
    public int ReadBytes { get; private set; } = PlainBytes;

    /// <summary>How many bytes one write carries.</summary>
    public int WriteBytes { get; private set; } = PlainBytes;

    /// <summary>The extensions that the server offers, by name.</summary>
    public IReadOnlySet<string> Extensions { get; private set; } = new HashSet<string>();

    /// <summary>Says hello and waits until the server is ready.</summary>
    /// <param name="input">What the server says.</param>
    /// <param name="output">What the server is told.</param>
    /// <param name="address">Where it leads, for people.</param>
    /// <param name="connect">How long the first answer may take.</param>
    /// <param name="silence">How long any other may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="explain">Whoever knows more of why the connection ended makes a better fault of this one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<SftpConnection> OpenAsync(
        Stream input, Stream output, string address, TimeSpan connect, TimeSpan silence, TimeProvider time, Func<FileFaultException, Task<FileFaultException>> explain, CancellationToken cancellationToken)
    {
        var connection = new SftpConnection(input, output, address, silence, time, explain);
        try
        {
            await connection.GreetAsync(connect, cancellationToken);
            connection._reading = connection.ReadRepliesAsync();
            if (connection.Extensions.Contains("limits@openssh.com"))
            {
                await connection.AskLimitsAsync(cancellationToken);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins a request; its number is given by the connection.</summary>
    public SftpRequest Request(SftpKind kind, int room = 256) => new(kind, ++_last, room);

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <exception cref="FileFaultException">The connection is over.</exception>
    public async Task<SftpReply> AskAsync(SftpRequest request, CancellationToken cancellationToken) =>
        await WaitAsync(await SendAsync(request), cancellationToken);

    /// <summary>Sends a request that <see cref="Request"/> began.</summary>
    public async Task<SftpPending> SendAsync(SftpRequest request)
    {
        var pending = new SftpPending();
        lock (_lock)
        {
            if (_end is not null)
            {
                throw Again(_end);
            }

            _waiting.Add(request.Id!.Value, pending);
        }

        // A packet that is sent in part would spoil those behind it: only silence ends it, and with it the connection.
        try
        {
            await _output.WriteAsync(request.ToPacket(), _closing.Token).AsTask().WaitAsync(_silence, _time);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            await EndAsync(Lost());
        }
        catch (TimeoutException)
        {
            await EndAsync(Silent());
        }

        return pending;
    }

    /// <summary>Waits for the reply of a request that was sent.</summary>
    public async Task<SftpReply> WaitAsync(SftpPending pending, CancellationToken cancellationToken)
    {
        try
        {
            return pending.Reply.IsCompletedSuccessfully ? pending.Reply.Result : await pending.Reply.WaitAsync(_silence, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await EndAsync(Silent());
            return await pending.Reply;
        }
        catch (FileFaultException fault)
        {
            throw Again(fault);
        }
        catch (OperationCanceledException)
        {
            pending.Abandon();
            throw;
        }
    }

    /// <summary>Takes from a reply what it should hold.</summary>
    /// <exception cref="FileFaultException">It does not hold it: the connection is over.</exception>
    public async Task<T> ParseAsync<T>(SftpReply reply, Func<SftpReply, T> parse)
    {
        try
        {
            return parse(reply);
        }
        catch (SftpFormatException wrong)
        {
            throw await BreakAsync(wrong.Message);
        }
    }

    /// <summary>The other side does not keep to the protocol: the connection is over.</summary>
    public async Task<FileFaultException> BreakAsync(string what)
    {
        await EndAsync(Broken(what));
        return Again(_end!);
    }

    /// <summary>Has the server close what nobody needs any more, behind what is still on its way; its answer is not waited for.</summary>
    public async Task ReleaseAsync(byte[] handle)
    {
        try
        {
            (await SendAsync(Request(SftpKind.Close).Bytes(handle))).Abandon();
        }
        catch (FileFaultException)
        {
            // The connection is over, and what was open with it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _end ??= new FileFaultException(FileFault.ConnectionLost, $"{Address}: the connection was closed on our side.");
        }

        await _closing.CancelAsync();
        await _output.DisposeAsync();
        await _input.DisposeAsync();
        await _reading;
        FailWaiting();
    }

    private async Task GreetAsync(TimeSpan connect, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new CancellationTokenSource(connect, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
            try
            {
                await _output.WriteAsync(new SftpRequest(SftpKind.Init, id: null).Number(VersionSpoken).ToPacket(), either.Token);
                var (kind, body, length) = await ReadPacketAsync(either.Token);
                using var reply = new SftpReply(kind, body, length);
                Extensions = ReadVersion(reply);
            }
            catch (OperationCanceledException) when (timer.IsCancellationRequested)
            {
                throw await _explain(new FileFaultException(FileFault.TimedOut, $"{Address}: the server was not ready within {connect.TotalSeconds:0.###} s. Look whether it is reachable, or allow it more time (ConnectTimeout)."));
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            throw await _explain(Lost());
        }
        catch (SftpFormatException)
        {
            throw await _explain(Broken("its first answer is not that of SFTP version 3. The account may print text when it logs in"));
        }
    }

    private static HashSet<string> ReadVersion(SftpReply reply)
    {
        var fields = new SftpFields(reply.Body.Span);
        if (reply.Kind != SftpKind.Version || fields.Number() is var version && version != VersionSpoken)
        {
            throw new SftpFormatException("another version");
        }

        var extensions = new HashSet<string>();
        while (!fields.IsAtEnd)
        {
            extensions.Add(fields.Text());
            fields.Bytes();
        }

        return extensions;
    }

    private async Task AskLimitsAsync(CancellationToken cancellationToken)
    {
        using var reply = await AskAsync(Request(SftpKind.Extended).Text("limits@openssh.com"), cancellationToken);
        if (reply.Kind == SftpKind.ExtendedReply && reply.Body.Length >= 32)
        {
            var fields = new SftpFields(reply.Body.Span);
            fields.Long();
            (ReadBytes, WriteBytes) = (Within(fields.Long()), Within(fields.Long()));
        }
    }

    /// <summary>Zero says that the server has no opinion. The rest of a packet's bytes are for what stands before the data.</summary>
    private static int Within(ulong limit) => limit == 0 ? PlainBytes : (int)Math.Clamp(limit, 1024, PacketBytesMax - 1024);

    private async Task ReadRepliesAsync()
    {
        try
        {
            while (true)
            {
                var (kind, body, length) = await ReadPacketAsync(_closing.Token);
                if (length < 4)
                {
                    ArrayPool<byte>.Shared.Return(body);
                    throw new SftpFormatException("a reply has no number");
                }

                var id = BinaryPrimitives.ReadUInt32BigEndian(body);
                body.AsSpan(4, length - 4).CopyTo(body);
                var reply = new SftpReply(kind, body, length - 4);
                if (Take(id) is not { } pending)
                {
                    reply.Dispose();
                    throw new SftpFormatException("a reply answers nothing that was asked");
                }

                pending.Give(reply);
            }
        }
        catch (SftpFormatException wrong)
        {
            await EndAsync(Broken(wrong.Message));
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            await EndAsync(Lost());
        }
    }

    private SftpPending? Take(uint id)
    {
        lock (_lock)
        {
            return _waiting.Remove(id, out var pending) ? pending : null;
        }
    }

    /// <summary>One packet: its kind and what stands behind that, in lent bytes.</summary>
    private async Task<(SftpKind Kind, byte[] Body, int Length)> ReadPacketAsync(CancellationToken cancellationToken)
    {
        var head = new byte[5];
        await _input.ReadExactlyAsync(head, cancellationToken);
        var length = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (length is < 1 or > PacketBytesMax)
        {
            throw new SftpFormatException($"a packet claims to have {length} bytes, and 1 to {PacketBytesMax} are expected");
        }

        var body = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await _input.ReadExactlyAsync(body.AsMemory(0, (int)length - 1), cancellationToken);
            return ((SftpKind)head[4], body, (int)length - 1);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(body);
            throw;
        }
    }

    /// <summary>The first reason counts. Whoever waits is told, and whoever asks from now on.</summary>
    private Task EndAsync(FileFaultException fault)
    {
        lock (_lock)
        {
            return _ending ??= ExplainEndAsync(fault);
        }
    }

    private async Task ExplainEndAsync(FileFaultException fault)
    {
        // Explaining may take a while, and notices more ends of the same connection.
        await Task.Yield();
        var explained = await _explain(fault);
        lock (_lock)
        {
            _end ??= explained;
        }

        FailWaiting();
    }

    private void FailWaiting()
    {
        List<SftpPending> waiting;
        lock (_lock)
        {
            waiting = [.. _waiting.Values];
            _waiting.Clear();
        }

        waiting.ForEach(pending => pending.Fail(_end!));
    }

    private FileFaultException Lost() => new(FileFault.ConnectionLost, $"{Address}: the connection broke off. It is tried again.");

    private FileFaultException Silent() => new(FileFault.TimedOut, $"{Address}: the server said nothing for {_silence.TotalSeconds:0.###} s. It is tried again; a slow server may be allowed more (SilenceTimeout).");

    private FileFaultException Broken(string what) => new(FileFault.Protocol, $"{Address}: the server does not keep to SFTP: {what}. Tell whoever runs it.");

    /// <summary>One fault is thrown at several places, each with its own trace.</summary>
    private static FileFaultException Again(FileFaultException fault) => new(fault.Fault, fault.Message);
}
