using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Attachments;

/// <summary>
/// Documents whose contents are to be fetched: those that are new, and those that say another address, size, hash or version than what was fetched for them.
/// </summary>
/// <param name="store">Keeps it, and the documents.</param>
/// <param name="connection">The connection.</param>
/// <param name="documents">Knows what the practice's tables read.</param>
/// <param name="time">The clock.</param>
internal sealed class AttachmentQueue(IEngineStore store, ConnectionOptions connection, VendorDocuments documents, TimeProvider time)
{
    /// <summary>The field that says of what the stored contents are.</summary>
    private const string Of = "file.of";

    private const string RecordType = "document";

    /// <summary>The most characters of a document that wait with it: a larger one brings contents along, of which a queue is no place.</summary>
    private const int ToldMax = 256 * 1024;

    /// <summary>Whether contents are fetched at all.</summary>
    public bool IsUsed => connection.Attachments.IsFetched && documents.IsRead(connection.Practice, connection.IsChartByRest ? ListedDocument.Kind : AttachedDocument.Kind);

    /// <summary>What was fetched in the hour that runs.</summary>
    public AttachmentHour Hour { get; } = new(store.Connections, connection);

    /// <summary>The documents, each once.</summary>
    public WaitingQueue<WaitingDocument> Waiting { get; } = new(store.Connections, $"attachments {connection.Id}");

    /// <summary>Adds those of some documents that are to be fetched.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task AddAsync(IEnumerable<EhrDocument> taken, CancellationToken cancellationToken)
    {
        foreach (var document in IsUsed ? taken : [])
        {
            if (document.Kind == AttachedDocument.Kind && AttachedDocument.Of(document.Json) is { } attached && !await IsFetchedAsync(attached, cancellationToken))
            {
                await AddAsync(new WaitingDocument { Id = attached.Id, Told = Kept(attached.Told), ToldAt = time.GetUtcNow() }, cancellationToken);
            }
            else if (document.Kind == ListedDocument.Kind && ListedDocument.Of(document.Json) is { } listed && !await IsFetchedAsync(listed, cancellationToken))
            {
                await AddAsync(new WaitingDocument { Id = listed.Id, Listed = listed, Told = Kept(Encoding.UTF8.GetString(document.Json.Span)), ToldAt = time.GetUtcNow() }, cancellationToken);
            }
        }
    }

    private static string? Kept(string told) => told.Length <= ToldMax ? told : null;

    /// <summary>A name is plain, and an id may say something.</summary>
    private Task AddAsync(WaitingDocument waiting, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(waiting.Id)), 0, 16);
        return Waiting.AddAsync(connection.Practice, connection.Id, name, waiting, TimeSpan.Zero, cancellationToken);
    }

    private async Task<bool> IsFetchedAsync(AttachedDocument attached, CancellationToken cancellationToken)
    {
        var stored = await store.LookAsync(reader => reader.Records(connection.Practice, new LookUpKey(RecordType, DeletedResource.Field, attached.Id)), cancellationToken);
        return stored.Any(record => record[Of] == attached.Fingerprint);
    }

    private async Task<bool> IsFetchedAsync(ListedDocument listed, CancellationToken cancellationToken) =>
        (await store.LookAsync(reader => reader.Record(connection.Practice, new RecordAlias(RecordType, connection.System, listed.Id)), cancellationToken))?[Of] == listed.Fingerprint;
}

/// <summary>A document that waits for its contents.</summary>
internal sealed record WaitingDocument : IWaiting<WaitingDocument>
{
    /// <summary>Of the resource, or athenaNet's number.</summary>
    public required string Id { get; init; }

    /// <summary>As athenaNet lists it; null where it is a resource.</summary>
    public ListedDocument? Listed { get; init; }

    /// <summary>As it was told last: where the vendor does not give it any more, this says of it why. Null where it is too large to wait.</summary>
    public string? Told { get; init; }

    /// <summary>When it was told: what is told of the document later is newer than <see cref="Told"/>, whatever becomes of its contents. Null where an earlier version did not keep it.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    public int Attempts { get; init; }

    public WaitingDocument Tried() => this with { Attempts = Attempts + 1 };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AttachmentJson.Default.WaitingDocument);

    public static WaitingDocument Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, AttachmentJson.Default.WaitingDocument)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(WaitingDocument))]
[JsonSerializable(typeof(FetchedBytes))]
internal sealed partial class AttachmentJson : JsonSerializerContext;
