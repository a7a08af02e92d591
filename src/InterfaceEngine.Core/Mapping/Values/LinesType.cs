using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>lines</c>: text of several lines, stored with newlines between them. In HL7 each element that fits the cell
/// (one NTE, one repetition) is a line. Blanks inside a line are kept, for notes are laid out with them.
/// </summary>
public sealed class LinesType : IValueType
{
    private LinesType()
    {
    }

    public static LinesType Instance { get; } = new();

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        if (TextType.HasControlCharacter(text, "\t\r\n"))
        {
            scope.Refuse(MappingCodes.ControlCharacter, "a text with control characters.", text.ToString());
            return null;
        }

        text = text.TrimEnd().TrimStart("\r\n");
        return text.IsEmpty ? null : text.Contains('\r') ? text.ToString().ReplaceLineEndings("\n") : text.ToString();
    }
}
