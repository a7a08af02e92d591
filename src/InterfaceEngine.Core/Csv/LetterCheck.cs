using System.Text.Unicode;

namespace InterfaceEngine.Core.Csv;

/// <summary>Whether bytes that come in pieces are UTF-8 throughout, and hold no byte of value zero.</summary>
internal sealed class LetterCheck
{
    private readonly byte[] _open = new byte[4];
    private int _openCount;
    private bool _isBroken;

    /// <summary>All of it is UTF-8. To be asked at the end.</summary>
    public bool IsUtf8 => !_isBroken && _openCount == 0;

    /// <summary>How many bytes of value zero there were.</summary>
    public long Zeros { get; private set; }

    public void Look(ReadOnlySpan<byte> bytes)
    {
        Zeros += bytes.Count((byte)0);
        if (_isBroken)
        {
            return;
        }

        // A letter that the last piece began.
        while (_openCount > 0 && !bytes.IsEmpty)
        {
            _open[_openCount++] = bytes[0];
            bytes = bytes[1..];
            if (_openCount >= LengthOf(_open[0]))
            {
                _isBroken = !Utf8.IsValid(_open.AsSpan(0, _openCount));
                _openCount = 0;
            }
        }

        var whole = bytes.Length;
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var length = LengthOf(bytes[^back]);
            if (length != 0)
            {
                whole = length > back ? bytes.Length - back : bytes.Length;
                break;
            }
        }

        _isBroken |= !Utf8.IsValid(bytes[..whole]);
        if (!_isBroken && whole < bytes.Length)
        {
            bytes[whole..].CopyTo(_open);
            _openCount = bytes.Length - whole;
        }
    }

    /// <summary>How many bytes the letter has that begins with this one; 0 for a byte within a letter.</summary>
    private static int LengthOf(byte first) => first switch
    {
        < 0x80 => 1,
        < 0xC0 => 0,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };
}
