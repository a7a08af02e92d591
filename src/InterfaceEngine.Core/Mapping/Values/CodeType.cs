using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary><c>code T</c>: our code for what the format says. A code that is not in the table meets the table's <c>unknown:</c> policy, and is always reported.</summary>
public sealed class CodeType(CodeTable table) : IElementType, IJsonType
{
    /// <summary>Codes that say why there is none, whatever the table: they are of a system of their own.</summary>
    private static readonly string[] _nullFlavors = ["ASKU", "MSK", "NA", "NASK", "NAV", "NAVU", "NI", "OTH", "UNK"];

    /// <summary>The rank of a coding of another system than the table's.</summary>
    private const int OtherSystem = 2;

    private readonly byte[]? _system = table.System is null ? null : Encoding.UTF8.GetBytes(table.System);

    private const string NullFlavor = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";

    private static readonly int[] _components = [1, 2, 4];

    bool IElementType.HasUnit => false;

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        return text.IsEmpty ? null : Known(text, scope) ?? Unknown(text, scope);
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

            scope.Trace?.Found($"CE.{number}", text.ToString());
            if (Known(text.Trim(), scope) is { } code)
            {
                return code;
            }

            sent = sent.IsPresent ? sent : component;
        }

        return sent.IsPresent && Hl7Text.TryGet(sent, buffer, scope, out var unknown) && !unknown.Trim().IsEmpty ? Unknown(unknown.Trim(), scope) : null;
    }

    /// <summary>
    /// Coding, or the codings of a CodeableConcept: the first that the table knows, one of the table's own system before the others; else
    /// its words. Of an object of athenaNet <c>code</c>, else <c>name</c>.
    /// </summary>
    string? IJsonType.Read(JsonItem item, ReadingScope scope)
    {
        string? sent = null;
        var codings = item["coding"u8];
        if (codings.Kind != JsonItemKind.Array)
        {
            if (Known(item["code"u8], scope, ref sent) is { } only)
            {
                return only;
            }
        }
        else
        {
            for (var rank = 0; rank <= OtherSystem; rank++)
            {
                foreach (var coding in codings)
                {
                    if (RankOf(coding) == rank && Known(coding["code"u8], scope, ref sent) is { } code)
                    {
                        return code;
                    }
                }
            }
        }

        if (Known(item["text"u8], scope, ref sent) is { } words)
        {
            return words;
        }

        foreach (var coding in codings)
        {
            if (Known(coding["display"u8], scope, ref sent) is { } shown)
            {
                return shown;
            }
        }

        var named = Known(item["display"u8], scope, ref sent) ?? Known(item["name"u8], scope, ref sent);
        scope.Place = item.Range;
        return named ?? (sent is null ? null : Unknown(sent, scope));
    }

    /// <summary>Our code for a text that the table knows; otherwise null, and the first such text is kept.</summary>
    private string? Known(JsonItem text, ReadingScope scope, ref string? sent)
    {
        Span<char> buffer = stackalloc char[Hl7Text.BufferLength];
        if (text.TryCopy(buffer, out var length))
        {
            var said = buffer[..length].Trim();
            var code = Known(said, scope);
            sent ??= code is null && !said.IsEmpty ? said.ToString() : null;
            return code;
        }

        if (!text.IsScalar || JsonText.Decode(text, scope) is not { } decoded)
        {
            return null;
        }

        sent ??= decoded.Trim() is { Length: > 0 } trimmed ? trimmed : null;
        return Known(decoded.AsSpan().Trim(), scope);
    }

    /// <summary>Our code for a text that the table knows, or null.</summary>
    private string? Known(ReadOnlySpan<char> text, ReadingScope scope)
    {
        var code = table.Read(scope.Format, text);
        if (code is not null)
        {
            scope.Trace?.Step($"code table {table.Name}", cell: table.RowOf(scope.Format, text.ToString())?.Reference);
        }

        return code;
    }

    /// <summary>The table's own system first, one that is not said next.</summary>
    private int RankOf(JsonItem coding) =>
        _system is null || coding["system"u8] is not { IsScalar: true } system ? OtherSystem - 1 : system.Says(_system) ? 0 : OtherSystem;

    bool IJsonType.Write(string value, JsonDraft target, string type, WritingScope scope)
    {
        if (Write(value, scope) is not { } code)
        {
            return false;
        }

        var coding = type == "CodeableConcept" ? OnlyCoding(target, SystemOf(code)) : target;
        if (coding["code"]?.Text == code && coding["system"]?.Text == SystemOf(code))
        {
            return true;
        }

        // What is said of the code before would say another thing than the code.
        foreach (var former in new[] { "version", "display", "userSelected" })
        {
            coding.Remove(former);
        }

        if (SystemOf(code) is { } system)
        {
            coding.Set("system", JsonDraft.Of(system));
        }
        else
        {
            coding.Remove("system");
        }

        coding.Set("code", JsonDraft.Of(code));
        if (table.Find(value) is { Display.Length: > 0 } listed)
        {
            coding.Set("display", JsonDraft.Of(listed.Display));
        }

        if (type == "CodeableConcept" && target["text"] is { IsKept: true })
        {
            target.Remove("text");
        }

        return true;
    }

    /// <summary>
    /// The coding of a system, made where there is none, and no other beside it: those of a concept say one thing in several systems, so
    /// theirs is what the concept was before.
    /// </summary>
    private static JsonDraft OnlyCoding(JsonDraft concept, string? system)
    {
        var known = concept["coding"]?.Values.FirstOrDefault(coding => coding.Kind == JsonItemKind.Object && coding["system"]?.Text == system);
        var codings = JsonDraft.NewArray();
        codings.Set(0, known ?? JsonDraft.NewObject());
        concept.Set("coding", codings);
        return codings.Values[0];
    }

    private string? SystemOf(string code) => table.System is not null && _nullFlavors.Contains(code, StringComparer.Ordinal) ? NullFlavor : table.System;

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
                scope.Trace?.Step($"not in code table {table.Name}: stored as it came", cell: table.Unknown.Reference);
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
        scope.Trace?.Step($"not in code table {table.Name}: {(code is null ? "kept for a person" : "the table's own word for that")}", code, table.Unknown.Reference);
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
