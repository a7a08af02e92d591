using System.Text.Json;
using System.Text.RegularExpressions;
using InterfaceEngine.Api;

namespace InterfaceEngine.Tests.Api;

/// <summary>Holds every answer that a test's client gets to what the OpenAPI document says of it, so that all tests of the interface are tests of the document as well.</summary>
internal sealed partial class DocumentedAnswers() : DelegatingHandler(new SocketsHttpHandler())
{
    private static readonly JsonElement _document = JsonDocument.Parse(OpenApiDocument.Bytes).RootElement;

    /// <summary>Those without a placeholder first: what a path says word for word is meant by it.</summary>
    private static readonly List<(string Method, Regex Path, string Template)> _endpoints =
    [
        .. ApiEndpoints.All.OrderBy(endpoint => endpoint.Template.Contains('{', StringComparison.Ordinal))
            .Select(endpoint => (endpoint.Method, new Regex($"^{PlaceholderForm().Replace(endpoint.Template, "[^/]+")}$"), endpoint.Template)),
    ];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (_endpoints.Find(one => one.Method == request.Method.Method && one.Path.IsMatch(request.RequestUri!.AbsolutePath)) is { Template: { } template } && (int)answer.StatusCode != 304)
        {
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            var operation = _document.GetProperty("paths").GetProperty(template).GetProperty(request.Method.Method.ToLowerInvariant());
            var problems = Problems(operation.GetProperty("responses"), answer, await answer.Content.ReadAsStringAsync(cancellationToken)).ToList();
            problems.Should().BeEmpty("{0} {1} answers {2} as /openapi.json says", request.Method, template, (int)answer.StatusCode);
        }

        return answer;
    }

    private static IEnumerable<string> Problems(JsonElement responses, HttpResponseMessage answer, string body)
    {
        var described = responses.TryGetProperty($"{(int)answer.StatusCode}", out var own) ? own : responses.GetProperty("default");
        var type = answer.Content.Headers.ContentType?.MediaType ?? "";
        var contents = described.GetProperty("content");
        return !contents.TryGetProperty(type, out var content) && !contents.TryGetProperty("*/*", out content) ? [$"{type} is not said"]
            : type.EndsWith("json", StringComparison.Ordinal) && !type.Contains("ndjson", StringComparison.Ordinal) ? Problems(content.GetProperty("schema"), JsonDocument.Parse(body).RootElement, "$")
            : [];
    }

    private static IEnumerable<string> Problems(JsonElement schema, JsonElement value, string at)
    {
        if (schema.ValueKind is not JsonValueKind.Object)
        {
            return [];
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Problems(reference.GetString()![2..].Split('/').Aggregate(_document, (node, part) => node.GetProperty(part)), value, at);
        }

        if (schema.TryGetProperty("anyOf", out var several))
        {
            var tried = several.EnumerateArray().Select(one => Problems(one, value, at).ToList()).ToList();
            return tried.Exists(one => one.Count == 0) ? [] : tried.MinBy(one => one.Count)!;
        }

        if (schema.TryGetProperty("type", out var type) && !Types(type).Contains(Type(value)) && !(Type(value) == "integer" && Types(type).Contains("number")))
        {
            return [$"{at} is {Type(value)} and not {type}"];
        }

        var wrong = schema.TryGetProperty("const", out var only) && !JsonElement.DeepEquals(only, value)
            || schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value));
        return wrong ? [$"{at} is none of the values that are said"] : value.ValueKind switch
        {
            JsonValueKind.Object => MembersProblems(schema, value, at),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => value.EnumerateArray().SelectMany((one, index) => Problems(items, one, $"{at}[{index}]")),
            _ => [],
        };
    }

    private static IEnumerable<string> MembersProblems(JsonElement schema, JsonElement value, string at)
    {
        foreach (var required in schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()!) : [])
        {
            if (!value.TryGetProperty(required, out _))
            {
                yield return $"{at}.{required} is missing";
            }
        }

        if (!schema.TryGetProperty("properties", out var properties))
        {
            yield break;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(member.Name, out var property))
            {
                yield return $"{at}.{member.Name} is not said";
                continue;
            }

            foreach (var problem in Problems(property, member.Value, $"{at}.{member.Name}"))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind is JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static string Type(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex PlaceholderForm();
}
