using System.Text;
using InterfaceEngine.Core.Json;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// A FHIR resource that its server has deleted. A Bundle says so by an entry without a resource whose request is <c>DELETE Observation/12</c>: the
/// <c>deleted</c> files of a bulk export, histories and notifications. It is withdrawn as one that was entered in error is, where it is known; nothing is
/// made of it, and nothing that was taken of it goes away.
/// </summary>
public sealed record DeletedResource
{
    private DeletedResource(string type, string id)
    {
        Type = type;
        Id = id;
    }

    /// <summary>The resource's type, e.g. <c>Observation</c>.</summary>
    public string Type { get; }

    /// <summary>Its id on that server.</summary>
    public string Id { get; }

    /// <summary>
    /// The field that holds the id of the resource a record was told by, where the record is known by something else: a value by its result
    /// and code, an allergy by its substance. Where a map has no such field, the id is the record's own.
    /// </summary>
    public const string Field = "resource_id";

    /// <summary>What the maps list it as, which is what they list the resource as: <c>FHIR Observation</c>.</summary>
    public string Message => JsonMessage.FhirPrefix + Type;

    /// <summary>Every deletion that a Bundle tells of, in order; none for another document.</summary>
    /// <param name="body">The document.</param>
    /// <param name="unread">How many deletions name no type and id, such as one by a condition: which is meant can't be known.</param>
    public static IReadOnlyList<DeletedResource> In(JsonBody body, out int unread)
    {
        unread = 0;
        if (!body.Root["resourceType"u8].Says("Bundle"u8))
        {
            return [];
        }

        var deleted = new List<DeletedResource>();
        foreach (var entry in body.Root["entry"u8])
        {
            if (entry["resource"u8].IsPresent || !entry["request"u8]["method"u8].Says("DELETE"u8))
            {
                continue;
            }

            if (entry["request"u8]["url"u8].TryDecode(out var url) && Parse(url) is { } one)
            {
                deleted.Add(one);
            }
            else
            {
                unread++;
            }
        }

        return deleted;
    }

    /// <summary><c>Observation/12</c>, also behind the address of a server and before a version; null for anything else.</summary>
    public static DeletedResource? Parse(string url)
    {
        var parts = url.Split('/');
        var end = Array.IndexOf(parts, "_history") is var history and > 0 ? history : parts.Length;
        return end >= 2 && IsType(parts[end - 2]) && JsonReference.IsId(parts[end - 1]) ? new DeletedResource(parts[end - 2], parts[end - 1]) : null;
    }

    /// <summary>A document of this one deletion, which can be read, kept, accounted for and taken up again by itself.</summary>
    /// <param name="at">When it was so, by the server's clock.</param>
    public byte[] ToDocument(Instant at) => Encoding.UTF8.GetBytes(
        $$$"""{"resourceType":"Bundle","meta":{"lastUpdated":"{{{InstantPattern.ExtendedIso.Format(at)}}}"},"type":"transaction","entry":[{"request":{"method":"DELETE","url":"{{{Type}}}/{{{Id}}}"}}]}""");

    /// <summary>What is left of the resource: what it was and its id, to be read by the rows that read these.</summary>
    internal JsonBody Remains() => JsonBody.Parse(Encoding.UTF8.GetBytes($$"""{"resourceType":"{{Type}}","id":"{{Id}}"}"""));

    private static bool IsType(string text) => text.Length is > 0 and <= 64 && char.IsAsciiLetterUpper(text[0]) && text.All(char.IsAsciiLetter);
}
