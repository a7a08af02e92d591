using System.Security.Cryptography;

namespace InterfaceEngine.Core.Csv;

/// <summary>Passes a file on as it is read, and knows its SHA-256 and size when it was read to its end. Read once, from its beginning.</summary>
/// <param name="inner">The file. Disposed of with this.</param>
public class HashedStream(Stream inner) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How many bytes were read.</summary>
    public long Size { get; private set; }

    /// <summary>Its end was reached.</summary>
    public bool HasEnded { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Size;
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what is left, and gives the SHA-256 of all of it. Once.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> EndAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[64 * 1024];
        while (await ReadAsync(rest, cancellationToken) > 0)
        {
        }

        return _hash.GetHashAndReset();
    }

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        Took(buffer[..count], isWanted: !buffer.IsEmpty);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        Took(buffer.Span[..count], isWanted: !buffer.IsEmpty);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Bytes pass by.</summary>
    protected virtual void Look(ReadOnlySpan<byte> bytes)
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Took(ReadOnlySpan<byte> bytes, bool isWanted)
    {
        HasEnded |= isWanted && bytes.IsEmpty;
        if (!bytes.IsEmpty)
        {
            _hash.AppendData(bytes);
            Size += bytes.Length;
            Look(bytes);
        }
    }
}
