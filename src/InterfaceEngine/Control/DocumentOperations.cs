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

        // The audit first: the content leaves the engine's care.
        var id = await parts.Store.AskOrRefuseAsync(
            request.Audit("documents save", request.Practice, $"{request.Id} to {request.File}"),
            reader => AttachmentValue.IsId(request.Id.ToUpperInvariant()) ? request.Id.ToUpperInvariant() : Named(reader, practice.Vendor, request),
            cancellationToken);
        try
        {
            return await WriteAsync(request, id, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw RequestException.Refused($"{request.File} can't be written: {error.Message}");
        }
    }

    private async Task<SavedDocumentAnswer> WriteAsync(SaveDocumentRequest request, string id, CancellationToken cancellationToken)
    {
        var isWhole = false;
        await using var file = Create(request.File);
        try
        {
            var size = await parts.Store.ReadAsync(reader => reader.CopyAttachment(request.Practice, id, file), cancellationToken)
                ?? throw RequestException.NotFound($"Practice {request.Practice} has no document with the content {id}.");
            isWhole = true;
            return new SavedDocumentAnswer(request.File, size);
        }
        finally
        {
            if (!isWhole)
            {
                File.Delete(request.File);
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
        var systems = parts.Definitions(request.Practice).Where(definition => definition.Type == DocumentType).Select(definition => definition.IdSystem).Append(vendor).Distinct(StringComparer.Ordinal);
        var document = systems.Select(system => reader.Record(request.Practice, new RecordAlias(DocumentType, system, request.Id))).FirstOrDefault(record => record is not null)
            ?? throw RequestException.NotFound($"Practice {request.Practice} has no document {request.Id}.");
        reader.Shown(document);
        var contents = document.Fields.SelectMany(field => field.Value?.Split(FieldValue.ListSeparator) ?? [])
            .Where(text => AttachmentValue.TryParse(text, out var value) && value.IsReadable).Select(text => text.Split(' ')[0]).Distinct().ToList();
        return contents switch
        {
            [var only] => only,
            [] => throw RequestException.Refused($"Document {request.Id} has no binary content; records show document {request.Id} shows its text."),
            _ => throw RequestException.Usage($"Document {request.Id} has {contents.Count} contents; name one: {string.Join(", ", contents)}."),
        };
    }
}
