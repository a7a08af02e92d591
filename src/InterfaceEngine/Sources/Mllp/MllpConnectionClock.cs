namespace InterfaceEngine.Sources.Mllp;

/// <summary>What a connection waits for its sender to do.</summary>
internal enum MllpWait
{
    /// <summary>Nothing: our own intake works, and it has its own limits.</summary>
    Nothing,

    /// <summary>The balancer to say for whom it connects.</summary>
    ProxyHeader,

    /// <summary>The TLS handshake to end.</summary>
    Handshake,

    /// <summary>A message to begin.</summary>
    Message,

    /// <summary>A frame to end.</summary>
    FrameEnd,

    /// <summary>The sender to take our reply.</summary>
    ReplyTaken,
}

/// <summary>
/// Knows what a connection waits for and until when. The connection writes it at every step, the listener's sweep
/// reads it once a second: a timer per wait would cost more than the wait.
/// </summary>
/// <remarks>
/// The sweep may catch a wait that ends at the same moment. Then a connection closes that was late anyway, and its
/// sender sends again.
/// </remarks>
internal sealed class MllpConnectionClock(MllpLimits limits, TimeProvider time)
{
    private readonly long _handshakeTicks = Ticks(limits.HandshakeTimeout, time);
    private readonly long _idleTicks = Ticks(limits.IdleTimeout, time);
    private readonly long _frameTicks = Ticks(limits.FrameTimeout, time);
    private readonly long _replyTicks = Ticks(limits.ReplyTimeout, time);
    private long _idleSince = time.GetTimestamp();
    private long? _frameSince;

    private long _deadline = long.MaxValue;
    private volatile MllpWait _wait;
    private volatile MllpWait _overdue;

    /// <summary>What was waited for in vain; nothing while all is in time.</summary>
    public MllpWait Overdue => _overdue;

    public void WaitForProxyHeader() => WaitFor(MllpWait.ProxyHeader, time.GetTimestamp() + _handshakeTicks);

    public void WaitForHandshake() => WaitFor(MllpWait.Handshake, time.GetTimestamp() + _handshakeTicks);

    /// <summary>
    /// A frame has its time from its first byte on, and bytes outside of frames do not count as a sign of life:
    /// a sender that dribbles gains nothing.
    /// </summary>
    public void WaitForBytes(bool isInFrame)
    {
        if (isInFrame)
        {
            _frameSince ??= time.GetTimestamp();
            WaitFor(MllpWait.FrameEnd, _frameSince.Value + _frameTicks);
        }
        else
        {
            WaitFor(MllpWait.Message, _idleSince + _idleTicks);
        }
    }

    public void WaitForReplyTaken() => WaitFor(MllpWait.ReplyTaken, time.GetTimestamp() + _replyTicks);

    public void FrameEnded() => _frameSince = null;

    public void MessageDone() => _idleSince = time.GetTimestamp();

    public void Rest()
    {
        _wait = MllpWait.Nothing;
        Volatile.Write(ref _deadline, long.MaxValue);
    }

    /// <summary>Called by the sweep. Once true, <see cref="Overdue"/> says what was waited for.</summary>
    public bool IsOverdue(long now)
    {
        if (now < Volatile.Read(ref _deadline) || _wait == MllpWait.Nothing)
        {
            return false;
        }

        _overdue = _wait;
        return _overdue != MllpWait.Nothing;
    }

    private void WaitFor(MllpWait wait, long deadline)
    {
        Volatile.Write(ref _deadline, deadline);
        _wait = wait;
    }

    private static long Ticks(TimeSpan timeout, TimeProvider time) => (long)(timeout.TotalSeconds * time.TimestampFrequency);
}
