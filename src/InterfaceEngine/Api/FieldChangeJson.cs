using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using InterfaceEngine.Control;

namespace InterfaceEngine.Api;

/// <summary>A field that changed as programs get it: a list is a list, as in the record itself; what was not there, or was cleared, is left out.</summary>
internal sealed class FieldChangeJson : JsonConverter<FieldChangeView>
{
    /// <summary>For the description of the interface, which can't see into a converter.</summary>
    public static JsonObject Schema => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["name"] = Text(), ["before"] = TextOrList(), ["after"] = TextOrList(), ["cell"] = Text() },
        ["required"] = new JsonArray("name"),
    };

    public override FieldChangeView Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var ((before, itemsBefore), (after, itemsAfter)) = (Value(document.RootElement, "before"), Value(document.RootElement, "after"));
        var name = document.RootElement.GetProperty("name").GetString()!;
        return new FieldChangeView(name, before, after, Value(document.RootElement, "cell").Text) { ItemsBefore = itemsBefore, ItemsAfter = itemsAfter };
    }

    public override void Write(Utf8JsonWriter writer, FieldChangeView value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("name", value.Name);
        Write(writer, "before", value.Before, value.ItemsBefore);
        Write(writer, "after", value.After, value.ItemsAfter);
        if (value.Cell is { } cell)
        {
            writer.WriteString("cell", cell);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, string? text, IReadOnlyList<string>? items)
    {
        if (items is not null)
        {
            writer.WriteStartArray(name);
            foreach (var item in items)
            {
                writer.WriteStringValue(item);
            }

            writer.WriteEndArray();
        }
        else if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static (string? Text, IReadOnlyList<string>? Items) Value(JsonElement change, string name)
    {
        if (!change.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return default;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return (value.GetString(), null);
        }

        var items = value.EnumerateArray().Select(item => item.GetString()!).ToList();
        return (string.Join(", ", items), items);
    }

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject TextOrList() => new() { ["anyOf"] = new JsonArray(Text(), new JsonObject { ["type"] = "array", ["items"] = Text() }) };
}
