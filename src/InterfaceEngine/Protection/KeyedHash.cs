using System.Runtime.InteropServices;

namespace InterfaceEngine.Protection;

/// <summary>What a hash is of. Part of what is hashed, so that equal texts of two kinds have different hashes. Never change a number.</summary>
internal enum HashKind : byte
{
    Alias = 1,
    LookUp = 2,
    Control = 3,
    Fingerprint = 4,
    Review = 5,
    Lane = 6,
    Attachment = 7,
    Sequence = 8,
    Cause = 9,
    AliasGroup = 10,
    Row = 11,
}

/// <summary>
/// The first 16 bytes of HMAC-SHA-256 under a practice's hash key: finds a value again without telling it.
/// </summary>
internal readonly record struct KeyedHash(ulong First, ulong Second) : IComparable<KeyedHash>
{
    public const int Length = 16;

    /// <summary>The 16 bytes as they are stored.</summary>
    public static ReadOnlySpan<byte> Bytes(ref readonly KeyedHash hash) => MemoryMarshal.AsBytes(new ReadOnlySpan<KeyedHash>(in hash));

    public static KeyedHash Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<KeyedHash>(bytes);

    /// <summary>The 16 bytes for a database that keeps them as one.</summary>
    public Guid ToGuid()
    {
        var hash = this;
        return new Guid(Bytes(in hash), bigEndian: true);
    }

    public static KeyedHash FromGuid(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[Length];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return Read(bytes);
    }

    /// <summary>Any order, the same everywhere: who locks several goes by it.</summary>
    public int CompareTo(KeyedHash other) => First.CompareTo(other.First) is var order and not 0 ? order : Second.CompareTo(other.Second);
}
