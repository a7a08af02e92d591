using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Api;

/// <summary>What a caller says of a record, by the names of the practice's table, in the form in which records are read: a list is a list, and null or an empty text clears.</summary>
internal sealed class SaidFieldsJson : JsonConverter<IReadOnlyList<SaidField>>
{
    /// <summary>For the description of the interface, which can't see into a converter.</summary>
    public static JsonObject Schema => new()
    {
        ["type"] = "object",
        ["description"] = "Fields by the names of the practice's table of patients, as GET /api/records/patient/{id} has them.",
        ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(Of("string"), Of("boolean"), Of("null"), new JsonObject { ["type"] = "array", ["items"] = Of("string") }) },
    };

    public override IReadOnlyList<SaidField> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var said = new List<SaidField>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            said.Add(said.TrueForAll(one => one.Name != name) ? new SaidField(name, Values(ref reader)) : throw new JsonException());
        }

        return said;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<SaidField> value, JsonSerializerOptions options) => throw new NotSupportedException("what is said is only read");

    private static List<string> Values(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return [];
            case JsonTokenType.String:
                return [reader.GetString()!];
            case JsonTokenType.True:
                return ["true"];
            case JsonTokenType.False:
                return ["false"];
            case JsonTokenType.StartArray:
                var values = new List<string>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    values.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException());
                }

                return values;
            default:
                throw new JsonException();
        }
    }

    private static JsonObject Of(string name) => new() { ["type"] = name };
}
