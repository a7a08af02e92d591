using System.Runtime.InteropServices;
using System.Text.Json;
using InterfaceEngine.Core.Fhir;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>A resource as a server gave it.</summary>
/// <param name="Type">E.g. <c>Observation</c>.</param>
/// <param name="Id">The server's; empty where it gave none.</param>
/// <param name="Json">It, UTF-8, byte for byte.</param>
internal sealed record FhirResource(string Type, string Id, ReadOnlyMemory<byte> Json)
{
    /// <summary>How the tables name resources of a type: <c>FHIR Observation</c>.</summary>
    public static string KindOf(string type) => $"FHIR {type}";

    /// <summary>Which version it is (<c>ETag</c>), to be given back with an update; null when the server did not say.</summary>
    public string? ETag { get; init; }

    /// <summary>The server's clock when it gave it.</summary>
    public DateTimeOffset ServerTime { get; init; }

    public EhrDocument Document => new(KindOf(Type), Json);

    /// <summary>Null for an object that is no resource.</summary>
    public static FhirResource? Of(JsonElement resource) =>
        FhirJson.Text(resource, "resourceType") is { } type && IsType(type) ? new FhirResource(type, FhirJson.Text(resource, "id") ?? "", JsonMarshal.GetRawUtf8Value(resource).ToArray()) : null;

    /// <summary>Why a word that somebody chose is no type of resource of R4; null when it is one. A word that is no name at all is not repeated.</summary>
    public static string? WhyNoType(string word) => R4Resources.All.Contains(word) ? null
        : IsType(word) ? $"{word} is no type of resource of FHIR R4: they are written Patient, Observation, DiagnosticReport."
        : "One of the types is no type of resource: they are written Patient, Observation, DiagnosticReport.";

    /// <summary>Whether a text can be a type of resource; whatever a server sends may stand in its place.</summary>
    public static bool IsType(string text) => text.Length is > 0 and <= 64 && char.IsAsciiLetterUpper(text[0]) && text.All(char.IsAsciiLetter);
}

/// <summary>One page of a search.</summary>
/// <param name="Resources">What was found, and what the server adds to it.</param>
/// <param name="ServerTime">The server's clock.</param>
internal sealed record FhirPage(IReadOnlyList<FhirResource> Resources, DateTimeOffset ServerTime)
{
    /// <summary>What the server has to say of the search itself: parameters that it left out, patients whose chart is closed.</summary>
    public IReadOnlyList<FhirIssue> Issues { get; init; } = [];

    /// <summary>Where it goes on; null on the last page. It is used byte for byte and may hold a patient's number: it is never logged.</summary>
    public string? Next { get; init; }
}

/// <summary>Members of documents that can be anything.</summary>
internal static class FhirJson
{
    /// <summary>A member's text; null when it is none or there is none.</summary>
    public static string? Text(JsonElement one, string name) =>
        one.ValueKind is JsonValueKind.Object && one.TryGetProperty(name, out var member) ? member.TextOrNull() : null;

    /// <summary>A member; of the kind <see cref="JsonValueKind.Undefined"/> when there is none.</summary>
    public static JsonElement Member(JsonElement one, string name) => one.ValueKind is JsonValueKind.Object && one.TryGetProperty(name, out var member) ? member : default;

    /// <summary>The items of a member; none when it is no list.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement one, string name) => Member(one, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>The address of a link, by its relation; null when there is none.</summary>
    public static string? Link(JsonElement one, string relation) =>
        Items(one, "link").Where(link => Text(link, "relation") == relation).Select(link => Text(link, "url")).FirstOrDefault(url => url is { Length: > 0 });
}
