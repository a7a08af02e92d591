using System.Buffers;
using System.Text;

namespace InterfaceEngine.Store;

/// <summary>
/// Writes a stored document into a rented buffer: numbers of 7 bits to the byte, texts as length and UTF-8.
/// The buffer is cleared when it is given back, for it held patients' data.
/// </summary>
internal ref struct DocumentWriter
{
    private byte[] _buffer;
    private int _length;

    public DocumentWriter(int sizeHint)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(sizeHint);
    }

    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Byte(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
    }

    public void Number(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _buffer[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[_length++] = (byte)value;
    }

    public void Number(int value) => Number((ulong)value);

    /// <summary>A number that may be negative: the sign is in the lowest bit.</summary>
    public void Signed(long value) => Number((ulong)((value << 1) ^ (value >> 63)));

    public void Text(string value)
    {
        var lengthMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        Reserve(lengthMax + 10);
        if (lengthMax < 0x80)
        {
            // Its length fits in one byte whatever it is, so it is written after the text.
            var length = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length + 1));
            _buffer[_length] = (byte)length;
            _length += 1 + length;
            return;
        }

        Number(Encoding.UTF8.GetByteCount(value));
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        Reserve(value.Length);
        value.CopyTo(_buffer.AsSpan(_length));
        _length += value.Length;
    }

    public void Dispose()
    {
        _buffer.AsSpan(0, _length).Clear();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + count, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        _buffer.AsSpan(0, _length).Clear();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
