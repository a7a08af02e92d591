using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Ehr;

namespace InterfaceEngine.Sources.Ehr.Attachments;

/// <summary>
/// A DocumentReference whose contents lie elsewhere. What was fetched is put where the resource would have had it (<c>data</c>), and why not is said beside it, so that one
/// document tells all of it to the intake and stands in the messages like every other.
/// </summary>
internal sealed class AttachedDocument
{
    /// <summary>The kind of the documents.</summary>
    public const string Kind = "FHIR DocumentReference";

    public const string Resource = "DocumentReference";

    /// <summary>The most bytes of all contents of one document: in base64 it is still one that the intake takes.</summary>
    public const int BytesMax = 20 * 1024 * 1024;

    /// <summary>The most contents of one document.</summary>
    private const int ContentsMax = 20;

    private const string NotFetched = "urn:practicestudio:not-fetched";
    private const string FetchedOf = "urn:practicestudio:fetched-of";

    /// <summary>What tells one content from another.</summary>
    private static readonly string[] _said = ["url", "hash", "size", "creation"];

    private readonly JsonObject _resource;
    private readonly List<JsonObject> _lying;

    private AttachedDocument(JsonObject resource, List<JsonObject> lying) => (_resource, _lying) = (resource, lying);

    /// <summary>Its id at its server.</summary>
    public string Id => Text(_resource, "id")!;

    /// <summary>
    /// Where its contents lie and what is said of them, in 32 hexadecimal digits: another says that they are to be fetched anew. Where one has no hash it may be
    /// another under the same address, of the same size, so that the version of the resource counts as well.
    /// </summary>
    public string Fingerprint => WantedContent.FingerprintOf(_lying.SelectMany(one => _said.Select(name => one[name]?.ToString())).Concat(IsHashed || Version is null ? [] : [Version]));

    /// <summary>As it came, without what the engine adds.</summary>
    public string Told => _resource.ToJsonString();

    private bool IsHashed => _lying.TrueForAll(one => Text(one, "hash") is { Length: > 0 });

    /// <summary>As its server counts it, else when the server changed it last; null where neither is said.</summary>
    private string? Version => _resource["meta"] is not JsonObject meta ? null
        : Text(meta, "versionId") is { Length: > 0 } version ? version
        : Text(meta, "lastUpdated");

    public IReadOnlyList<WantedContent> Wanted =>
        [.. _lying.Select(one => new WantedContent(Text(one, "url")!, WantedContent.MediaType(Text(one, "contentType")), WantedContent.Bytes(one["size"]?.ToString()), Text(one, "hash")))];

    /// <summary>Null where none of its contents lies elsewhere, and where it is no such resource.</summary>
    public static AttachedDocument? Of(ReadOnlyMemory<byte> json)
    {
        try
        {
            if (JsonNode.Parse(json.Span) is not JsonObject resource || Text(resource, "resourceType") != Resource || Text(resource, "id") is null || resource["content"] is not JsonArray contents)
            {
                return null;
            }

            var lying = contents.OfType<JsonObject>().Select(content => content["attachment"]).OfType<JsonObject>()
                .Where(attachment => attachment["data"] is null && Text(attachment, "url") is { Length: > 0 }).Take(ContentsMax).ToList();
            return lying.Count == 0 ? null : new AttachedDocument(resource, lying);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or InvalidOperationException)
        {
            // What is no good document the intake refuses, and says why.
            return null;
        }
    }

    /// <summary>Puts in what was fetched, in the order of <see cref="Wanted"/>.</summary>
    public ReadOnlyMemory<byte> With(IReadOnlyList<FetchedContent> contents)
    {
        var fingerprint = Fingerprint;
        foreach (var (attachment, content) in _lying.Zip(contents))
        {
            if (content.Missing is { } reason)
            {
                Say(attachment, NotFetched, reason);
                continue;
            }

            attachment["data"] = Convert.ToBase64String(content.Bytes.Span);
            attachment["contentType"] ??= content.Type;
        }

        Say(_lying[0], FetchedOf, fingerprint);
        return Encoding.UTF8.GetBytes(_resource.ToJsonString());
    }

    /// <summary>Says why nothing of it could be fetched. Of what it is said to be stays open, so that it is tried again when it is told of again.</summary>
    public ReadOnlyMemory<byte> Without(string reason)
    {
        Say(_lying[0], NotFetched, reason);
        return Encoding.UTF8.GetBytes(_resource.ToJsonString());
    }

    private static void Say(JsonObject attachment, string url, string text)
    {
        if (attachment["extension"] is not JsonArray extensions)
        {
            attachment["extension"] = extensions = [];
        }

        extensions.Add(new JsonObject { ["url"] = url, ["valueString"] = text });
    }

    private static string? Text(JsonObject node, string name) => node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <param name="Address">As the resource has it.</param>
/// <param name="Type">Its media type without parameters; null where none is said.</param>
/// <param name="Size">In bytes, as the resource says; null where it does not.</param>
/// <param name="Hash">Its SHA-1 in base64; null where none is said.</param>
internal sealed record WantedContent(string Address, string? Type, long? Size, string? Hash)
{
    /// <summary>Of which interface it is, and by what name its call is known.</summary>
    public EhrInterface Of { get; init; } = EhrInterface.Fhir;

    /// <inheritdoc cref="Of"/>
    public string Template { get; init; } = "/Binary/{id}";

    /// <summary>A media type without its parameters: of <c>Text/HTML; charset=utf-8</c> it is <c>text/html</c>.</summary>
    public static string? MediaType(string? said) => said?.Split(';')[0].Trim().ToLowerInvariant();

    /// <summary>A size as it is said; null where it is no number.</summary>
    public static long? Bytes(string? said) => long.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;

    /// <summary>What tells contents from others, in 32 hexadecimal digits.</summary>
    public static string FingerprintOf(IEnumerable<string?> said) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', said))), 0, 16);
}

/// <summary>A content, or why there is none.</summary>
internal sealed record FetchedContent
{
    public ReadOnlyMemory<byte> Bytes { get; init; }

    public string? Type { get; init; }

    /// <summary>Why it is not there, without a patient's value; null when it is.</summary>
    public string? Missing { get; init; }

    public static FetchedContent None(string reason) => new() { Missing = reason };
}
