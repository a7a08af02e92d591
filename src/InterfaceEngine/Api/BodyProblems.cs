using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Api;

/// <summary>
/// What is wrong with a body that could not be read: each member by its name, what it is, and what was expected. It quotes no value, since that may be a patient's, and no
/// name that does not look like one.
/// </summary>
internal static class BodyProblems
{
    private const int NameLengthMax = 40;
    private const int ToldMax = 5;

    private static readonly Dictionary<Type, string> _expected = new()
    {
        [typeof(string)] = "a text",
        [typeof(int)] = "a whole number",
        [typeof(bool)] = "true or false",
        [typeof(DateTimeOffset)] = "a time such as 2024-01-15T10:00:00Z",
        [typeof(IReadOnlyList<string>)] = "a list of texts",
        [typeof(IReadOnlyList<SaidField>)] = "an object with texts and lists of texts, each name once,",
    };

    /// <param name="body">As it came.</param>
    /// <param name="type">The shape that was expected.</param>
    /// <returns>In the order of the body; empty when nothing is wrong that can be told.</returns>
    public static IReadOnlyList<string> Of(ReadOnlyMemory<byte> body, JsonTypeInfo type)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? [.. Members(document.RootElement, type).Take(ToldMax)]
                : [$"It is {Kind(document.RootElement)}, and an object is expected."];
        }
        catch (JsonException wrong)
        {
            return [$"It is no JSON: see line {(wrong.LineNumber ?? 0) + 1}, byte {(wrong.BytePositionInLine ?? 0) + 1}."];
        }
    }

    private static IEnumerable<string> Members(JsonElement body, JsonTypeInfo type)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var known = type.Properties.Select(property => property.Name).ToList();
        foreach (var member in body.EnumerateObject())
        {
            if (type.Properties.FirstOrDefault(property => property.Name == member.Name) is not { } property)
            {
                yield return $"{Named(member.Name)} is not known: {string.Join(", ", known)} are.{Spelling.DidYouMean(member.Name, known)}";
            }
            else if (!seen.Add(member.Name))
            {
                yield return $"{property.Name} is there twice.";
            }
            else if (!Fits(member.Value, property, type.Options))
            {
                yield return $"{property.Name} is {Kind(member.Value)}, and {Expected(property)} is expected.";
            }
        }

        foreach (var property in type.Properties.Where(property => property.IsRequired && !seen.Contains(property.Name)))
        {
            yield return $"{property.Name} is missing, and {Expected(property)} is expected.";
        }
    }

    private static bool Fits(JsonElement value, JsonPropertyInfo property, JsonSerializerOptions options)
    {
        if (value.ValueKind is JsonValueKind.Null)
        {
            return property.IsSetNullable;
        }

        try
        {
            value.Deserialize(options.GetTypeInfo(property.PropertyType));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Expected(JsonPropertyInfo property) => _expected.GetValueOrDefault(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, "another kind of value");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static string Named(string name) => name.Length <= NameLengthMax && name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '-') ? name : "A member";
}
