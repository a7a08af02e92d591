using System.Buffers;
using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// A character set MSH-18 may name (table 0211): ASCII, UTF-8, ISO 8859 parts 1 to 15, Windows-1252. All of them
/// hold ASCII in their lower half, so that separators are found in the bytes. A byte that stands for nothing is
/// never taken for another: it is reported, and shows as U+FFFD.
/// </summary>
public sealed class Hl7CharacterSet
{
    private const char Undecodable = '\uFFFD';
    private const int LowerHalf = 0x80;

    /// <summary>What bytes 80 to FF stand for; null for UTF-8.</summary>
    private readonly string? _upperHalf;

    private Hl7CharacterSet(string name, string? upperHalf)
    {
        Name = name;
        _upperHalf = upperHalf;
    }

    public static Hl7CharacterSet Ascii { get; } = new("ASCII", new string(Undecodable, LowerHalf));

    public static Hl7CharacterSet Utf8 { get; } = new("UNICODE UTF-8", null);

    public static Hl7CharacterSet Windows1252 { get; } = new("WINDOWS-1252", CharacterTables.Windows1252);

    public static Hl7CharacterSet Latin1 { get; } = new("8859/1", new string([.. Enumerable.Range(LowerHalf, LowerHalf).Select(value => (char)value)]));

    private static readonly Dictionary<string, Hl7CharacterSet> BySpelling = Spellings();

    /// <summary>As table 0211 writes it, e.g. <c>8859/1</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// The set a sender means by <paramref name="name"/>; letter case, spaces, <c>/</c>, <c>-</c> and <c>_</c> do not
    /// matter. <c>8859</c> alone is 8859/1; <c>UNICODE</c> alone is UTF-8, the only form of it a frame can carry.
    /// </summary>
    /// <returns>Null for a name that is not known.</returns>
    public static Hl7CharacterSet? Find(string name)
    {
        var spelling = string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return BySpelling.GetValueOrDefault(spelling);
    }

    /// <summary>Decodes bytes; what can't be decoded shows as U+FFFD and clears <paramref name="isWhole"/>.</summary>
    public string Decode(ReadOnlySpan<byte> bytes, out bool isWhole)
    {
        isWhole = true;
        if (System.Text.Ascii.IsValid(bytes))
        {
            return Encoding.Latin1.GetString(bytes);
        }

        if (_upperHalf is null)
        {
            isWhole = System.Text.Unicode.Utf8.IsValid(bytes);
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new char[bytes.Length];
        for (var index = 0; index < bytes.Length; index++)
        {
            var value = bytes[index];
            text[index] = value < LowerHalf ? (char)value : _upperHalf[value - LowerHalf];
            isWhole &= text[index] != Undecodable;
        }

        return new string(text);
    }

    /// <summary>Finds the first bytes that can't be decoded.</summary>
    /// <returns>Their offset, or -1 when all can.</returns>
    public int FindUndecodable(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 1;
        for (var at = FirstHigh(bytes, 0); at < bytes.Length; at = FirstHigh(bytes, at))
        {
            if (_upperHalf is not null)
            {
                if (_upperHalf[bytes[at] - LowerHalf] == Undecodable)
                {
                    return at;
                }

                at++;
                continue;
            }

            if (Rune.DecodeFromUtf8(bytes[at..], out _, out length) != OperationStatus.Done)
            {
                return at;
            }

            at += length;
        }

        length = 0;
        return -1;
    }

    /// <summary>Encodes <paramref name="text"/>; false, with nothing written, when the set lacks one of its characters.</summary>
    public bool TryEncode(string text, IBufferWriter<byte> writer)
    {
        if (_upperHalf is null)
        {
            if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || IsWellFormed(text))
            {
                Encoding.UTF8.GetBytes(text, writer);
                return true;
            }

            return false;
        }

        var bytes = new byte[text.Length];
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            var upper = character is < (char)LowerHalf or Undecodable ? -1 : _upperHalf.IndexOf(character, StringComparison.Ordinal);
            if (character >= LowerHalf && upper < 0)
            {
                return false;
            }

            bytes[index] = (byte)(character < LowerHalf ? character : LowerHalf + upper);
        }

        writer.Write(bytes);
        return true;
    }

    public override string ToString() => Name;

    /// <summary>The set that <c>\C2Dxx\</c> shifts to: the final byte of its ISO 2022 sequence.</summary>
    internal static Hl7CharacterSet? FindByShift(byte finalByte) => (char)finalByte switch
    {
        'A' => Find("8859/1"),
        'B' => Find("8859/2"),
        'C' => Find("8859/3"),
        'D' => Find("8859/4"),
        'L' => Find("8859/5"),
        'G' => Find("8859/6"),
        'F' => Find("8859/7"),
        'H' => Find("8859/8"),
        'M' => Find("8859/9"),
        'V' => Find("8859/10"),
        'T' => Find("8859/11"),
        'Y' => Find("8859/13"),
        '_' => Find("8859/14"),
        'b' => Find("8859/15"),
        _ => null,
    };

    private static int FirstHigh(ReadOnlySpan<byte> bytes, int from)
    {
        var high = bytes[from..].IndexOfAnyExceptInRange((byte)0, (byte)(LowerHalf - 1));
        return high < 0 ? bytes.Length : from + high;
    }

    private static bool IsWellFormed(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[consumed..];
        }

        return true;
    }

    private static Dictionary<string, Hl7CharacterSet> Spellings()
    {
        var spellings = new Dictionary<string, Hl7CharacterSet>(StringComparer.Ordinal);
        Add(Ascii, "ASCII", "USASCII", "ISOIR6", "ISO646", "7BIT");
        Add(Utf8, "UNICODEUTF8", "UTF8", "UNICODE", "ISO10646UTF8");
        Add(Windows1252, "WINDOWS1252", "CP1252", "1252", "WE8MSWIN1252", "ANSI");
        Add(Latin1, "8859", "88591", "ISO8859", "ISO88591", "ISOIR100", "LATIN1");
        (int Part, string Table)[] parts =
        [
            (2, CharacterTables.Iso8859Part2), (3, CharacterTables.Iso8859Part3), (4, CharacterTables.Iso8859Part4),
            (5, CharacterTables.Iso8859Part5), (6, CharacterTables.Iso8859Part6), (7, CharacterTables.Iso8859Part7),
            (8, CharacterTables.Iso8859Part8), (9, CharacterTables.Iso8859Part9), (10, CharacterTables.Iso8859Part10),
            (11, CharacterTables.Iso8859Part11), (13, CharacterTables.Iso8859Part13), (14, CharacterTables.Iso8859Part14),
            (15, CharacterTables.Iso8859Part15),
        ];
        foreach (var (part, table) in parts)
        {
            // 80 to 9F are control characters in every part of ISO 8859.
            Add(new Hl7CharacterSet($"8859/{part}", Latin1._upperHalf![..0x20] + table), $"8859{part}", $"ISO8859{part}");
        }

        return spellings;

        void Add(Hl7CharacterSet set, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                spellings.Add(name, set);
            }
        }
    }
}
