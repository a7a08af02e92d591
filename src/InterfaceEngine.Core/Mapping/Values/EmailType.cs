using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary><c>email</c>: stored as it was sent; refused without an <c>@</c> that has something on both sides, or with blanks.</summary>
public sealed class EmailType : IElementType
{
    private EmailType()
    {
    }

    public static EmailType Instance { get; } = new();

    bool IElementType.HasUnit => false;

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        var at = text.IndexOf('@');
        if (at > 0 && at < text.Length - 1 && !HasBlank(text))
        {
            return text.ToString();
        }

        scope.Refuse(MappingCodes.Email, "not an e-mail address.", text.ToString(), $"'{text}' is not an e-mail address.");
        return null;
    }

    /// <summary>XTN: component 4, else 1.</summary>
    string? IElementType.Read(Hl7Element element, Hl7Element unit, ReadingScope scope)
    {
        var address = element.Component(4);
        scope.Trace?.Found(address.HasValue ? "XTN.4" : scope.Path, (address.HasValue ? address : element).Decode());
        return Hl7Text.Read(this, address.HasValue ? address : element, scope);
    }

    public string? Write(string value, WritingScope scope) => value;

    /// <summary>A whole XTN has the address in component 4.</summary>
    IReadOnlyList<ElementPart>? IElementType.WriteParts(string value, WritingScope scope) => [new ElementPart(4, value)];

    private static bool HasBlank(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character))
            {
                return true;
            }
        }

        return false;
    }
}
