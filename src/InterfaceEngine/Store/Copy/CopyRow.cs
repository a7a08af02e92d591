using System.Buffers.Binary;
using System.Security.Cryptography;

namespace InterfaceEngine.Store.Copy;

/// <summary>
/// One row in the form in which rows of both databases are compared: column by column a byte for what it is, and its bytes. Used
/// again for row after row; its memory grows to the largest of them.
/// </summary>
internal sealed class CopyRow
{
    private const int LengthBytes = 4;
    private const int NumberBytes = 8;

    private byte[] _bytes = new byte[64 * 1024];
    private int _length;
    private (int Start, int Length)[] _columns = new (int, int)[32];
    private int _count;

    private enum Form : byte
    {
        Null,
        Number,
        Text,
        Blob,
        Hash,
    }

    public int Length => _length;

    public void Clear() => (_length, _count) = (0, 0);

    public void AddNull()
    {
        Reserve(1)[0] = (byte)Form.Null;
        Note(_length, -1);
    }

    public void Add(long number)
    {
        Reserve(1)[0] = (byte)Form.Number;
        BinaryPrimitives.WriteInt64BigEndian(Reserve(NumberBytes), number);
        Note(_length - NumberBytes, NumberBytes);
    }

    /// <param name="utf8">The text's bytes.</param>
    public void AddText(ReadOnlySpan<byte> utf8) => utf8.CopyTo(Reserve(Form.Text, utf8.Length));

    public void AddBlob(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(Form.Blob, bytes.Length));

    public void AddHash(ReadOnlySpan<byte> bytes)
    {
        Reserve(1)[0] = (byte)Form.Hash;
        bytes.CopyTo(Reserve(bytes.Length));
        Note(_length - bytes.Length, bytes.Length);
    }

    /// <summary>A blob's place, which the caller fills at once.</summary>
    public ArraySegment<byte> AddBlob(int length)
    {
        Reserve(Form.Blob, length);
        return new ArraySegment<byte>(_bytes, _length - length, length);
    }

    public bool IsNull(int column) => _columns[column].Length < 0;

    public long Number(int column) => BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan(_columns[column].Start));

    /// <summary>A text's, blob's or hash's bytes. Valid until the row is cleared.</summary>
    public ReadOnlyMemory<byte> Bytes(int column) => _bytes.AsMemory(_columns[column].Start, _columns[column].Length);

    /// <summary>SHA-256 of all of it.</summary>
    public void Hash(Span<byte> hash) => SHA256.HashData(_bytes.AsSpan(0, _length), hash);

    private Span<byte> Reserve(Form form, int length)
    {
        Reserve(1)[0] = (byte)form;
        BinaryPrimitives.WriteInt32BigEndian(Reserve(LengthBytes), length);
        var place = Reserve(length);
        Note(_length - length, length);
        return place;
    }

    private Span<byte> Reserve(int length)
    {
        if (_length + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        }

        _length += length;
        return _bytes.AsSpan(_length - length, length);
    }

    private void Note(int start, int length)
    {
        if (_count == _columns.Length)
        {
            Array.Resize(ref _columns, _count * 2);
        }

        _columns[_count++] = (start, length);
    }
}
