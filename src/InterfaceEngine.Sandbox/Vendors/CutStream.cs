namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>A stream that breaks off in the middle of what is written to it.</summary>
internal sealed class CutStream(Stream inner, Action hangUp) : Stream
{
    private const int BytesMax = 1_500;

    private int _written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var part = buffer[..Math.Min(buffer.Length, BytesMax - _written)];
        await inner.WriteAsync(part, cancellationToken);
        _written += part.Length;
        if (_written == BytesMax)
        {
            await inner.FlushAsync(cancellationToken);
            hangUp();
            throw new IOException("cut off as asked.");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
