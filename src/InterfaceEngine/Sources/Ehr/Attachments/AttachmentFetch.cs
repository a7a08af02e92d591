using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Sources.Ehr.Attachments;

/// <summary>
/// Fetches one content from where a document says that it lies: relative to its server, or on a host of the connection, to which alone the token goes. It comes as
/// it is, or in a Binary resource.
/// </summary>
internal sealed class AttachmentFetch(EhrConnection connection)
{
    /// <summary>What stands round the content in a Binary resource, at most.</summary>
    private const int AroundMax = 64 * 1024;

    private AttachmentOptions Limits => connection.Options.Attachments;

    /// <param name="wanted">Which.</param>
    /// <param name="left">How many bytes the document may still have.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EhrException">It did not come, and another time it may; or nothing can be asked for over the connection now.</exception>
    public async Task<FetchedContent> GetAsync(WantedContent wanted, long left, CancellationToken cancellationToken)
    {
        var max = Math.Min(Limits.BytesMax, left);
        if (wanted.Type is { } type && !Limits.Allows(type))
        {
            return FetchedContent.None($"{Shown(type)} is not among the types that are fetched");
        }

        if (wanted.Size > max)
        {
            return TooLarge(wanted.Size, max);
        }

        try
        {
            var call = new EhrCall
            {
                Of = wanted.Of,
                Template = wanted.Template,
                Address = wanted.Address,
                Accept = wanted.Type is null ? "*/*" : $"{wanted.Type}, application/fhir+json;q=0.5, */*;q=0.1",
                Priority = CallPriority.Attachment,
            };
            await using var stream = await connection.OpenAsync(call, cancellationToken);
            if (wanted.Of is EhrInterface.Rest && stream.Head.ContentType is "application/json" or "text/html" && stream.Head.ContentType != wanted.Type)
            {
                // athenaNet and the gateway before it say in a good answer that something failed, and it would be kept for the file.
                throw new EhrException(EhrFault.ServerFailed, $"{connection.Options.Id} {call.Endpoint}: what came is no file.") { Status = stream.Head.Status };
            }

            var isJson = stream.Head.ContentType is "application/fhir+json" or "application/json" or "application/json+fhir";
            return await ReadAsync(stream.Content, isJson ? (max / 3 * 4) + AroundMax : max, cancellationToken) is { } read
                ? Checked(wanted, isJson && Binary(read) is { } binary ? binary : new FetchedContent { Bytes = read, Type = stream.Head.ContentType }, max)
                : TooLarge(null, max);
        }
        catch (EhrException fault) when (IsForGood(fault.Fault))
        {
            return FetchedContent.None(fault.Message);
        }
    }

    /// <summary>It will be the same another time.</summary>
    private static bool IsForGood(EhrFault fault) => fault is EhrFault.Forbidden or EhrFault.NotFound or EhrFault.Invalid or EhrFault.Refused
        or EhrFault.Conflict or EhrFault.TooLarge or EhrFault.NotUnderstood or EhrFault.ForeignHost;

    private FetchedContent Checked(WantedContent wanted, FetchedContent content, long max)
    {
        var type = wanted.Type ?? content.Type ?? "";
        return !Limits.Allows(type) ? FetchedContent.None($"{Shown(type)} is not among the types that are fetched")
            : content.Bytes.Length > max ? TooLarge(content.Bytes.Length, max)
            : content.Bytes.Length == 0 ? FetchedContent.None("it is empty")
            : wanted.Hash is { Length: > 0 } hash && hash != Sha1(content.Bytes.Span) ? FetchedContent.None("its hash is not that of its bytes: it is not what the document names")
            : wanted.Hash is null && wanted.Size > content.Bytes.Length
                ? FetchedContent.None(string.Create(CultureInfo.InvariantCulture, $"{wanted.Size} bytes are said, and {content.Bytes.Length} came"))
            : content with { Type = type };
    }

    /// <summary>The content of a Binary resource; null for another document, which is the content itself.</summary>
    private static FetchedContent? Binary(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return FhirJson.Text(root, "resourceType") == "Binary" && FhirJson.Member(root, "data") is { ValueKind: JsonValueKind.String } data && data.TryGetBytesFromBase64(out var bytes)
                ? new FetchedContent { Bytes = bytes, Type = WantedContent.MediaType(FhirJson.Text(root, "contentType")) }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>Null when there is more than may be.</returns>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, long max, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            content.Write(buffer, 0, count);
            if (content.Length > max)
            {
                return null;
            }
        }

        return content.ToArray();
    }

    private static FetchedContent TooLarge(long? size, long max) => FetchedContent.None(
        size is null ? string.Create(CultureInfo.InvariantCulture, $"it is larger than {max} bytes") : string.Create(CultureInfo.InvariantCulture, $"it has {size} bytes, and {max} are the most"));

    /// <summary>What a server says may be anything.</summary>
    private static string Shown(string type) => type.Length is > 0 and <= 100 && type.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '+' or '-' or '.' or '_') ? type : "its type";

#pragma warning disable CA5350 // FHIR R4 defines Attachment.hash as SHA-1. It tells whether the content is whole, and proves nothing.
    private static string Sha1(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(SHA1.HashData(bytes));
#pragma warning restore CA5350
}
