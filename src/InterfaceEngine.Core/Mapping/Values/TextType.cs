using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>text</c> and <c>name</c>: trimmed, inner blanks single; tabs and line breaks count as blanks, other control
/// characters are refused. (That a name which changes in letter case only is no change is reconciliation's rule.)
/// </summary>
public sealed class TextType : IValueType
{
    private TextType()
    {
    }

    public static TextType Instance { get; } = new();

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        if (IsPlain(text))
        {
            return text.IsEmpty ? null : text.ToString();
        }

        if (HasControlCharacter(text, "\t\r\n"))
        {
            scope.Refuse(MappingCodes.ControlCharacter, "a text with control characters.", text.ToString());
            return null;
        }

        return Squeeze(text);
    }

    public string? Write(string value, WritingScope scope) => value;

    /// <summary>True when a control character other than those allowed is in the text.</summary>
    internal static bool HasControlCharacter(ReadOnlySpan<char> text, ReadOnlySpan<char> allowed)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character) && !allowed.Contains(character))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text without blanks around it and with single blanks inside; null when nothing is left.</summary>
    internal static string? Squeeze(ReadOnlySpan<char> text)
    {
        var buffer = text.Length <= 256 ? stackalloc char[text.Length] : new char[text.Length];
        var length = 0;
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character))
            {
                buffer[length++] = character;
            }
            else if (length > 0 && buffer[length - 1] != ' ')
            {
                buffer[length++] = ' ';
            }
        }

        var squeezed = buffer[..length].TrimEnd(' ');
        return squeezed.IsEmpty ? null : squeezed.ToString();
    }

    /// <summary>The usual case: nothing to trim, squeeze or refuse.</summary>
    private static bool IsPlain(ReadOnlySpan<char> text)
    {
        var before = ' ';
        foreach (var character in text)
        {
            if (character <= ' ' ? character != ' ' || before == ' ' : character >= '\u007F' && (char.IsControl(character) || char.IsWhiteSpace(character)))
            {
                return false;
            }

            before = character;
        }

        return text.IsEmpty || before != ' ';
    }
}
