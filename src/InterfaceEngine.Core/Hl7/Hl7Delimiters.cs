using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// The characters MSH-1 and MSH-2 choose for one message, as bytes. They are always printable ASCII and never a
/// letter, digit, space or quotation mark. A character MSH-2 leaves out is not in use: 0.
/// </summary>
/// <param name="Field">MSH-1, mostly <c>|</c>.</param>
/// <param name="Component">First of MSH-2, mostly <c>^</c>.</param>
/// <param name="Repetition">Second of MSH-2, mostly <c>~</c>; 0 when not in use.</param>
/// <param name="Escape">Third of MSH-2, mostly <c>\</c>; 0 when not in use.</param>
/// <param name="SubComponent">Fourth of MSH-2, mostly <c>&amp;</c>; 0 when not in use.</param>
/// <param name="Truncation">Fifth of MSH-2 (version 2.7 and later, sent by older ones too), mostly <c>#</c>; 0 when not in use.</param>
public sealed record Hl7Delimiters(byte Field, byte Component, byte Repetition, byte Escape, byte SubComponent, byte Truncation)
{
    private const int CountMax = 5;

    private static readonly string[] Roles = ["component", "repetition", "escape", "sub-component", "truncation"];

    /// <summary><c>|^~\&amp;</c></summary>
    public static Hl7Delimiters Standard { get; } = new((byte)'|', (byte)'^', (byte)'~', (byte)'\\', (byte)'&', 0);

    private static readonly Hl7Delimiters StandardWithTruncation = Standard with { Truncation = (byte)'#' };

    /// <summary>MSH-2 as it is written.</summary>
    public string EncodingCharacters
    {
        get
        {
            var text = new StringBuilder(CountMax);
            foreach (var character in (ReadOnlySpan<byte>)[Component, Repetition, Escape, SubComponent, Truncation])
            {
                if (character != 0)
                {
                    text.Append((char)character);
                }
            }

            return text.ToString();
        }
    }

    /// <summary>Takes the delimiters from MSH-1 and MSH-2.</summary>
    /// <param name="field">MSH-1.</param>
    /// <param name="encodingCharacters">MSH-2, up to the next field separator or the end of the segment.</param>
    /// <param name="delimiters">The delimiters, when the result is null.</param>
    /// <returns>Null, or the field that is wrong and why.</returns>
    internal static (int Field, string Reason)? TryRead(byte field, ReadOnlySpan<byte> encodingCharacters, out Hl7Delimiters delimiters)
    {
        delimiters = Standard;
        if (field == '|' && encodingCharacters.SequenceEqual(@"^~\&"u8))
        {
            return null;
        }

        if (field == '|' && encodingCharacters.SequenceEqual(@"^~\&#"u8))
        {
            delimiters = StandardWithTruncation;
            return null;
        }

        // Who escapes MSH-2 as if it were a value means the usual four.
        if (field == '|' && encodingCharacters.SequenceEqual(@"^~\\&"u8))
        {
            return null;
        }

        if (!IsLegal(field))
        {
            return (1, "the field separator must be printable ASCII and no letter, digit, space or quotation mark");
        }

        if (encodingCharacters.IsEmpty)
        {
            return (2, "no encoding characters, expected 1 to 5");
        }

        if (encodingCharacters.Length > CountMax)
        {
            return (2, "more than 5 encoding characters, expected 1 to 5");
        }

        Span<byte> given = stackalloc byte[CountMax];
        given.Clear();
        for (var index = 0; index < encodingCharacters.Length; index++)
        {
            var character = encodingCharacters[index];
            if (!IsLegal(character))
            {
                return (2, $"the {Roles[index]} character must be printable ASCII and no letter, digit, space or quotation mark");
            }

            var same = given.IndexOf(character);
            if (same >= 0)
            {
                return (2, $"one character is given two meanings, {Roles[same]} and {Roles[index]}");
            }

            given[index] = character;
        }

        delimiters = new Hl7Delimiters(field, given[0], given[1], given[2], given[3], given[4]);
        return null;
    }

    private static bool IsLegal(byte character) =>
        character is > 0x20 and < 0x7F and not (byte)'"' && !char.IsAsciiLetterOrDigit((char)character);
}
