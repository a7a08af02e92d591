using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Protection;

/// <summary>
/// One version of a practice's data key: seals rows with AES-256-GCM and hashes what must be found again. The
/// practice '' is the engine itself. Used from any number of threads.
/// </summary>
/// <remarks>
/// Sealed form: a format byte (1), then chunks of at most 64 KiB of content, each as nonce (12 bytes, random), tag
/// (16) and ciphertext. Every chunk authenticates the row's identity, its own number and whether it is the last, so
/// none can be left out, repeated or moved. Random nonces allow 2^32 chunks under one version of a key.
/// </remarks>
internal sealed class DataKey : IDisposable
{
    public const int ChunkBytes = 64 * 1024;

    private const byte Format = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Overhead = NonceLength + TagLength;
    private const int IdentityLength = 26;
    private const int PracticeBytesMax = 200;
    private const int HashInputOnStack = 512;

    private readonly byte[] _practice;
    private readonly byte[] _hashKey;

    // None of these is safe for two threads at once, and making one for each row costs as much as its work.
    private readonly ThreadLocal<Tools> _tools;

    /// <param name="practice">The practice's id; '' for the engine's own key.</param>
    /// <param name="version">Counts from 1.</param>
    /// <param name="secret">The 32 bytes of the data key.</param>
    public DataKey(string practice, int version, ReadOnlySpan<byte> secret)
    {
        Practice = practice;
        Version = version;
        _practice = Encoding.UTF8.GetBytes(practice);
        if (_practice.Length > PracticeBytesMax)
        {
            throw new ArgumentException($"A practice id has at most {PracticeBytesMax} bytes.", nameof(practice));
        }

        var encryptionKey = Derive(secret, "interface-engine/encrypt");
        _hashKey = Derive(secret, "interface-engine/hash");
        _tools = new ThreadLocal<Tools>(() => new Tools(encryptionKey, _hashKey), trackAllValues: true);
    }

    public string Practice { get; }

    public int Version { get; }

    /// <summary>How many bytes <see cref="Seal(RowIdentity, ReadOnlySpan{byte})"/> gives for so much content.</summary>
    public static int SealedLength(int contentLength) => 1 + contentLength + (ChunksOf(contentLength) * Overhead);

    /// <summary>How many bytes <see cref="Open(RowIdentity, ReadOnlySpan{byte}, Span{byte})"/> will write.</summary>
    /// <exception cref="ProtectionException">No sealed content has this length or format.</exception>
    public static int OpenedLength(RowIdentity row, ReadOnlySpan<byte> sealedContent)
    {
        var rest = sealedContent.Length - 1;
        var chunks = Math.Max(1, (rest + ChunkBytes + Overhead - 1) / (ChunkBytes + Overhead));
        var content = rest - (chunks * Overhead);
        if (content < 0 || sealedContent[0] != Format || ChunksOf(content) != chunks)
        {
            throw Damaged(row);
        }

        return content;
    }

    public byte[] Seal(RowIdentity row, ReadOnlySpan<byte> content)
    {
        var sealedContent = GC.AllocateUninitializedArray<byte>(SealedLength(content.Length));
        Seal(row, content, sealedContent);
        return sealedContent;
    }

    /// <summary>As the other, into a buffer of the caller's, exactly as long as <see cref="SealedLength"/> says.</summary>
    public void Seal(RowIdentity row, ReadOnlySpan<byte> content, Span<byte> sealedContent)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sealedContent.Length, SealedLength(content.Length));
        var rest = sealedContent;
        rest[0] = Format;
        rest = rest[1..];
        Span<byte> identity = stackalloc byte[IdentityLength + _practice.Length];
        WriteIdentity(identity, row);
        var chunks = ChunksOf(content.Length);
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            rest = rest[SealChunk(identity, chunk, chunks, content, rest)..];
        }
    }

    /// <summary>As the others, giving the sealed bytes piece by piece in their order, so that they are never held as a whole.</summary>
    public void Seal(RowIdentity row, ReadOnlySpan<byte> content, SealedPiece take)
    {
        Span<byte> identity = stackalloc byte[IdentityLength + _practice.Length];
        WriteIdentity(identity, row);
        take([Format]);
        var piece = ArrayPool<byte>.Shared.Rent(Overhead + ChunkBytes);
        var chunks = ChunksOf(content.Length);
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            take(piece.AsSpan(0, SealChunk(identity, chunk, chunks, content, piece)));
        }

        ArrayPool<byte>.Shared.Return(piece);
    }

    /// <param name="row">The row it was read from.</param>
    /// <param name="sealedContent">What <see cref="Seal(RowIdentity, ReadOnlySpan{byte})"/> gave.</param>
    /// <param name="content">Exactly as long as <see cref="OpenedLength"/> says.</param>
    /// <exception cref="ProtectionException">It was changed, cut off, or belongs to another row.</exception>
    public void Open(RowIdentity row, ReadOnlySpan<byte> sealedContent, Span<byte> content)
    {
        var length = OpenedLength(row, sealedContent);
        var source = sealedContent[1..];
        Span<byte> identity = stackalloc byte[IdentityLength + _practice.Length];
        WriteIdentity(identity, row);
        var aes = _tools.Value!.Aes;
        var chunks = ChunksOf(length);
        try
        {
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                var part = content.Slice(chunk * ChunkBytes, Math.Min(ChunkBytes, length - (chunk * ChunkBytes)));
                WriteChunk(identity, chunk, isLast: chunk == chunks - 1);
                aes.Decrypt(source[..NonceLength], source.Slice(Overhead, part.Length), source.Slice(NonceLength, TagLength), part, identity);
                source = source[(Overhead + part.Length)..];
            }
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged(row);
        }
    }

    public byte[] Open(RowIdentity row, ReadOnlySpan<byte> sealedContent)
    {
        var content = GC.AllocateUninitializedArray<byte>(OpenedLength(row, sealedContent));
        Open(row, sealedContent, content);
        return content;
    }

    /// <summary>The keyed hash of some texts. Each is hashed with its length, so that no two lists of texts look alike.</summary>
    public KeyedHash Hash(HashKind kind, ReadOnlySpan<char> first, ReadOnlySpan<char> second = default, ReadOnlySpan<char> third = default)
    {
        var lengthMax = 13 + Encoding.UTF8.GetMaxByteCount(first.Length + second.Length + third.Length);
        var rented = lengthMax > HashInputOnStack ? ArrayPool<byte>.Shared.Rent(lengthMax) : null;
        var input = rented ?? stackalloc byte[HashInputOnStack];
        input[0] = (byte)kind;
        var length = 1;
        length += WriteText(input[length..], first);
        length += WriteText(input[length..], second);
        length += WriteText(input[length..], third);
        var hash = Hash(input[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return hash;
    }

    public KeyedHash Hash(HashKind kind, ReadOnlySpan<byte> content)
    {
        Span<byte> input = stackalloc byte[1 + SHA256.HashSizeInBytes];
        input[0] = (byte)kind;
        SHA256.HashData(content, input[1..]);
        return Hash(input);
    }

    /// <summary>A whole HMAC-SHA-256, for chaining rows that must not be altered unseen.</summary>
    public byte[] Authenticate(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_hashKey, content);

    public void Dispose()
    {
        foreach (var tools in _tools.Values)
        {
            tools.Dispose();
        }

        _tools.Dispose();
    }

    /// <summary>Seals one chunk of the content into the beginning of the target; says how long it became.</summary>
    private int SealChunk(Span<byte> identity, int chunk, int chunks, ReadOnlySpan<byte> content, Span<byte> target)
    {
        var part = content.Slice(chunk * ChunkBytes, Math.Min(ChunkBytes, content.Length - (chunk * ChunkBytes)));
        WriteChunk(identity, chunk, isLast: chunk == chunks - 1);
        var tools = _tools.Value!;
        var nonce = target[..NonceLength];
        tools.FillNonce(nonce);
        tools.Aes.Encrypt(nonce, part, target.Slice(Overhead, part.Length), target.Slice(NonceLength, TagLength), identity);
        return Overhead + part.Length;
    }

    private KeyedHash Hash(ReadOnlySpan<byte> input)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hashing = _tools.Value!.Hashing;
        hashing.AppendData(input);
        hashing.GetHashAndReset(hash);
        return KeyedHash.Read(hash);
    }

    private void WriteIdentity(Span<byte> identity, RowIdentity row)
    {
        identity[0] = (byte)row.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(identity[1..], row.Row);
        BinaryPrimitives.WriteInt64LittleEndian(identity[9..], row.Version);
        BinaryPrimitives.WriteInt32LittleEndian(identity[17..], Version);
        _practice.CopyTo(identity[IdentityLength..]);
    }

    private static void WriteChunk(Span<byte> identity, int chunk, bool isLast)
    {
        BinaryPrimitives.WriteInt32LittleEndian(identity[21..], chunk);
        identity[25] = isLast ? (byte)1 : (byte)0;
    }

    private static int WriteText(Span<byte> target, ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetBytes(text, target[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(target, length);
        return 4 + length;
    }

    private static int ChunksOf(int contentLength) => Math.Max(1, (contentLength + ChunkBytes - 1) / ChunkBytes);

    private static byte[] Derive(ReadOnlySpan<byte> secret, string purpose)
    {
        var derived = new byte[MasterKey.Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, derived, [], Encoding.UTF8.GetBytes(purpose));
        return derived;
    }

    private static ProtectionException Damaged(RowIdentity row) =>
        new($"{row.Kind} {row.Row}: what is stored can't be opened: it was changed, cut off, or belongs to another row.");

    /// <summary>What one thread works with.</summary>
    private sealed class Tools(byte[] encryptionKey, byte[] hashKey) : IDisposable
    {
        private const int NoncesAtOnce = 64;

        private readonly byte[] _random = new byte[NoncesAtOnce * NonceLength];
        private int _used = NoncesAtOnce * NonceLength;

        public AesGcm Aes { get; } = new(encryptionKey, TagLength);

        public IncrementalHash Hashing { get; } = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, hashKey);

        /// <summary>Random bytes that no other row gets. Taken from the system for many rows at once.</summary>
        public void FillNonce(Span<byte> nonce)
        {
            if (_used == _random.Length)
            {
                RandomNumberGenerator.Fill(_random);
                _used = 0;
            }

            _random.AsSpan(_used, NonceLength).CopyTo(nonce);
            _used += NonceLength;
        }

        public void Dispose()
        {
            Aes.Dispose();
            Hashing.Dispose();
        }
    }
}

/// <summary>Takes a piece of sealed content; the bytes are valid during the call.</summary>
internal delegate void SealedPiece(ReadOnlySpan<byte> piece);
