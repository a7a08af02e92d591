using System.Buffers.Binary;
using System.Text;

namespace InterfaceEngine.Files.Sftp;

/// <summary>Kinds of packets of SFTP version 3 (draft-ietf-secsh-filexfer-02, 3).</summary>
internal enum SftpKind : byte
{
    Init = 1,
    Version = 2,
    Open = 3,
    Close = 4,
    Read = 5,
    Write = 6,
    LinkStat = 7,
    FileStat = 8,
    OpenFolder = 11,
    ReadFolder = 12,
    Remove = 13,
    MakeFolder = 14,
    Stat = 17,
    Rename = 18,
    Status = 101,
    Handle = 102,
    Data = 103,
    Name = 104,
    Attributes = 105,
    Extended = 200,
    ExtendedReply = 201,
}

/// <summary>One request while it is made: a length, a kind, and fields behind each other, numbers with the highest byte first.</summary>
internal sealed class SftpRequest
{
    private byte[] _bytes;
    private int _length = 4;

    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its number; null for the first of a connection, which has none.</param>
    /// <param name="room">How many bytes it will have, so that none are moved.</param>
    public SftpRequest(SftpKind kind, uint? id, int room = 256)
    {
        Id = id;
        _bytes = new byte[room + 16];
        _bytes[_length++] = (byte)kind;
        if (id is { } number)
        {
            Number(number);
        }
    }

    public uint? Id { get; }

    public SftpRequest Number(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
        return this;
    }

    public SftpRequest Long(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);
        return this;
    }

    public SftpRequest Bytes(ReadOnlySpan<byte> value)
    {
        Number((uint)value.Length);
        value.CopyTo(Take(value.Length));
        return this;
    }

    public SftpRequest Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>The whole packet.</summary>
    public ReadOnlyMemory<byte> ToPacket()
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes, (uint)(_length - 4));
        return _bytes.AsMemory(0, _length);
    }

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}

/// <summary>Takes fields from a reply. What the reply does not hold is the server's fault, never a read beyond its end.</summary>
internal ref struct SftpFields(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public uint Number() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong Long() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public ReadOnlySpan<byte> Bytes() => Number() is var length && length <= int.MaxValue ? Take((int)length) : throw Short();

    /// <summary>Bytes that are no UTF-8 become U+FFFD.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw Short();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static SftpFormatException Short() => new("a field is longer than its packet");
}

/// <summary>The other side's bytes are not those of the protocol. <see cref="SftpConnection"/> makes a fault of it.</summary>
internal sealed class SftpFormatException(string message) : Exception(message);

/// <summary>What a server says of a file (5 of the draft). What it does not say is null.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="Mode">Kind and permissions, as Unix has them.</param>
/// <param name="ModifiedAt">Seconds since 1970.</param>
internal readonly record struct SftpAttributes(long? Size, uint? Mode, uint? ModifiedAt)
{
    private const uint KindMask = 0xF000;

    public bool IsFile => (Mode & KindMask) == 0x8000;

    public bool IsFolder => (Mode & KindMask) == 0x4000;

    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeSeconds(ModifiedAt ?? 0);

    public static SftpAttributes Read(SftpReply reply)
    {
        var fields = new SftpFields(reply.Body.Span);
        return Read(ref fields);
    }

    public static SftpAttributes Read(ref SftpFields fields)
    {
        const uint HasSize = 1, HasOwner = 2, HasMode = 4, HasTimes = 8, HasMore = 0x80000000;
        var has = fields.Number();
        long? size = null;
        uint? mode = null, modified = null;
        if ((has & HasSize) != 0)
        {
            var bytes = fields.Long();
            size = bytes <= long.MaxValue ? (long)bytes : throw new SftpFormatException("a file's size is beyond all bounds");
        }

        if ((has & HasOwner) != 0)
        {
            fields.Long();
        }

        if ((has & HasMode) != 0)
        {
            mode = fields.Number();
        }

        if ((has & HasTimes) != 0)
        {
            fields.Number();
            modified = fields.Number();
        }

        // Each pair takes bytes of the packet, so a number beyond them ends there.
        for (var more = (has & HasMore) != 0 ? fields.Number() : 0; more > 0; more--)
        {
            fields.Bytes();
            fields.Bytes();
        }

        return new SftpAttributes(size, mode, modified);
    }
}
