using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Canonical;

/// <summary>The JSON Schema (2020-12) of what <see cref="MapExport"/> gives and <see cref="MapImport"/> takes, made of the same shapes.</summary>
public static class MapSchema
{
    public static JsonObject Make()
    {
        var kinds = new JsonObject(CanonicalShape.All.Select(shape => KeyValuePair.Create<string, JsonNode?>(shape.Key, Kind(shape))));
        kinds["layout"] = Layout();
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = MapExport.Schema,
            ["title"] = "A mapping file",
            ["description"] = "A map, a code table, a reference table or filters. A cell that is not there is empty; null is -, which says that there is none.",
            ["oneOf"] = new JsonArray([.. CanonicalShape.All.Select(shape => new JsonObject { ["$ref"] = $"#/$defs/{shape.Key}" })]),
            ["$defs"] = kinds,
        };
    }

    private static JsonObject Kind(CanonicalShape shape)
    {
        var properties = new JsonObject
        {
            ["$schema"] = new JsonObject { ["const"] = MapExport.Schema },
            ["file"] = new JsonObject { ["type"] = "string", ["description"] = "Its path below the mapping folder." },
        };
        foreach (var key in shape.Keys)
        {
            properties[CanonicalShape.Property(key)] = key == shape.Key ? new JsonObject { ["type"] = "string" } : Value(CanonicalShape.FormOf(key));
        }

        foreach (var table in shape.Tables)
        {
            properties[table.Property] = new JsonObject { ["type"] = "array", ["items"] = table.Columns.Count == 0 ? new JsonObject { ["type"] = "string" } : Row(table) };
        }

        properties["layout"] = new JsonObject { ["$ref"] = "#/$defs/layout" };
        return Object([shape.Key], properties);
    }

    private static JsonObject Row(CanonicalTable table) => Object(
        [table.Columns[0].Property],
        new JsonObject(table.Columns.Select((column, at) => KeyValuePair.Create<string, JsonNode?>(column.Property, Column(column, isName: at == 0)))));

    private static JsonObject Column(CanonicalColumn column, bool isName)
    {
        var value = isName && column.Form != CanonicalForm.List ? new JsonObject { ["type"] = "string" } : Value(column.Form);
        switch (column.Property)
        {
            case "field":
                value["pattern"] = MapFileReader.NamePattern;
                break;
            case "as":
                value["pattern"] = $"^({string.Join('|', AsParser.Types.Except(["code", "ref"]))}|code [^ ]+|ref [^ ]+|x:[^ ]+)( like '.*')?$";
                break;
            case "hl7" when column.Form == CanonicalForm.Text:
                value["examples"] = new JsonArray("PID-5.1", "PID-13[3=CP]");
                break;
            case "fhir" when column.Form == CanonicalForm.Text:
                value["examples"] = new JsonArray("birthDate", "telecom[system=phone,use=home?].value", "id like 'a-{practice}.E-{}' or id");
                break;
        }

        return value;
    }

    private static JsonObject Value(CanonicalForm form) => form switch
    {
        CanonicalForm.Number => new JsonObject { ["type"] = new JsonArray("integer", "string", "null") },
        CanonicalForm.List or CanonicalForm.Rules or CanonicalForm.Codes => new JsonObject { ["type"] = new JsonArray("array", "null"), ["items"] = new JsonObject { ["type"] = "string" } },
        _ => new JsonObject { ["type"] = new JsonArray("string", "null") },
    };

    private static JsonObject Layout() => new()
    {
        ["description"] = "The file from top to bottom: lines of prose, the header's lines, and where its tables stand. It means nothing and may be left out.",
        ["type"] = "array",
        ["items"] = new JsonObject
        {
            ["oneOf"] = new JsonArray(
                new JsonObject { ["type"] = "string" },
                Object(["header"], new JsonObject { ["header"] = new JsonObject { ["type"] = "string" }, ["comment"] = new JsonObject { ["type"] = "string" } }),
                Object(["table"], new JsonObject
                {
                    ["table"] = new JsonObject { ["type"] = "string" },
                    ["columns"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
                    ["rows"] = new JsonObject { ["type"] = "integer" },
                })),
        },
    };

    private static JsonObject Object(string[] required, JsonObject properties) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray([.. required.Select(key => JsonValue.Create(key))]),
        ["additionalProperties"] = false,
        ["properties"] = properties,
    };
}
