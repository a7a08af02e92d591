using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary><c>code T</c>: our code for what the format says. A code that is not in the table meets the table's <c>unknown:</c> policy, and is always reported.</summary>
public sealed class CodeType(CodeTable table) : IValueType
{
    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        return text.IsEmpty ? null : Find(text, scope.Format) ?? Unknown(text, scope);
    }

    /// <summary>Our code, or null when the table does not know it. Does not allocate.</summary>
    internal string? Find(ReadOnlySpan<char> text, MapFormat format) => table.Read(format, text.Trim());

    /// <summary>What the table's policy makes of a code it does not know.</summary>
    internal string? Unknown(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
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
                scope.Note(MappingCodes.UnknownCode, Reason(scope) + " Stored as it came.", found, Sentence(found, scope) + " Stored as it came.");
                return found;
            case UnknownCode.Replace:
                Review(found, $"{table.Unknown.Code} taken; added to the inbox.", scope);
                return table.Unknown.Code;
            default:
                Review(found, $"{scope.Kept.TrimEnd('.')}; added to the inbox.", scope);
                return null;
        }
    }

    private void Review(string found, string consequence, ReadingScope scope) =>
        scope.Review(
            MappingCodes.UnknownCode,
            Reason(scope),
            found,
            Sentence(found, scope),
            consequence,
            "unknown code",
            $"{table.Name}|{scope.Format.Title()}|{found}");

    private string Reason(ReadingScope scope) => $"a code that is not in {table.Name} ({scope.Format.Title()}).";

    private string Sentence(string found, ReadingScope scope) => $"code '{found}' is not in {table.Name} ({scope.Format.Title()}).";
}
