using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Gives a person a binary that a record names.</summary>
internal sealed class DocumentOperations(EngineParts parts)
{
    /// <summary>The record type whose external id may stand for its binary.</summary>
    private const string DocumentType = "document";

    public async Task<SavedDocumentAnswer> SaveAsync(SaveDocumentRequest request, CancellationToken cancellationToken)
    {
        if (parts.Practices.FirstOrDefault(known => known.Id == request.Practice) is not { } practice)
        {
            throw RequestException.Usage($"{request.Practice} is not a practice of the settings ({string.Join(", ", parts.Practices.Select(known => known.Id))}).");
        }

        // Read whole before the file is written: a slow disk or a full one must not keep the store's log from being moved.
        using var content = new MemoryStream();
        await parts.Store.AskOrRefuseAsync(
            request.Audit("documents save", request.Practice, $"{request.Id} to {request.File}"),
            reader =>
            {
                var id = AttachmentValue.IsId(request.Id.ToUpperInvariant()) ? request.Id.ToUpperInvariant() : Named(reader, practice.Vendor, request);
                return reader.CopyAttachment(request.Practice, id, content) is null
                    ? throw RequestException.NotFound($"Practice {request.Practice} has no document with the content {id}.")
                    : id;
            },
            cancellationToken);
        try
        {
            await WriteAsync(request.File, content, cancellationToken);
            return new SavedDocumentAnswer(request.File, content.Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw RequestException.Refused($"{request.File} can't be written: {error.Message}");
        }
    }

    private static async Task WriteAsync(string path, MemoryStream content, CancellationToken cancellationToken)
    {
        var isWhole = false;
        await using var file = Create(path);
        try
        {
            content.Position = 0;
            await content.CopyToAsync(file, cancellationToken);
            isWhole = true;
        }
        finally
        {
            if (!isWhole)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>A new file that only its owner may read.</summary>
    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private string Named(IStoreReader reader, string vendor, SaveDocumentRequest request)
    {
        var systems = parts.Definitions(request.Practice)
            .Where(definition => definition.Type == DocumentType).Select(definition => definition.IdSystem)
            .Append(vendor).Distinct(StringComparer.Ordinal);
        var document = systems.Select(system => reader.Record(request.Practice, new RecordAlias(DocumentType, system, request.Id))).FirstOrDefault(record => record is not null)
            ?? throw RequestException.NotFound($"Practice {request.Practice} has no document {request.Id}.");
        reader.Shown(document);
        var contents = RecordContents.Of(document).Select(content => content.Id).ToList();
        return contents switch
        {
            [var only] => only,
            [] => throw RequestException.Refused($"Document {request.Id} has no binary content; records show document {request.Id} shows its text."),
            _ => throw RequestException.Usage($"Document {request.Id} has {contents.Count} contents; name one: {string.Join(", ", contents)}."),
        };
    }
}
