namespace InterfaceEngine.Sources.Mllp;

/// <summary>What a listener counted since it was started. Written by its connections, read by anyone.</summary>
internal sealed class MllpCounters
{
    private long _connectionsOpen;
    private long _connectionsTotal;
    private long _connectionsRefused;
    private long _addressesRefused;
    private long _headersRefused;
    private long _handshakesRefused;
    private long _frames;
    private long _bytes;
    private long _strayBytes;
    private long _oversize;
    private long _cutOff;
    private long _timedOut;
    private long _unanswered;
    private long _replies;

    /// <summary>The numbers now. Each is exact; together they may be a message apart.</summary>
    public MllpCounts Read() => new()
    {
        ConnectionsOpen = Interlocked.Read(ref _connectionsOpen),
        ConnectionsTotal = Interlocked.Read(ref _connectionsTotal),
        ConnectionsRefused = Interlocked.Read(ref _connectionsRefused),
        AddressesRefused = Interlocked.Read(ref _addressesRefused),
        HeadersRefused = Interlocked.Read(ref _headersRefused),
        HandshakesRefused = Interlocked.Read(ref _handshakesRefused),
        Frames = Interlocked.Read(ref _frames),
        Bytes = Interlocked.Read(ref _bytes),
        StrayBytes = Interlocked.Read(ref _strayBytes),
        Oversize = Interlocked.Read(ref _oversize),
        CutOff = Interlocked.Read(ref _cutOff),
        TimedOut = Interlocked.Read(ref _timedOut),
        Unanswered = Interlocked.Read(ref _unanswered),
        Replies = Interlocked.Read(ref _replies),
    };

    public void Opened()
    {
        Interlocked.Increment(ref _connectionsTotal);
        Interlocked.Increment(ref _connectionsOpen);
    }

    public void Closed() => Interlocked.Decrement(ref _connectionsOpen);

    public void Refused() => Interlocked.Increment(ref _connectionsRefused);

    public void AddressRefused() => Interlocked.Increment(ref _addressesRefused);

    public void HeaderRefused() => Interlocked.Increment(ref _headersRefused);

    public void HandshakeRefused() => Interlocked.Increment(ref _handshakesRefused);

    public void Received(long bytes, bool isOversize)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Add(ref _bytes, bytes);
        if (isOversize)
        {
            Interlocked.Increment(ref _oversize);
        }
    }

    public void Skipped(long strayBytes) => Interlocked.Add(ref _strayBytes, strayBytes);

    public void CutOff() => Interlocked.Increment(ref _cutOff);

    public void TimedOut() => Interlocked.Increment(ref _timedOut);

    public void Unanswered() => Interlocked.Increment(ref _unanswered);

    public void Replied() => Interlocked.Increment(ref _replies);
}

/// <summary>A listener's numbers at one moment.</summary>
internal sealed record MllpCounts
{
    /// <summary>Connections that are open now.</summary>
    public long ConnectionsOpen { get; init; }

    /// <summary>Connections that were taken.</summary>
    public long ConnectionsTotal { get; init; }

    /// <summary>Connections that were closed at once, because too many were open.</summary>
    public long ConnectionsRefused { get; init; }

    /// <summary>Connections that were closed at once, because <c>AllowFrom</c>, or <c>ProxyFrom</c> for a balancer, does not name their address.</summary>
    public long AddressesRefused { get; init; }

    /// <summary>Connections that were taken and closed, because they began without a PROXY header that can be used.</summary>
    public long HeadersRefused { get; init; }

    /// <summary>Connections that were taken and closed, because no TLS was agreed on: a wrong certificate, or one side speaks plain MLLP.</summary>
    public long HandshakesRefused { get; init; }

    /// <summary>Frames that ended, oversize ones included.</summary>
    public long Frames { get; init; }

    /// <summary>Their bodies' bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes outside of frames.</summary>
    public long StrayBytes { get; init; }

    /// <summary>Frames larger than the limit.</summary>
    public long Oversize { get; init; }

    /// <summary>Frames that did not end: the connection closed, another began, or time was over. Never acknowledged.</summary>
    public long CutOff { get; init; }

    /// <summary>Connections closed because time was over: idle, a handshake, an unfinished frame, or a reply nobody took.</summary>
    public long TimedOut { get; init; }

    /// <summary>Frames that ended and got no answer although one was due: our store failed, we failed, or the sender was gone.</summary>
    public long Unanswered { get; init; }

    /// <summary>Replies that were sent.</summary>
    public long Replies { get; init; }
}
