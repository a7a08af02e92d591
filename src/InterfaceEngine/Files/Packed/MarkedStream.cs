namespace InterfaceEngine.Files.Packed;

/// <summary>A stream whose first bytes were looked at, and come again.</summary>
internal sealed class MarkedStream : ForwardStream
{
    private readonly Stream _inner;
    private ReadOnlyMemory<byte> _ahead;

    private MarkedStream(Stream inner, ReadOnlyMemory<byte> mark)
    {
        _inner = inner;
        Mark = mark;
        _ahead = mark;
    }

    /// <summary>Its first bytes; fewer when it has no more.</summary>
    public ReadOnlyMemory<byte> Mark { get; }

    public override bool CanRead => true;

    public static async Task<MarkedStream> OpenAsync(Stream inner, int bytes, CancellationToken cancellationToken)
    {
        var mark = new byte[bytes];
        return new MarkedStream(inner, mark.AsMemory(0, await inner.ReadAtLeastAsync(mark, bytes, throwOnEndOfStream: false, cancellationToken)));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ahead.IsEmpty)
        {
            return await _inner.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _ahead.Length);
        _ahead[..count].CopyTo(buffer);
        _ahead = _ahead[count..];
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
