using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace InterfaceEngine.Core.Json;

/// <summary>
/// A value of a document while it is written: an object, an array, or a scalar. What was taken from a document and not written since is
/// given out byte for byte, a number with all its digits. Not shared between threads.
/// </summary>
public sealed class JsonDraft
{
    /// <summary>The documents are sent as JSON and stand in no page, so letters of all alphabets are written as they are.</summary>
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly List<JsonDraft>? _values;
    private readonly List<string>? _names;
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _raw;

    private JsonDraft(JsonItemKind kind, string? text = null, ReadOnlyMemory<byte> raw = default)
    {
        Kind = kind;
        _text = text;
        _raw = raw;
        _values = kind is JsonItemKind.Object or JsonItemKind.Array ? [] : null;
        _names = kind == JsonItemKind.Object ? [] : null;
    }

    public JsonItemKind Kind { get; }

    /// <summary>It was there before; false for what was written, or found to say what was to be written.</summary>
    public bool IsKept { get; private set; }

    public static JsonDraft Null { get; } = new(JsonItemKind.Null);

    public bool IsScalar => Kind is JsonItemKind.Text or JsonItemKind.Number or JsonItemKind.True or JsonItemKind.False;

    public int Count => _values?.Count ?? 0;

    /// <summary>The names of an object's properties, beside <see cref="Values"/>.</summary>
    public IReadOnlyList<string> Names => _names ?? (IReadOnlyList<string>)[];

    /// <summary>The values of an object or array.</summary>
    public IReadOnlyList<JsonDraft> Values => _values ?? (IReadOnlyList<JsonDraft>)[];

    /// <summary>The text of a scalar; null when it is none or its escapes stand for no text.</summary>
    public string? Text => Kind switch
    {
        JsonItemKind.True => "true",
        JsonItemKind.False => "false",
        _ => _text,
    };

    public static JsonDraft NewObject() => new(JsonItemKind.Object);

    public static JsonDraft NewArray() => new(JsonItemKind.Array);

    public static JsonDraft Of(string text) => new(JsonItemKind.Text, text);

    /// <param name="number">As JSON writes numbers.</param>
    public static JsonDraft Number(string number) => new(JsonItemKind.Number, number);

    public static JsonDraft Of(bool value) => new(value ? JsonItemKind.True : JsonItemKind.False);

    /// <summary>What a document holds, ready to be written over.</summary>
    public static JsonDraft From(JsonItem item)
    {
        var isText = item.TryDecode(out var text);
        var draft = new JsonDraft(item.Kind, item.IsScalar && isText ? text : null, item.IsScalar ? item.Raw : default) { IsKept = true };
        foreach (var child in item)
        {
            draft._names?.Add(child.Name);
            draft._values!.Add(From(child));
        }

        return draft;
    }

    /// <summary>It says what was to be written, so it is as good as written; its bytes stay.</summary>
    public void Confirm() => IsKept = false;

    /// <summary>The property of an object; null when it has none of the name.</summary>
    public JsonDraft? this[string name] => IndexOf(name) is >= 0 and var index ? _values![index] : null;

    /// <summary>Sets a property, in its place or as the last.</summary>
    public void Set(string name, JsonDraft value)
    {
        if (IndexOf(name) is >= 0 and var index)
        {
            _values![index] = value;
        }
        else
        {
            _names!.Add(name);
            _values!.Add(value);
        }
    }

    /// <summary>Sets an item of an array; the number of its items adds one.</summary>
    public void Set(int index, JsonDraft value)
    {
        if (index == Count)
        {
            _values!.Add(value);
        }
        else
        {
            _values![index] = value;
        }
    }

    /// <summary>Where a value stands in an array; -1 when it does not.</summary>
    public int IndexOf(JsonDraft value) => _values?.IndexOf(value) ?? -1;

    public void Remove(string name)
    {
        if (IndexOf(name) is >= 0 and var index)
        {
            _names!.RemoveAt(index);
            _values!.RemoveAt(index);
        }
    }

    public void Remove(JsonDraft value)
    {
        if (_values?.IndexOf(value) is >= 0 and var index)
        {
            _names?.RemoveAt(index);
            _values.RemoveAt(index);
        }
    }

    /// <summary>Removes an item of an array.</summary>
    public void RemoveAt(int index) => _values!.RemoveAt(index);

    /// <summary>The document's bytes.</summary>
    public ReadOnlyMemory<byte> ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, _options))
        {
            Write(writer);
        }

        return buffer.WrittenMemory;
    }

    private int IndexOf(string name) => _names?.IndexOf(name) ?? -1;

    private void Write(Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case JsonItemKind.Object:
                writer.WriteStartObject();
                for (var index = 0; index < _values!.Count; index++)
                {
                    writer.WritePropertyName(_names![index]);
                    _values[index].Write(writer);
                }

                writer.WriteEndObject();
                break;
            case JsonItemKind.Array:
                writer.WriteStartArray();
                foreach (var value in _values!)
                {
                    value.Write(writer);
                }

                writer.WriteEndArray();
                break;
            case JsonItemKind.Text when _raw.IsEmpty:
                writer.WriteStringValue(_text);
                break;
            case JsonItemKind.Null:
                writer.WriteNullValue();
                break;
            case JsonItemKind.True or JsonItemKind.False:
                writer.WriteBooleanValue(Kind == JsonItemKind.True);
                break;
            case JsonItemKind.Number when _raw.IsEmpty:
                writer.WriteRawValue(_text!, skipInputValidation: true);
                break;
            default:
                writer.WriteRawValue(_raw.Span, skipInputValidation: true);
                break;
        }
    }
}
