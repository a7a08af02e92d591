using System.Text;

namespace InterfaceEngine.Store;

/// <summary>Reads what <see cref="DocumentWriter"/> wrote. Anything else gives <see cref="InvalidDataException"/>, without content.</summary>
internal ref struct DocumentReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <param name="bytes">The whole document.</param>
    /// <param name="format">The format byte that must stand first.</param>
    public DocumentReader(ReadOnlySpan<byte> bytes, byte format)
    {
        _bytes = bytes;
        var found = Byte();
        if (found != format)
        {
            throw new InvalidDataException($"A stored document has format {found}; this engine reads format {format}.");
        }
    }

    public byte Byte() => _position < _bytes.Length ? _bytes[_position++] : throw Damaged();

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return shift < 63 || next <= 1 ? value : throw Damaged();
            }
        }

        throw Damaged();
    }

    public long Signed()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Int()
    {
        var value = Number();
        return value <= int.MaxValue ? (int)value : throw Damaged();
    }

    public int SignedInt()
    {
        var value = Signed();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Damaged();
    }

    /// <summary>How many items follow; each takes at least one byte, so a garbled number can't ask for much memory.</summary>
    public int Count()
    {
        var count = Int();
        return count <= _bytes.Length - _position ? count : throw Damaged();
    }

    /// <summary>A patient's value, or any other text that is seldom seen twice.</summary>
    public string Text()
    {
        var bytes = Bytes();
        return bytes.Length == 0 ? "" : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A name out of settings or mappings: one string for all documents.</summary>
    public string Name() => SharedNames.Text(Bytes());

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Count();
        var bytes = _bytes.Slice(_position, length);
        _position += length;
        return bytes;
    }

    public readonly void End()
    {
        if (_position != _bytes.Length)
        {
            throw Damaged();
        }
    }

    public static InvalidDataException Damaged() => new("A stored document is damaged.");
}
