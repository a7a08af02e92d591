using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Canonical;

namespace InterfaceEngine.Tests.Core.Mapping.Canonical;

public sealed class MapSchemaTests
{
    private static readonly JsonObject _schema = MapSchema.Make();

    public static TheoryData<string> Shipped => MapImportTests.Shipped;

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_shipped_file_is_valid_against_it(string path) =>
        Faults(_schema, MapImportTests.Export(path, ShippedMappingsTests.Files()[path]), "").Should().BeEmpty();

    [Theory]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a", "as": "txet" }] }""")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "A b" }] }""")]
    [InlineData("""{ "map": "patient", "fields": [{ "hl7": "PID-1" }] }""")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a", "rule": "required" }] }""")]
    [InlineData("""{ "map": "patient", "fileds": [] }""")]
    [InlineData("""{ "codes": "sex", "rows": [{ "code": "male", "hl7": "M" }] }""")]
    [InlineData("""{ "rows": [] }""")]
    public void What_import_would_refuse_for_its_form_is_invalid(string json) =>
        Faults(_schema, JsonNode.Parse(json), "").Should().NotBeEmpty();

    [Fact]
    public void It_says_what_it_is()
    {
        _schema["$schema"]!.GetValue<string>().Should().EndWith("/draft/2020-12/schema");
        _schema["$id"]!.GetValue<string>().Should().Be("urn:interface:map:1");
        Keywords(_schema).Should().BeSubsetOf(["$schema", "$id", "title", "description", "oneOf", "$defs", "$ref", "type", "required", "additionalProperties", "properties", "items", "const", "pattern", "examples"]);
    }

    /// <summary>As much of a validator as the schema has keywords, which the test above holds.</summary>
    private static IEnumerable<string> Faults(JsonObject schema, JsonNode? value, string path)
    {
        if (schema["$ref"] is { } reference)
        {
            foreach (var fault in Faults(_schema["$defs"]![reference.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), value, path))
            {
                yield return fault;
            }
        }

        if (schema["oneOf"] is JsonArray choices && choices.Count(choice => !Faults(choice!.AsObject(), value, path).Any()) != 1)
        {
            yield return $"{path}: not exactly one of the choices: {string.Join("; ", choices.Select(choice => Faults(choice!.AsObject(), value, path).FirstOrDefault()))}";
        }

        if (schema["const"] is { } only && !JsonNode.DeepEquals(only, value))
        {
            yield return $"{path}: not {only}";
        }

        if (schema["type"] is { } types && !(types is JsonArray several ? several.Select(one => one!.ToString()) : [types.ToString()]).Contains(TypeOf(value)))
        {
            yield return $"{path}: is {TypeOf(value)}";
            yield break;
        }

        if (schema["pattern"] is { } pattern && value is JsonValue && value.GetValueKind() == JsonValueKind.String && !Regex.IsMatch(value.GetValue<string>(), pattern.GetValue<string>()))
        {
            yield return $"{path}: does not fit {pattern}";
        }

        foreach (var fault in value switch
        {
            JsonArray items when schema["items"] is JsonObject item => items.SelectMany((one, at) => Faults(item, one, $"{path}/{at}")),
            JsonObject members when schema["properties"] is JsonObject properties =>
                (schema["required"]?.AsArray() ?? []).Where(key => !members.ContainsKey(key!.ToString())).Select(key => $"{path}: needs {key}")
                .Concat(members.SelectMany(member => properties[member.Key] is JsonObject property ? Faults(property, member.Value, $"{path}/{member.Key}")
                    : schema["additionalProperties"]?.GetValue<bool>() == false ? [$"{path}/{member.Key} is unknown"] : [])),
            _ => [],
        })
        {
            yield return fault;
        }
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Number => "integer",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        { } kind => kind.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<string> Keywords(JsonObject schema) => schema.SelectMany(member => member.Key switch
    {
        "properties" or "$defs" => member.Value!.AsObject().SelectMany(one => Keywords(one.Value!.AsObject())).Prepend(member.Key),
        "items" => Keywords(member.Value!.AsObject()).Prepend(member.Key),
        "oneOf" => member.Value!.AsArray().SelectMany(one => Keywords(one!.AsObject())).Prepend(member.Key),
        _ => [member.Key],
    });
}
