using System.Buffers;
using System.Text;

namespace InterfaceEngine.Core.Csv;

/// <summary>
/// How the letters of bytes that come in pieces are written: counts those beyond ASCII that are UTF-8, places that are not, and bytes of value
/// zero. Letters that are UTF-8 by chance are rare: each would be two signs, of which the second is hardly ever written behind the first.
/// </summary>
internal sealed class LetterCheck
{
    /// <summary>So many times more broken places than good letters, and what is good is so by chance.</summary>
    private const int FarMore = 20;

    private readonly byte[] _open = new byte[4];
    private int _openCount;
    private long _broken;

    /// <summary>How many bytes of value zero there were.</summary>
    public long Zeros { get; private set; }

    /// <summary>Letters of more than one byte.</summary>
    public long Good { get; private set; }

    /// <summary>Places where no UTF-8 stands. To be asked at the end.</summary>
    public long Broken => _broken + (_openCount > 0 ? 1 : 0);

    /// <summary>It is UTF-8, if need be with some places that are damaged: a text that was cut within a letter.</summary>
    public bool IsUtf8 => Broken == 0 || (Good > 0 && Good >= Broken);

    /// <summary>It is written in another way. What is neither is to be refused.</summary>
    public bool IsOther => Broken > 0 && Broken > FarMore * Good;

    public void Look(ReadOnlySpan<byte> bytes)
    {
        Zeros += bytes.Count((byte)0);
        bytes = End(bytes);
        while (bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) is >= 0 and var next)
        {
            bytes = bytes[next..];
            switch (Rune.DecodeFromUtf8(bytes, out _, out var length))
            {
                case OperationStatus.Done:
                    Good++;
                    break;
                case OperationStatus.NeedMoreData:
                    bytes.CopyTo(_open);
                    _openCount = bytes.Length;
                    return;
                default:
                    _broken++;
                    break;
            }

            bytes = bytes[length..];
        }
    }

    /// <summary>Ends the letter that the last piece began.</summary>
    private ReadOnlySpan<byte> End(ReadOnlySpan<byte> bytes)
    {
        while (_openCount > 0 && !bytes.IsEmpty)
        {
            _open[_openCount++] = bytes[0];
            switch (Rune.DecodeFromUtf8(_open.AsSpan(0, _openCount), out _, out _))
            {
                case OperationStatus.Done:
                    Good++;
                    _openCount = 0;
                    break;
                case OperationStatus.NeedMoreData:
                    break;
                default:
                    // This byte may begin a letter of its own.
                    _broken++;
                    _openCount = 0;
                    continue;
            }

            bytes = bytes[1..];
        }

        return bytes;
    }
}
