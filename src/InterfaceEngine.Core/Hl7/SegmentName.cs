using System.Collections.Concurrent;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// A segment's name as a number: three bytes, so that finding a segment compares integers.
/// A name is a capital letter and two capital letters or digits.
/// </summary>
internal static class SegmentName
{
    public const int Length = 3;

    /// <summary>Bounded by the 26 × 36 × 36 names there can be.</summary>
    private static readonly ConcurrentDictionary<int, string> Texts = new();

    public static readonly int Msh = KeyOf("MSH");

    public static readonly int Pid = KeyOf("PID");

    /// <summary>The key of the name at the start of <paramref name="bytes"/>, or 0 when there is none.</summary>
    public static int KeyOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length || !char.IsAsciiLetterUpper((char)bytes[0]) || !IsNameByte(bytes[1]) || !IsNameByte(bytes[2]))
        {
            return 0;
        }

        return (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
    }

    /// <summary>The key of a name, or 0 when it can't be one.</summary>
    public static int KeyOf(ReadOnlySpan<char> name)
    {
        if (name.Length != Length)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[Length];
        for (var index = 0; index < Length; index++)
        {
            if (name[index] > 0x7F)
            {
                return 0;
            }

            bytes[index] = (byte)name[index];
        }

        return KeyOf(bytes);
    }

    public static string TextOf(int key) =>
        Texts.GetOrAdd(key, static key => new string([(char)(key >> 16), (char)((key >> 8) & 0xFF), (char)(key & 0xFF)]));

    private static bool IsNameByte(byte value) => char.IsAsciiLetterUpper((char)value) || char.IsAsciiDigit((char)value);
}
