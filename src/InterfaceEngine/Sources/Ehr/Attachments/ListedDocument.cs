using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Sources.Ehr.Attachments;

/// <summary>
/// A document of athenaNet's list, which says nothing of its content: that is had page by page, once the document was read. What was fetched stands beside what athenaNet says
/// of the document (<c>fetched</c>), so that one document tells all of it to the intake.
/// </summary>
/// <param name="Patient">Whose.</param>
/// <param name="Class">As its address has it.</param>
/// <param name="Id">Its number.</param>
/// <param name="Fingerprint">When it was made and changed last, as the list says, in 32 hexadecimal digits: another says that its content is to be fetched anew.</param>
internal sealed record ListedDocument(string Patient, string Class, string Id, string Fingerprint)
{
    /// <summary>The kind of the documents.</summary>
    public const string Kind = AthenaDocuments.ListKind;

    /// <summary>The most pages of one document.</summary>
    private const int PagesMax = 20;

    private static readonly string[] _said = ["documentclass", "createddatetime", "lastmodifieddatetime", "lastmodifieddate"];

    /// <summary>Null where it is no such row, and where the document was deleted.</summary>
    public static ListedDocument? Of(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var row = parsed.RootElement;
            return row.Text("documentid") is { } id && row.Text("documentclass") is { } documentClass && row.Text("patientid") is { } patient && row.Text("status") != "DELETED"
                ? new ListedDocument(patient, documentClass.ToLowerInvariant(), id, WantedContent.FingerprintOf(_said.Select(name => row.Text(name))))
                : null;
        }
        catch (JsonException)
        {
            // What is no good document the intake refuses, and says why.
            return null;
        }
    }

    /// <summary>The file as it was filed where the document names it, else its pages in their order.</summary>
    /// <param name="row">The document as it was read.</param>
    public static IReadOnlyList<WantedContent> Wanted(JsonElement row) =>
        row.Objects("originaldocument").Select(Content).OfType<WantedContent>().Take(1).ToList() is { Count: 1 } original ? original
        : [.. row.Objects("pages").OrderBy(page => page.Number("pageordering")).Select(Content).OfType<WantedContent>().Take(PagesMax)];

    /// <summary>The document with what was fetched of it.</summary>
    public EhrDocument With(JsonElement row, IReadOnlyList<FetchedContent> contents)
    {
        var document = AthenaDocument.Of(AthenaCalls.Get(Kind["GET ".Length..]), row, ("patientid", Patient));
        var all = JsonNode.Parse(document.Json.Span)!.AsObject();
        var fetched = contents.Where(content => content.Missing is null);
        IEnumerable<string> missing = contents.Count == 0 ? ["it has no pages"] : contents.Select(content => content.Missing).OfType<string>();
        all["fetched"] = new JsonObject
        {
            ["of"] = Fingerprint,
            ["contents"] = new JsonArray([.. fetched.Select(content => new JsonObject { ["contentType"] = content.Type, ["data"] = Convert.ToBase64String(content.Bytes.Span) })]),
            ["missing"] = new JsonArray([.. missing.Select(reason => JsonValue.Create(reason))]),
        };
        return document with { Json = Encoding.UTF8.GetBytes(all.ToJsonString()) };
    }

    /// <summary>The document as it was told, with why it could not be read. Of what it is said to be stays open, so that it is tried again when it is told of again.</summary>
    public static EhrDocument Without(string told, string reason)
    {
        var all = JsonNode.Parse(told)!.AsObject();
        all["fetched"] = new JsonObject { ["missing"] = new JsonArray(JsonValue.Create(reason)) };
        return new EhrDocument(Kind, Encoding.UTF8.GetBytes(all.ToJsonString()));
    }

    private static WantedContent? Content(JsonElement page) => page.Text("href") is not { } address ? null
        : new WantedContent(address, WantedContent.MediaType(page.Text("contenttype")), WantedContent.Bytes(page.Text("filesize")), null)
        {
            Of = EhrInterface.Rest,
            Template = AthenaDocuments.PageTemplate,
        };
}
