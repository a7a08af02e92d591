using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary><c>code T</c>: our code for what the format says. A code that is not in the table meets the table's <c>unknown:</c> policy, and is always reported.</summary>
public sealed class CodeType(CodeTable table) : IElementType
{
    private static readonly int[] _components = [1, 2, 4];

    bool IElementType.HasUnit => false;

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        return text.IsEmpty ? null : table.Read(scope.Format, text) ?? Unknown(text, scope);
    }

    /// <summary>CE: the first of identifier, text and alternate identifier that the table knows.</summary>
    string? IElementType.Read(Hl7Element element, Hl7Element unit, ReadingScope scope)
    {
        Span<char> buffer = stackalloc char[Hl7Text.BufferLength];
        Hl7Element sent = default;
        foreach (var number in _components)
        {
            var component = element.Component(number);
            if (!component.HasValue)
            {
                continue;
            }

            if (!Hl7Text.TryGet(component, buffer, scope, out var text))
            {
                return null;
            }

            if (table.Read(scope.Format, text.Trim()) is { } code)
            {
                return code;
            }

            sent = sent.IsPresent ? sent : component;
        }

        return sent.IsPresent && Hl7Text.TryGet(sent, buffer, scope, out var unknown) && !unknown.Trim().IsEmpty ? Unknown(unknown.Trim(), scope) : null;
    }

    /// <summary>The first code of the cell. A code the table does not know goes out as it came, where the table stores such.</summary>
    public string? Write(string value, WritingScope scope)
    {
        if (table.Write(scope.Format, value) is { } spelling)
        {
            return spelling;
        }

        var isKnown = table.Find(value) is not null;
        if (!isKnown && table.Unknown.Kind == UnknownCode.Keep)
        {
            return value;
        }

        var why = isKnown ? $"has no code of {table.Name} in {scope.Format.Title()}" : $"is not a code of {table.Name}";
        scope.Refuse(WritingCodes.Code, $"a value that {why}.", value, $"{value} {why}.");
        return null;
    }

    IReadOnlyList<int> IElementType.Others => [2, 4, 5];

    /// <summary>What the table's policy makes of a code it does not know.</summary>
    private string? Unknown(ReadOnlySpan<char> text, ReadingScope scope)
    {
        if (TextType.HasControlCharacter(text, ""))
        {
            scope.Refuse(MappingCodes.ControlCharacter, "a text with control characters.", text.ToString());
            return null;
        }

        var found = text.ToString();
        switch (table.Unknown.Kind)
        {
            case UnknownCode.Reject:
                scope.Reject(
                    MappingCodes.RejectedCode,
                    $"a code that is not in {table.Name}; this table rejects.",
                    found,
                    $"code '{found}' is not in {table.Name}; this table rejects.");
                return null;
            case UnknownCode.Keep:
                Review(found, scope, "Stored as it came");
                return found;
            default:
                return Replace(found, scope);
        }
    }

    private string? Replace(string found, ReadingScope scope)
    {
        var code = table.Unknown.Code;
        scope.IsDefault = code is not null && table.Unknown.IsDefault;
        Review(found, scope, code is null ? scope.Kept.TrimEnd('.') : scope.IsDefault ? $"{code} taken if there is none" : $"{code} taken");
        return code;
    }

    private void Review(string found, ReadingScope scope, string consequence) => scope.Review(
        MappingCodes.UnknownCode,
        Reason(scope),
        found,
        Sentence(found, scope),
        $"{consequence}; added to the inbox.",
        "unknown code",
        $"{table.Name}|{scope.Format.Title()}|{found}");

    private string Reason(ReadingScope scope) => $"a code that is not in {table.Name} ({scope.Format.Title()}).";

    private string Sentence(string found, ReadingScope scope) => $"code '{found}' is not in {table.Name} ({scope.Format.Title()}).";
}
