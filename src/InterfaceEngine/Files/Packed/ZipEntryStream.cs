using System.Buffers.Binary;
using System.IO.Compression;

namespace InterfaceEngine.Files.Packed;

/// <summary>
/// The one file in a zip, read from the front, for a file on a server can't be jumped about in. What stands before a file in a zip is not
/// binding: the directory at its end is. So the end is kept while it passes, and once the file was read it must say the same: one file,
/// of this size and this checksum. Until then nothing that was read is certain, which is why files are read twice.
/// </summary>
internal sealed class ZipEntryStream : ForwardStream
{
    private const ushort Stored = 0, Deflated = 8;
    private const ushort IsEncrypted = 1, SizesComeLater = 8;
    private const int LocalHeaderBytes = 30;

    private readonly TailStream _zip;
    private readonly Stream _content;
    private Crc32 _checksum = new();
    private long _size;
    private bool _isChecked;

    private ZipEntryStream(TailStream zip, Stream content)
    {
        _zip = zip;
        _content = content;
    }

    public override bool CanRead => true;

    /// <param name="packed">The zip, from its first byte; disposed with this.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ZipEntryStream> OpenAsync(Stream packed, CancellationToken cancellationToken)
    {
        var zip = new TailStream(packed);
        while (true)
        {
            var header = new byte[LocalHeaderBytes];
            await ReadAsync(zip, header, cancellationToken);
            if (header is not [(byte)'P', (byte)'K', 3, 4, ..])
            {
                throw new FileFaultException(FileFault.Damaged, "The zip file holds folders and no file; exactly one file is expected.");
            }

            var (flags, method) = (BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6)), BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)));
            var name = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26))];
            var extra = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28))];
            await ReadAsync(zip, name, cancellationToken);
            await ReadAsync(zip, extra, cancellationToken);
            long size = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(18));
            if (name is [.., (byte)'/'] && size == 0 && (flags & SizesComeLater) == 0)
            {
                continue;
            }

            return new ZipEntryStream(zip, Open(zip, flags, method, ZipDirectory.Large(size, extra, 1)));
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _content.ReadAsync(buffer, cancellationToken);
        _checksum.Add(buffer.Span[..count]);
        _size += count;
        if (count == 0 && buffer.Length > 0 && !_isChecked)
        {
            await _zip.ReadToEndAsync(cancellationToken);
            ZipDirectory.Check(_zip.Tail, _size, _checksum.Value);
            _isChecked = true;
        }

        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _content.DisposeAsync();
        await _zip.DisposeAsync();
        await base.DisposeAsync();
    }

    private static Stream Open(Stream zip, ushort flags, ushort method, long size) => method switch
    {
        _ when (flags & IsEncrypted) != 0 => throw new FileFaultException(FileFault.Damaged, "The zip file is encrypted with a password of zip's own, which protects little and is not read. Have it encrypted with OpenPGP instead."),
        Deflated => new DeflateStream(zip, CompressionMode.Decompress, leaveOpen: true),
        Stored when (flags & SizesComeLater) == 0 => new BoundedStream(zip, size),
        _ => throw new FileFaultException(FileFault.Damaged, $"The zip file uses a method (number {method}) that is not read; plain deflate is. Have it made with an ordinary program."),
    };

    private static async Task ReadAsync(Stream zip, byte[] bytes, CancellationToken cancellationToken)
    {
        if (await zip.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken) < bytes.Length)
        {
            throw UnpackedStream.Damaged("the zip file ends too early");
        }
    }

    /// <summary>The next bytes of a stream, and no more.</summary>
    private sealed class BoundedStream(Stream inner, long left) : ForwardStream
    {
        private long _left = left;

        public override bool CanRead => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
            return count > 0 || _left == 0 || buffer.IsEmpty ? count : throw UnpackedStream.Damaged("the zip file ends too early");
        }
    }
}

/// <summary>A stream of which the last bytes that passed are kept.</summary>
internal sealed class TailStream(Stream inner) : ForwardStream
{
    /// <summary>A zip's end has 64 KiB of remarks at most, and the directory of one file before it.</summary>
    private const int KeptBytes = 160 * 1024;

    private readonly byte[] _kept = new byte[2 * KeptBytes];
    private int _length;

    public override bool CanRead => true;

    public ReadOnlySpan<byte> Tail => _kept.AsSpan(0, _length);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        Keep(buffer.Span[..count]);
        return count;
    }

    public async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        while (await ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[Math.Max(0, bytes.Length - KeptBytes)..];
        if (_length + bytes.Length > _kept.Length)
        {
            _kept.AsSpan(_length - KeptBytes, KeptBytes).CopyTo(_kept);
            _length = KeptBytes;
        }

        bytes.CopyTo(_kept.AsSpan(_length));
        _length += bytes.Length;
    }
}
