using System.Numerics;
using System.Runtime.Intrinsics;

namespace InterfaceEngine.Core.Hl7;

/// <summary>Finds separators, many at a time where they lie close together.</summary>
internal static class Separators
{
    /// <summary>
    /// The position of every <paramref name="separator"/> in <paramref name="body"/> from <paramref name="start"/> to
    /// <paramref name="end"/>, and <paramref name="end"/> itself behind them.
    /// </summary>
    public static int[] Index(ReadOnlySpan<byte> body, int start, int end, byte separator)
    {
        var span = body[start..end];
        var positions = new int[span.Count(separator) + 1];
        var found = 0;
        var at = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            var wanted = Vector128.Create(separator);
            for (; at + Vector128<byte>.Count <= span.Length; at += Vector128<byte>.Count)
            {
                var bits = Vector128.Equals(Vector128.Create(span[at..]), wanted).ExtractMostSignificantBits();
                while (bits != 0)
                {
                    positions[found++] = start + at + BitOperations.TrailingZeroCount(bits);
                    bits &= bits - 1;
                }
            }
        }

        for (; at < span.Length; at++)
        {
            if (span[at] == separator)
            {
                positions[found++] = start + at;
            }
        }

        positions[found] = end;
        return positions;
    }

    /// <summary>The piece with the number <paramref name="ordinal"/>, counted from 1, between <paramref name="separator"/>s.</summary>
    /// <param name="span">What is divided.</param>
    /// <param name="separator">What divides it; 0 is never found.</param>
    /// <param name="ordinal">Which piece, from 1.</param>
    /// <param name="start">Where the piece starts in <paramref name="span"/>.</param>
    /// <param name="length">Its length.</param>
    /// <returns>False when there are fewer pieces.</returns>
    public static bool TryPiece(ReadOnlySpan<byte> span, byte separator, int ordinal, out int start, out int length)
    {
        start = 0;
        length = span.Length;
        if (separator == 0)
        {
            return ordinal == 1;
        }

        while (true)
        {
            var next = span[start..].IndexOf(separator);
            if (ordinal == 1)
            {
                length = next < 0 ? span.Length - start : next;
                return true;
            }

            if (next < 0)
            {
                length = 0;
                return false;
            }

            start += next + 1;
            ordinal--;
        }
    }

    public static int Pieces(ReadOnlySpan<byte> span, byte separator) => separator == 0 ? 1 : span.Count(separator) + 1;
}
