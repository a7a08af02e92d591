using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using InterfaceEngine.Control;
using InterfaceEngine.Intake;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api;

/// <summary>The interface as an OpenAPI 3.1 document, made from the table of endpoints and from the shapes that are really read and written.</summary>
internal static class OpenApiDocument
{
    private const string Problems = "A problem (RFC 9457): 400 makes no sense, 401 no key or a bad one, 403 role, practice or address, 404 no such thing, "
        + "409 understood and not done, 412 changed meanwhile, 413 too large, 415 no JSON, 429 too many bad keys, 500 failed, 503 not available now.";

    private static readonly JsonSchemaExporterOptions _schemas = new()
    {
        TreatNullObliviousAsNonNullable = true,

        // Some are written by converters of our own, of which the exporter knows nothing.
        TransformSchemaNode = (context, schema) => (Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type) switch
        {
            var type when type == typeof(DateTimeOffset) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            var type when type == typeof(IReadOnlyList<FieldChangeView>) => new JsonObject { ["type"] = "array", ["items"] = FieldChangeJson.Schema },
            var type when type == typeof(IReadOnlyList<SaidField>) => SaidFieldsJson.Schema,
            _ => WithoutNulls(context.TypeInfo, schema),
        },
    };

    /// <summary>What a body of somebody else's form may call itself.</summary>
    private static readonly string[] _formTypes = ["application/json", "application/fhir+json"];

    /// <summary>Made once, at the first question.</summary>
    public static byte[] Bytes => field ??= Encoding.UTF8.GetBytes(Make().ToJsonString(new JsonSerializerOptions { WriteIndented = true }));

    /// <summary>What is null is left out of an answer (<see cref="ApiJson"/>), so what may be null is not to be counted on.</summary>
    private static JsonNode WithoutNulls(JsonTypeInfo type, JsonNode schema)
    {
        if (type.Kind is JsonTypeInfoKind.Object && schema["required"] is JsonArray required)
        {
            var left = required.Select(name => name!.GetValue<string>()).Where(name => type.Properties.Any(property => property.Name == name && !property.IsGetNullable)).ToList();
            schema["required"] = new JsonArray([.. left.Select(name => JsonValue.Create(name))]);
        }

        return schema;
    }

    private static JsonObject Make()
    {
        var paths = new JsonObject();
        foreach (var path in ApiEndpoints.All.GroupBy(endpoint => endpoint.Template))
        {
            paths[path.Key] = new JsonObject([.. path.Select(endpoint => KeyValuePair.Create(endpoint.Method.ToLowerInvariant(), (JsonNode?)Operation(endpoint)))]);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Interface engine",
                ["version"] = EngineOperations.ProgramVersion,
                ["description"] = "Records, changes, appointments and connections to EHR vendors. Every answer bears X-Request-Id, which the log of calls has too.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["header"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" },
                },
                ["schemas"] = new JsonObject { ["Problem"] = Problem(isOfGuides: false), ["GuideProblem"] = Problem(isOfGuides: true) },
            },
        };
    }

    private static JsonObject Operation(ApiEndpoint endpoint)
    {
        var operation = new JsonObject
        {
            ["operationId"] = OperationId(endpoint),
            ["tags"] = new JsonArray(endpoint.Group),
            ["summary"] = endpoint.Summary,
            ["description"] = endpoint.Roles is { } roles ? $"Roles: {string.Join(", ", roles)}. {Words(endpoint.Scope)}" : "Needs no key.",
            ["security"] = endpoint.Roles is null ? new JsonArray() : new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["header"] = new JsonArray() }),
            ["responses"] = Responses(endpoint),
        };
        if (endpoint.Parameters.Count > 0)
        {
            operation["parameters"] = new JsonArray([.. endpoint.Parameters.Select(Parameter)]);
        }

        if (endpoint.Bodies.Count > 0 || endpoint.BodyExample is not null)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = !endpoint.IsBodyOptional,
                ["content"] = new JsonObject { ["application/json"] = Content(endpoint.Bodies, endpoint.BodyExample) },
            };
        }

        if (endpoint.Forms.Count > 0)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject([.. _formTypes.Select(type => KeyValuePair.Create(type, (JsonNode?)Content(endpoint.Forms)))]),
            };
        }

        return operation;
    }

    private static JsonObject Responses(ApiEndpoint endpoint)
    {
        var good = new JsonObject();
        foreach (var type in endpoint.ContentTypes)
        {
            var isJson = type.EndsWith("json", StringComparison.Ordinal) && !type.Contains("ndjson", StringComparison.Ordinal);
            good[type] = isJson ? Content(endpoint.Results, endpoint.ResultExample) : new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        }

        var problem = new JsonObject { ["$ref"] = $"#/components/schemas/{(endpoint.IsOfGuides ? "GuideProblem" : "Problem")}" };
        var responses = new JsonObject
        {
            [Text(endpoint.Status)] = new JsonObject { ["description"] = endpoint.Summary, ["content"] = good },
            ["default"] = new JsonObject
            {
                ["description"] = Problems,
                ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = problem } },
            },
        };
        foreach (var (status, means) in endpoint.FurtherStatuses)
        {
            responses[Text(status)] = new JsonObject { ["description"] = means };
            if (status != StatusCodes.Status304NotModified)
            {
                responses[Text(status)]!["content"] = good.DeepClone();
            }
        }

        return responses;
    }

    private static JsonNode Parameter(ApiParameter parameter)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Choices.Count > 0)
        {
            schema["enum"] = new JsonArray([.. parameter.Choices.Select(choice => JsonValue.Create(choice))]);
        }

        var node = new JsonObject { ["name"] = parameter.Name, ["in"] = parameter.Place, ["required"] = parameter.IsRequired, ["description"] = parameter.Description, ["schema"] = schema };
        if (parameter.Example is { } example)
        {
            node["example"] = example;
        }

        return node;
    }

    /// <summary>Of several shapes it is one.</summary>
    private static JsonObject Content(IReadOnlyList<JsonTypeInfo> types, string? example)
    {
        var schemas = types.Select(type => type.GetJsonSchemaAsNode(_schemas)).ToList();
        var content = new JsonObject { ["schema"] = schemas is [var only] ? only : schemas.Count == 0 ? new JsonObject() : new JsonObject { ["anyOf"] = new JsonArray([.. schemas]) } };
        if (example is not null)
        {
            content["example"] = JsonNode.Parse(example);
        }

        return content;
    }

    private static JsonObject Content(IReadOnlyList<ApiForm> forms) => new()
    {
        ["schema"] = new JsonObject { ["oneOf"] = new JsonArray([.. forms.Select(Schema)]) },
        ["examples"] = new JsonObject([.. forms.Select(form => KeyValuePair.Create(form.Name, (JsonNode?)new JsonObject { ["summary"] = form.Summary, ["value"] = JsonNode.Parse(form.Example) }))]),
    };

    private static JsonNode Schema(ApiForm form)
    {
        var schema = JsonNode.Parse(form.Schema)!.AsObject();
        schema["title"] = form.Name;
        schema["description"] = form.Summary;
        return schema;
    }

    private static JsonObject Problem(bool isOfGuides)
    {
        var properties = new JsonObject();
        if (isOfGuides)
        {
            properties["success"] = new JsonObject { ["const"] = false };
            properties["error"] = new JsonObject { ["type"] = "string" };
        }

        foreach (var (name, type) in new[] { ("type", "string"), ("title", "string"), ("status", "integer"), ("detail", "string"), ("requestId", "string") })
        {
            properties[name] = new JsonObject { ["type"] = type };
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray([.. properties.Select(one => JsonValue.Create(one.Key))]) };
    }

    private static string Words(ApiScope scope) => scope switch
    {
        ApiScope.OnePractice => "It speaks of one practice, which must be among the key's.",
        ApiScope.KeysPractices => "It speaks of the key's practices alone.",
        ApiScope.AllPractices => "It speaks of all practices: a key that is bound to some does not open it.",
        _ => "It speaks of no practice.",
    };

    /// <summary>E.g. <c>get_api_records_type_id</c>.</summary>
    private static string OperationId(ApiEndpoint endpoint) =>
        string.Concat($"{endpoint.Method.ToLowerInvariant()}{endpoint.Template}".Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'))
            .Replace("__", "_", StringComparison.Ordinal).TrimEnd('_');

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
