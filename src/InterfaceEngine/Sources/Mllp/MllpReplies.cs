using System.Buffers;
using System.Collections.Concurrent;
using InterfaceEngine.Core.Hl7.Mllp;
using InterfaceEngine.Intake;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>
/// The answers of one connection. The connection's own loop sends all of them, between two messages: replies never cross,
/// and a slow sender holds up nobody else. What comes late, from another thread, waits here for that loop.
/// </summary>
internal sealed partial class MllpReplies(string source, MllpPeer peer, MllpConnectionClock clock, MllpCounters counters, ILogger logger) : IReplyTaker
{
    private const int LateMax = 1_000;

    private readonly ConcurrentQueue<ReadOnlyMemory<byte>> _late = new();
    private volatile bool _isClosed;

    /// <summary>Wakes the connection's loop, since a late reply waits.</summary>
    public required Action CameLate { get; init; }

    public bool IsOpen => !_isClosed;

    /// <inheritdoc/>
    public bool TryTake(ReadOnlyMemory<byte> reply)
    {
        if (_isClosed || _late.Count >= LateMax)
        {
            return false;
        }

        _late.Enqueue(reply);
        CameLate();
        return true;
    }

    /// <summary>Sends one reply.</summary>
    /// <exception cref="IOException">The sender is gone; the failure is counted and logged.</exception>
    public async ValueTask SendAsync(Stream stream, ReadOnlyMemory<byte> reply)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(reply.Length + MllpFraming.Overhead);
        var length = MllpFraming.WriteSafely(reply.Span, buffer);
        try
        {
            clock.WaitForReplyTaken();
            await stream.WriteAsync(buffer.AsMemory(0, length), CancellationToken.None);
            clock.Rest();
        }
        catch
        {
            counters.Unanswered();
            Log.ReplyFailed(logger, source, peer);
            throw;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        counters.Replied();
    }

    /// <summary>Sends what became due after its message was done with.</summary>
    public async ValueTask SendLateAsync(Stream stream)
    {
        while (_late.TryPeek(out var reply))
        {
            await SendAsync(stream, reply);
            _late.TryDequeue(out _);
            clock.MessageDone();
        }
    }

    /// <summary>Takes no more, and tells of what could not be sent: a resend gets it.</summary>
    public void Close()
    {
        _isClosed = true;
        if (!_late.IsEmpty)
        {
            Log.LateRepliesLost(logger, source, peer, _late.Count);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} could not send a reply to {Peer}; the sender will send the message again")]
        public static partial void ReplyFailed(ILogger logger, string source, MllpPeer peer);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: the connection from {Peer} closed before {Replies} replies about applied messages could be sent; a resend gets them")]
        public static partial void LateRepliesLost(ILogger logger, string source, MllpPeer peer, int replies);
    }
}
