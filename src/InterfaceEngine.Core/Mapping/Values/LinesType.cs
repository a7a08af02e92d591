using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

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

    /// <summary>One text behind another; what stands there already is not said twice.</summary>
    internal static string Join(string? text, string more) =>
        text is null ? more : $"\n{text}\n".Contains($"\n{more}\n", StringComparison.Ordinal) ? text : $"{text}\n{more}";

    public string? Write(string value, WritingScope scope) => value;

    /// <summary>
    /// The elements that say a text, one for each line. A line that is blank or ends with blanks would be lost as an
    /// element of its own, so it shares one with the next line.
    /// </summary>
    internal static IReadOnlyList<string> Elements(string value)
    {
        var elements = new List<string>();
        var isOpen = false;
        foreach (var line in value.Split('\n'))
        {
            var isBlank = line.AsSpan().IsWhiteSpace();
            if (isOpen || (isBlank && elements.Count > 0))
            {
                elements[^1] += "\n" + line;
            }
            else
            {
                elements.Add(line);
            }

            isOpen = isBlank || char.IsWhiteSpace(line[^1]);
        }

        return elements;
    }
}
