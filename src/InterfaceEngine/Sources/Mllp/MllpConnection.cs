using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Hl7.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>
/// One sender's connection: read a frame, take it in, reply, and again. Run once. Never throws: whatever happens
/// ends this connection only, is logged and is counted.
/// </summary>
internal sealed partial class MllpConnection : IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private const int DrainBytesMax = 1024 * 1024;
    private const int LargeBytes = 4 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _network;
    private readonly MllpHandshake _handshake;
    private readonly MllpFrameReader _frames;
    private readonly MllpConnectionClock _clock;
    private readonly SourceBinding _binding;
    private readonly SourceNumbers _numbers;
    private readonly FrameFault _oversize;
    private readonly IMessageIntake _intake;
    private readonly MllpCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MllpPeer _peer;
    private readonly MllpReplies _replies;
    private Stream _stream;
    private PipeReader? _input;
    private long _strayBytesCounted;
    private volatile bool _isStopping;

    /// <param name="tls">Null for plain MLLP.</param>
    public MllpConnection(
        Socket socket,
        SourceBinding binding,
        SourceNumbers numbers,
        MllpLimits limits,
        MllpAccess access,
        ListenerTls? tls,
        IMessageIntake intake,
        MllpCounters counters,
        TimeProvider time,
        ILogger logger)
    {
        _socket = socket;
        _network = new NetworkStream(socket, ownsSocket: true);
        _stream = _network;
        _frames = new MllpFrameReader(limits.FrameBytesMax);
        _clock = new MllpConnectionClock(limits, time);
        _binding = binding;
        _numbers = numbers;
        _oversize = new FrameFault($"frame is larger than {InWords(limits.FrameBytesMax)}");
        _intake = intake;
        _counters = counters;
        _time = time;
        _logger = logger;
        _peer = new MllpPeer(socket.RemoteEndPoint as IPEndPoint);
        _handshake = new MllpHandshake(access, tls, binding.Name, _peer, _clock, counters, logger);
        _replies = new MllpReplies(binding.Name, _peer, _clock, counters, logger) { CameLate = () => Volatile.Read(ref _input)?.CancelPendingRead() };
    }

    public MllpPeer Peer => _peer;

    /// <param name="abandonToken">Cancelled when a message in flight is not waited for any longer.</param>
    public async Task RunAsync(CancellationToken abandonToken)
    {
        Log.ConnectionOpened(_logger, _binding.Name, _peer);
        try
        {
            _socket.NoDelay = true;
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            if (await _handshake.TryOpenAsync(_socket, _network, abandonToken) is { } stream)
            {
                _stream = stream;
                await ServeAsync(abandonToken);
                await SayGoodbyeAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // The sender is gone, or the sweep or the end of the engine closed the socket under a read or write.
        }
        catch (Exception exception)
        {
            Log.ConnectionFailed(_logger, _binding.Name, _peer, new ExceptionPlace(exception));
        }

        if (_input is not null)
        {
            await _input.CompleteAsync();
        }

        Dispose();
        await _stream.DisposeAsync();
        Conclude();
    }

    /// <summary>No new frame is taken from now on.</summary>
    public void TakeNoMore() => _isStopping = true;

    /// <summary>No new frame is taken and none is waited for; a message in flight finishes and is answered.</summary>
    public void Stop()
    {
        TakeNoMore();
        if (Volatile.Read(ref _input) is { } input)
        {
            input.CancelPendingRead();
        }
        else
        {
            // Still shaking hands: nothing was promised.
            Dispose();
        }
    }

    /// <summary>Closes now, whatever is in flight.</summary>
    public void Dispose() => _network.Dispose();

    /// <summary>Closes if the sender has kept us waiting for too long.</summary>
    public void CloseIfOverdue(long now)
    {
        if (_clock.IsOverdue(now))
        {
            Dispose();
        }
    }

    private async Task ServeAsync(CancellationToken abandonToken)
    {
        // Waiting without a buffer keeps thousands of idle connections cheap.
        var input = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: ReadBytes, leaveOpen: true, useZeroByteReads: true));
        Volatile.Write(ref _input, input);
        var isFirst = true;
        while (!_isStopping)
        {
            _clock.WaitForBytes(_frames.IsInFrame);
            var read = await input.ReadAsync(CancellationToken.None);
            _clock.Rest();
            await _replies.SendLateAsync(_stream);
            var unread = read.Buffer;
            if (isFirst && _handshake.RefusesTls(unread.FirstSpan))
            {
                return;
            }

            isFirst &= unread.IsEmpty;
            while (!_isStopping && _frames.TryRead(ref unread, out var frame))
            {
                _clock.FrameEnded();
                if (!await TakeAsync(frame, abandonToken))
                {
                    return;
                }

                _clock.MessageDone();
                LetGo(frame.Length);
            }

            CountStrayBytes();
            if (read.IsCompleted && unread.IsEmpty)
            {
                return;
            }

            input.AdvanceTo(unread.Start, unread.End);
        }
    }

    /// <summary>
    /// What a large message took lies about until the collector sees a need, which where there is memory is late: several
    /// of them would add up. So it is told, and works on while the next message is taken.
    /// </summary>
    private static void LetGo(long frameBytes)
    {
        if (frameBytes >= LargeBytes)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    /// <returns>False when the connection is to be closed.</returns>
    private async ValueTask<bool> TakeAsync(MllpFrame frame, CancellationToken abandonToken)
    {
        if (frame.Kind == MllpFrameKind.CutOff)
        {
            _counters.CutOff();
            _numbers.NextUnanswered();
            Log.FrameRestarted(_logger, _binding.Name, _peer, frame.Length);
            return true;
        }

        var isOversize = frame.Kind == MllpFrameKind.Oversize;
        _counters.Received(frame.Length, isOversize);
        if (isOversize)
        {
            Log.FrameOversize(_logger, _binding.Name, _peer, frame.Length);
        }

        if (!isOversize && BatchReader.IsBatch(frame.Body.Span))
        {
            return await TakeBatchAsync(frame.Body, abandonToken);
        }

        var number = _numbers.Next();
        var receipt = await TryAsync(() => _intake.AcceptAsync(new IncomingMessage(frame.Body, _binding, isOversize ? _oversize : null) { Number = number, Sender = _replies }, abandonToken), abandonToken);
        _numbers.Settle(number, isStored: receipt is not null);
        if (receipt is null)
        {
            _counters.Unanswered();
            return false;
        }

        if (!receipt.Reply.IsEmpty)
        {
            await _replies.SendAsync(_stream, receipt.Reply);
        }

        if (!receipt.ApplicationReply.IsEmpty)
        {
            await _replies.SendAsync(_stream, receipt.ApplicationReply);
        }

        return true;
    }

    /// <summary>
    /// Takes a frame that holds a batch, or several messages. Its answer is one frame; the application's replies of enhanced
    /// mode follow one by one, as each is a message of its own.
    /// </summary>
    /// <returns>False when the connection is to be closed: part of it may be stored, and is recognised when it is sent again.</returns>
    private async ValueTask<bool> TakeBatchAsync(ReadOnlyMemory<byte> body, CancellationToken abandonToken)
    {
        var receipts = new List<Receipt>();
        var origin = new BatchOrigin(_binding, body.Length) { Numbers = _numbers, Sender = _replies };
        using var stream = MemoryMarshal.TryGetArray(body, out var bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) : new MemoryStream(body.ToArray());
        var batch = await TryAsync(() => new BatchIntake(_intake).AcceptAsync(stream, origin, one => receipts.Add(one.Receipt), abandonToken), abandonToken);
        if (batch is null)
        {
            _counters.Unanswered();
            return false;
        }

        if (BatchReply.IsDue(batch, receipts))
        {
            await _replies.SendAsync(_stream, _binding.BatchReply == BatchReplyPolicy.Single ? SingleReply.Build(batch, receipts, _time.GetUtcNow()) : BatchReply.Build(batch, receipts));
        }

        foreach (var receipt in receipts.Where(receipt => !receipt.ApplicationReply.IsEmpty))
        {
            await _replies.SendAsync(_stream, receipt.ApplicationReply);
        }

        return true;
    }

    /// <returns>Null when nothing was promised, so nothing may be answered.</returns>
    private async ValueTask<T?> TryAsync<T>(Func<ValueTask<T>> accept, CancellationToken abandonToken)
        where T : class
    {
        try
        {
            return await accept();
        }
        catch (StoreUnavailableException failure)
        {
            Log.StoreUnavailable(_logger, _binding.Name, _peer, failure.Message);
        }
        catch (OperationCanceledException) when (abandonToken.IsCancellationRequested)
        {
            Log.MessageAbandoned(_logger, _binding.Name, _peer);
        }
        catch (Exception exception)
        {
            Log.IntakeFailed(_logger, _binding.Name, _peer, new ExceptionPlace(exception));
        }

        return null;
    }

    private void CountStrayBytes()
    {
        var strayBytes = _frames.StrayBytes - _strayBytesCounted;
        if (strayBytes > 0)
        {
            if (_strayBytesCounted == 0)
            {
                Log.StrayBytesSkipped(_logger, _binding.Name, _peer);
            }

            _strayBytesCounted += strayBytes;
            _counters.Skipped(strayBytes);
        }
    }

    /// <summary>
    /// Says goodbye and reads away what already came: a close over unread bytes is a reset, which may destroy
    /// our last reply on its way.
    /// </summary>
    private async Task SayGoodbyeAsync()
    {
        if (_stream is SslStream encrypted)
        {
            _clock.WaitForReplyTaken();
            await encrypted.ShutdownAsync();
            _clock.Rest();
        }

        Drain();
    }

    private void Drain()
    {
        _socket.Shutdown(SocketShutdown.Send);
        Span<byte> buffer = stackalloc byte[1024];
        for (var drained = 0; drained < DrainBytesMax && _socket.Available > 0;)
        {
            drained += _socket.Receive(buffer);
        }
    }

    private void Conclude()
    {
        _replies.Close();
        switch (_clock.Overdue)
        {
            case MllpWait.Nothing:
                break;
            case MllpWait.Message:
                _counters.TimedOut();
                Log.IdleConnectionClosed(_logger, _binding.Name, _peer);
                break;
            case var wait:
                _counters.TimedOut();
                Log.TimeOver(_logger, _binding.Name, _peer, wait);
                break;
        }

        if (_frames.IsInFrame)
        {
            _counters.CutOff();
            _numbers.NextUnanswered();
            Log.FrameCutOff(_logger, _binding.Name, _peer, _frames.PartialBytes);
        }

        Log.ConnectionClosed(_logger, _binding.Name, _peer);
    }

    private static string InWords(int bytes) =>
        bytes % (1024 * 1024) == 0 ? $"{bytes >> 20} MiB" : bytes % 1024 == 0 ? $"{bytes >> 10} KiB" : $"{bytes} bytes";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Source} took a connection from {Peer}")]
        public static partial void ConnectionOpened(ILogger logger, string source, MllpPeer peer);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Source} is done with the connection from {Peer}")]
        public static partial void ConnectionClosed(ILogger logger, string source, MllpPeer peer);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Source} closed the connection from {Peer}: it was idle for too long")]
        public static partial void IdleConnectionClosed(ILogger logger, string source, MllpPeer peer);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} closed the connection from {Peer}: it waited too long for {Wait}")]
        public static partial void TimeOver(ILogger logger, string source, MllpPeer peer, MllpWait wait);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} skips bytes outside of frames from {Peer}")]
        public static partial void StrayBytesSkipped(ILogger logger, string source, MllpPeer peer);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} got a frame of {Bytes} bytes from {Peer}, which is over its limit")]
        public static partial void FrameOversize(ILogger logger, string source, MllpPeer peer, long bytes);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} got a new frame from {Peer} inside one that had not ended; the first {Bytes} bytes are not acknowledged")]
        public static partial void FrameRestarted(ILogger logger, string source, MllpPeer peer, long bytes);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source}: the connection from {Peer} closed inside a frame; its {Bytes} bytes are not acknowledged")]
        public static partial void FrameCutOff(ILogger logger, string source, MllpPeer peer, long bytes);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} gives {Peer} no answer and closes: {Reason}")]
        public static partial void StoreUnavailable(ILogger logger, string source, MllpPeer peer, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} gives {Peer} no answer and closes: the engine stops")]
        public static partial void MessageAbandoned(ILogger logger, string source, MllpPeer peer);

        [LoggerMessage(Level = LogLevel.Critical, Message = "{Source} gives {Peer} no answer and closes: intake failed with {Place}")]
        public static partial void IntakeFailed(ILogger logger, string source, MllpPeer peer, ExceptionPlace place);

        [LoggerMessage(Level = LogLevel.Critical, Message = "{Source} closed the connection from {Peer}: {Place}")]
        public static partial void ConnectionFailed(ILogger logger, string source, MllpPeer peer, ExceptionPlace place);
    }
}
