using System.Buffers.Binary;
using System.Security.Cryptography;
using InterfaceEngine.Files;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>
/// A file of an export between its fetching and its reading. It is on disk, so that memory does not depend on its length, and encrypted under a key that is in memory
/// alone and is used once: what a kill leaves behind is noise to everybody, and the file is fetched again. Used by one caller at a time.
/// </summary>
internal sealed class SealedSpool : IAsyncDisposable
{
    private const int BlockBytes = 128 * 1024;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;

    /// <summary>So many blocks are written between two looks at the disk.</summary>
    private const int BlocksBetween = 256;

    private readonly FileStream _file;
    private readonly Func<bool> _hasRoom;
    private readonly AesGcm _cipher;
    private readonly byte[] _sealed = new byte[BlockBytes + TagBytes];
    private readonly byte[] _block = new byte[BlockBytes];
    private int _filled;
    private long _blocks;

    private SealedSpool(FileStream file, Func<bool> hasRoom)
    {
        (_file, _hasRoom) = (file, hasRoom);
        var key = RandomNumberGenerator.GetBytes(32);
        _cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>How much was put into it, in bytes.</summary>
    public long Length => (_blocks * BlockBytes) + _filled;

    /// <param name="folder">Where it lies.</param>
    /// <param name="freeBytesMin">What is left free of the disk: the store may be on the same one.</param>
    /// <exception cref="IOException">The folder can't be written, or its disk has no room.</exception>
    public static SealedSpool Create(string folder, long freeBytesMin = 0)
    {
        Directory.CreateDirectory(folder);
        var disk = new DriveInfo(Path.GetFullPath(folder));
        if (disk.AvailableFreeSpace < freeBytesMin)
        {
            throw NoRoom();
        }

        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.spool");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // Its name goes at once: the system frees it however the process ends.
            File.Delete(path);
        }

        return new SealedSpool(file, () => disk.AvailableFreeSpace >= freeBytesMin);
    }

    /// <summary>A stream that keeps what is read through it. It is to be read to its end.</summary>
    public Stream Filling(Stream source) => new FillingStream(this, source);

    /// <summary>What was put into it, from its first byte.</summary>
    public Stream OpenRead() => new ReadingStream(this);

    public async ValueTask DisposeAsync()
    {
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_block);
        await _file.DisposeAsync();
    }

    private async ValueTask AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            var taken = Math.Min(bytes.Length, BlockBytes - _filled);
            bytes[..taken].CopyTo(_block.AsMemory(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == BlockBytes)
            {
                if (_blocks % BlocksBetween == BlocksBetween - 1 && !_hasRoom())
                {
                    throw NoRoom();
                }

                Seal();
                _file.Position = _blocks * (BlockBytes + TagBytes);
                await _file.WriteAsync(_sealed, cancellationToken);
                (_blocks, _filled) = (_blocks + 1, 0);
            }
        }
    }

    private static IOException NoRoom() => new("The disk has no room for files of exports.");

    /// <summary>The key is of this file alone, so that the number of a block is a nonce.</summary>
    private void Seal()
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64LittleEndian(nonce, _blocks);
        _cipher.Encrypt(nonce, _block, _sealed.AsSpan(0, BlockBytes), _sealed.AsSpan(BlockBytes));
    }

    /// <exception cref="CryptographicException">It was altered on the disk.</exception>
    private async ValueTask<int> ReadBlockAsync(long number, byte[] cipher, byte[] plain, CancellationToken cancellationToken)
    {
        if (number == _blocks)
        {
            // The last one has not left memory.
            _block.AsSpan(0, _filled).CopyTo(plain);
            return _filled;
        }

        _file.Position = number * (BlockBytes + TagBytes);
        await _file.ReadExactlyAsync(cipher, cancellationToken);
        Open(number, cipher, plain);
        return BlockBytes;
    }

    private void Open(long number, byte[] cipher, byte[] plain)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64LittleEndian(nonce, number);
        _cipher.Decrypt(nonce, cipher.AsSpan(0, BlockBytes), cipher.AsSpan(BlockBytes), plain);
    }

    private sealed class FillingStream(SealedSpool spool, Stream source) : ForwardStream
    {
        public override bool CanRead => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            await spool.AddAsync(buffer[..read], cancellationToken);
            return read;
        }
    }

    private sealed class ReadingStream(SealedSpool spool) : ForwardStream
    {
        private readonly byte[] _cipher = new byte[BlockBytes + TagBytes];
        private readonly byte[] _plain = new byte[BlockBytes];
        private long _next;
        private int _start;
        private int _end;

        public override bool CanRead => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_start == _end)
            {
                if (_next > spool._blocks)
                {
                    return 0;
                }

                (_start, _end) = (0, await spool.ReadBlockAsync(_next++, _cipher, _plain, cancellationToken));
            }

            var read = Math.Min(buffer.Length, _end - _start);
            _plain.AsMemory(_start, read).CopyTo(buffer);
            _start += read;
            return read;
        }
    }
}
