using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>The values of JSON documents as types take them.</summary>
internal static class JsonText
{
    /// <summary>The most bytes of a value that is read into a field.</summary>
    public const int BytesMax = 1024 * 1024;

    private static readonly byte[][] _words = ["reference"u8.ToArray(), "value"u8.ToArray(), "text"u8.ToArray(), "display"u8.ToArray()];

    /// <summary>Reads one value with a type.</summary>
    /// <param name="type">The row's type.</param>
    /// <param name="item">Present, and not null.</param>
    /// <param name="resource">For a reference, the type with its slash; otherwise null.</param>
    /// <param name="scope">Where what was noticed is reported.</param>
    /// <returns>The canonical value; null when it says nothing or can't be taken, which the scope then knows.</returns>
    public static string? Read(IValueType type, JsonItem item, string? resource, ReadingScope scope)
    {
        scope.Place = item.Range;
        if (item.Kind == JsonItemKind.Array && scope.Format == MapFormat.AthenaNet)
        {
            item = item.First;
        }

        if (item.Range.Length > BytesMax)
        {
            scope.Refuse(MappingCodes.JsonShape, $"{item.Range.Length} bytes; a value has at most {BytesMax}.", "");
            return null;
        }

        if (item.Kind == JsonItemKind.Object && type is IJsonType parts)
        {
            return parts.Read(item, scope);
        }

        if (item.Kind == JsonItemKind.Object && (scope.Format == MapFormat.AthenaNet ? OnlyText(item) : type is TextType ? Words(item) : default) is { IsPresent: true } only)
        {
            item = only;
        }

        if (!item.IsScalar)
        {
            if (item.IsPresent && item.Kind != JsonItemKind.Null)
            {
                scope.Refuse(MappingCodes.JsonShape, $"{NameOf(item.Kind)} where one value is expected.", "");
            }

            return null;
        }

        Span<char> buffer = stackalloc char[Hl7Text.BufferLength];
        if (item.TryCopy(buffer, out var length))
        {
            return Read(type, buffer[..length], resource, scope);
        }

        if (item.TryDecode(out var text))
        {
            return Read(type, text, resource, scope);
        }

        scope.Refuse(MappingCodes.Undecodable, "an escape that stands for no character.", text);
        return null;
    }

    /// <summary>The text of a scalar; null, after it was reported, when there is none.</summary>
    public static string? Decode(JsonItem item, ReadingScope scope)
    {
        scope.Place = item.Range;
        if (!item.IsScalar || item.Range.Length > BytesMax)
        {
            scope.Refuse(MappingCodes.JsonShape, item.IsScalar ? $"{item.Range.Length} bytes; a value has at most {BytesMax}." : $"{NameOf(item.Kind)} where one value is expected.", "");
            return null;
        }

        if (item.TryDecode(out var text))
        {
            return text;
        }

        scope.Refuse(MappingCodes.Undecodable, "an escape that stands for no character.", text);
        return null;
    }

    /// <summary>A value for people: the text of a scalar, an object or a list as it is written.</summary>
    public static string ForPeople(JsonItem item) => item.IsScalar && item.TryDecode(out var text) ? text : Encoding.UTF8.GetString(item.Raw.Span);

    public static string NameOf(JsonItemKind kind) => kind switch
    {
        JsonItemKind.Object => "an object",
        JsonItemKind.Array => "a list",
        JsonItemKind.Text => "a text",
        JsonItemKind.Number => "a number",
        JsonItemKind.True or JsonItemKind.False => "true or false",
        _ => "null",
    };

    private static string? Read(IValueType type, ReadOnlySpan<char> text, string? resource, ReadingScope scope)
    {
        if (text.IsWhiteSpace())
        {
            return null;
        }

        if (resource is null)
        {
            return type.Read(text, scope);
        }

        var id = JsonReference.IdOf(text, resource);
        if (!id.IsEmpty)
        {
            return type.Read(id, scope);
        }

        scope.Refuse(MappingCodes.JsonShape, $"a reference to something else than {resource}.", text.ToString());
        return null;
    }

    /// <summary>What people read of a CodeableConcept: its text, else what its first coding is called, else the code.</summary>
    private static JsonItem Words(JsonItem item)
    {
        var coding = item["coding"u8].First;
        return item["text"u8] is { IsScalar: true } text ? text : coding["display"u8] is { IsScalar: true } display ? display : coding["code"u8] is { IsScalar: true } code ? code : default;
    }

    /// <summary>The one text of an object that wraps it: <c>{"value": "…"}</c>.</summary>
    private static JsonItem OnlyText(JsonItem item)
    {
        foreach (var word in _words)
        {
            if (item[word] is { IsScalar: true } text)
            {
                return text;
            }
        }

        return default;
    }
}
