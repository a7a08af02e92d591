using System.Buffers;
using System.Globalization;
using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Escape sequences (2.3 chapter 2), as plain text has them. An escape runs from one escape character to the next.
/// <list type="bullet">
/// <item><c>\F\ \S\ \T\ \R\ \E\</c> are the delimiters of the message (the usual one where MSH-2 leaves it out); <c>\P\</c> the truncation character, if it is in use.</item>
/// <item><c>\Xhh..\</c> are bytes of the message's character set.</item>
/// <item><c>\.br\</c> and <c>\.ce\</c> are a line feed; <c>\.sp\</c> one, <c>\.spN\</c> or <c>\.sp+N\</c> N of them (1 to 99); <c>\.skN\</c> N spaces.</item>
/// <item><c>\H\ \N\</c> (highlight) and <c>\.in\ \.ti\ \.fi\ \.nf\</c> (layout) say nothing that plain text can hold and are left out.</item>
/// <item><c>\Cxxyy\</c> shifts to another single-byte set for the rest of the value, where it names ASCII or a part of ISO 8859.</item>
/// <item><c>\Mxxyyzz\</c> and other shifts go to sets that are not read: kept literally, and the value counts as not decodable.</item>
/// <item><c>\Z..\</c> and everything else is kept literally, escape characters included.</item>
/// </list>
/// </summary>
public static class Hl7Escapes
{
    private const int RepeatMax = 99;

    /// <summary>Bytes as sent to text. <paramref name="isWhole"/> is false when some could not be decoded.</summary>
    public static string Decode(ReadOnlySpan<byte> raw, Hl7Delimiters delimiters, Hl7CharacterSet characterSet, out bool isWhole)
    {
        isWhole = true;
        var text = new StringBuilder(raw.Length);
        var bytes = new ArrayBufferWriter<byte>(Math.Max(raw.Length, 1));
        while (delimiters.Escape != 0)
        {
            var open = raw.IndexOf(delimiters.Escape);
            var length = open < 0 ? -1 : raw[(open + 1)..].IndexOf(delimiters.Escape);
            if (length < 0)
            {
                break;
            }

            bytes.Write(raw[..open]);
            var escape = raw.Slice(open + 1, length);
            if (TryShift(escape, out var shifted))
            {
                Flush(ref isWhole);
                characterSet = shifted ?? characterSet;
            }
            else if (!TryWrite(escape, delimiters, bytes))
            {
                isWhole &= escape.IsEmpty || escape[0] is not ((byte)'C' or (byte)'M') || !IsHex(escape[1..]);
                bytes.Write(raw.Slice(open, length + 2));
            }

            raw = raw[(open + length + 2)..];
        }

        bytes.Write(raw);
        Flush(ref isWhole);
        return text.ToString();

        void Flush(ref bool isWhole)
        {
            text.Append(characterSet.Decode(bytes.WrittenSpan, out var isDecoded));
            isWhole &= isDecoded;
            bytes.ResetWrittenCount();
        }
    }

    /// <summary>One escape, its two escape characters included, as bytes: what it stands for, or itself when it is not known.</summary>
    internal static byte[] DecodeBytes(ReadOnlySpan<byte> escape, Hl7Delimiters delimiters)
    {
        var bytes = new ArrayBufferWriter<byte>(escape.Length);
        return TryWrite(escape[1..^1], delimiters, bytes) ? bytes.WrittenSpan.ToArray() : escape.ToArray();
    }

    /// <summary>
    /// Text to what can stand in a message: delimiters escaped, line ends (CR, LF, CRLF) as <c>\.br\</c>, other control
    /// characters but tab as <c>\Xhh\</c>. The text <c>""</c> is written <c>\X2222\</c>, so that it is not taken for null.
    /// </summary>
    /// <exception cref="Hl7WriteException">A character needs an escape and MSH-2 names no escape character.</exception>
    public static string Encode(string text, Hl7Delimiters delimiters)
    {
        if (text == "\"\"")
        {
            return Escaped("X2222");
        }

        StringBuilder? encoded = null;
        for (var index = 0; index < text.Length; index++)
        {
            var escape = EscapeFor(text[index], delimiters);
            if (escape is null)
            {
                encoded?.Append(text[index]);
                continue;
            }

            encoded ??= new StringBuilder(text, 0, index, text.Length + 8);
            encoded.Append(Escaped(escape));
            if (text[index] == '\r' && index + 1 < text.Length && text[index + 1] == '\n')
            {
                index++;
            }
        }

        return encoded?.ToString() ?? text;

        string Escaped(string escape) => delimiters.Escape == 0
            ? throw new Hl7WriteException("the value needs an escape, and MSH-2 names no escape character")
            : $"{(char)delimiters.Escape}{escape}{(char)delimiters.Escape}";
    }

    private static string? EscapeFor(char character, Hl7Delimiters delimiters)
    {
        if (character is '\r' or '\n')
        {
            return ".br";
        }

        if (character < ' ')
        {
            return character == '\t' ? null : string.Create(CultureInfo.InvariantCulture, $"X{(int)character:X2}");
        }

        return character > '~' ? null
            : character == delimiters.Field ? "F"
            : character == delimiters.Component ? "S"
            : character == delimiters.Repetition ? "R"
            : character == delimiters.Escape ? "E"
            : character == delimiters.SubComponent ? "T"
            : character == delimiters.Truncation ? "P"
            : null;
    }

    /// <summary>Writes what an escape stands for; false when it is not known.</summary>
    private static bool TryWrite(ReadOnlySpan<byte> escape, Hl7Delimiters delimiters, ArrayBufferWriter<byte> bytes)
    {
        if (escape.Length == 1)
        {
            var standard = Hl7Delimiters.Standard;
            var delimiter = (char)escape[0] switch
            {
                'F' => delimiters.Field,
                'S' => delimiters.Component,
                'R' => Or(delimiters.Repetition, standard.Repetition),
                'E' => delimiters.Escape,
                'T' => Or(delimiters.SubComponent, standard.SubComponent),
                'P' => delimiters.Truncation,
                _ => (byte)0,
            };
            if (delimiter != 0)
            {
                bytes.Write([delimiter]);
            }

            return delimiter != 0 || escape[0] is (byte)'H' or (byte)'N';
        }

        if (escape.IsEmpty)
        {
            return false;
        }

        return escape[0] switch
        {
            (byte)'.' => TryWriteFormatting(escape[1..], bytes),
            (byte)'X' => TryWriteHex(escape[1..], bytes),
            _ => false,
        };
    }

    private static byte Or(byte given, byte standard) => given != 0 ? given : standard;

    private static bool TryWriteFormatting(ReadOnlySpan<byte> command, ArrayBufferWriter<byte> bytes)
    {
        if (command.Length < 2)
        {
            return false;
        }

        var argument = command[2..].Trim((byte)' ');
        var name = command[..2];
        if (name.SequenceEqual("br"u8) || name.SequenceEqual("ce"u8))
        {
            return argument.IsEmpty && Repeat((byte)'\n', 1);
        }

        if (name.SequenceEqual("fi"u8) || name.SequenceEqual("nf"u8))
        {
            return argument.IsEmpty;
        }

        if (name.SequenceEqual("in"u8) || name.SequenceEqual("ti"u8))
        {
            return TryNumber(argument, out _);
        }

        return (name.SequenceEqual("sp"u8) || name.SequenceEqual("sk"u8))
            && TryNumber(argument, out var times)
            && times is > 0 and <= RepeatMax
            && Repeat(name[1] == 'p' ? (byte)'\n' : (byte)' ', times);

        bool Repeat(byte value, int count)
        {
            bytes.GetSpan(count)[..count].Fill(value);
            bytes.Advance(count);
            return true;
        }
    }

    /// <summary>A number with or without a sign; none is 1.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> argument, out int number)
    {
        number = 1;
        return argument.IsEmpty || int.TryParse(argument, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryWriteHex(ReadOnlySpan<byte> digits, ArrayBufferWriter<byte> bytes)
    {
        if (digits.IsEmpty || digits.Length % 2 != 0 || !IsHex(digits))
        {
            return false;
        }

        Convert.FromHexString(digits, bytes.GetSpan(digits.Length / 2), out _, out var written);
        bytes.Advance(written);
        return true;
    }

    /// <summary>True for <c>C2842</c> and <c>C2Dxx</c>; <paramref name="shifted"/> is null where ASCII comes back, which every set holds.</summary>
    private static bool TryShift(ReadOnlySpan<byte> escape, out Hl7CharacterSet? shifted)
    {
        shifted = null;
        if (escape.Length != 5 || escape[0] != 'C' || !IsHex(escape[1..]))
        {
            return false;
        }

        if (escape.SequenceEqual("C2842"u8))
        {
            return true;
        }

        Span<byte> sequence = stackalloc byte[2];
        Convert.FromHexString(escape[1..], sequence, out _, out _);
        shifted = sequence[0] == '-' ? Hl7CharacterSet.FindByShift(sequence[1]) : null;
        return shifted is not null;
    }

    private static bool IsHex(ReadOnlySpan<byte> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        return true;
    }
}
