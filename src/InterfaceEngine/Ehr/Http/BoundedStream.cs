namespace InterfaceEngine.Ehr.Http;

/// <summary>
/// A server's bytes, held to a length and to a pace. What goes beyond them, or breaks off, throws <see cref="EhrException"/>. Only time spent waiting
/// for the server counts.
/// </summary>
/// <param name="inner">The answer's own stream.</param>
/// <param name="bytesMax">The most that is taken.</param>
/// <param name="window">How long it may bring less than <paramref name="bytesMin"/>.</param>
/// <param name="bytesMin">What it must bring in that time.</param>
/// <param name="name">Connection and endpoint, for the messages.</param>
/// <param name="time">The clock.</param>
/// <param name="ended">Called once, with the bytes that came, when it is disposed.</param>
internal sealed class BoundedStream(Stream inner, long bytesMax, TimeSpan window, int bytesMin, string name, TimeProvider time, Action<long> ended) : Stream
{
    private long _bytes;
    private long _ofWindow;
    private TimeSpan _waited;
    private bool _isEnded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _bytes;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var timer = new CancellationTokenSource(window - _waited, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var began = time.GetTimestamp();
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EhrException(EhrFault.Unanswered, $"{name}: the answer brought {_ofWindow} bytes in {window.TotalSeconds:0.#} s, after {_bytes}; {bytesMin} are the least.");
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or InvalidDataException)
        {
            throw new EhrException(EhrFault.Unanswered, $"{name}: the answer broke off after {_bytes} bytes.", failure);
        }

        Count(read, time.GetElapsedTime(began));
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isEnded)
        {
            _isEnded = true;
            inner.Dispose();
            ended(_bytes);
        }

        base.Dispose(disposing);
    }

    private void Count(int read, TimeSpan waited)
    {
        _bytes += read;
        _ofWindow += read;
        _waited += waited;
        if (_bytes > bytesMax)
        {
            throw new EhrException(EhrFault.TooLarge, $"{name}: the answer is longer than {bytesMax} bytes.");
        }

        if (_ofWindow >= bytesMin)
        {
            (_ofWindow, _waited) = (0, TimeSpan.Zero);
        }
        else if (_waited >= window)
        {
            _waited = window - TimeSpan.FromMilliseconds(1);
        }
    }
}
