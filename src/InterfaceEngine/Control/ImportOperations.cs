using InterfaceEngine.Intake.Batches;

namespace InterfaceEngine.Control;

/// <summary>Takes files of messages, one at a time, in the pieces in which they come.</summary>
internal sealed class ImportOperations(EngineParts parts) : IAsyncDisposable
{
    private FileImport? _file;

    private FileDesk Desk => parts.Files ?? throw RequestException.Refused("No mappings are loaded, so no files can be taken.");

    private FileImport Begun => _file ?? throw RequestException.Refused("No file is being imported over this connection.");

    public async Task<ImportBegunAnswer> BeginAsync(BeginImportRequest request, CancellationToken cancellationToken)
    {
        if (_file is not null)
        {
            throw RequestException.Refused("A file is being imported over this connection already.");
        }

        // The audit first: it says who brought what.
        var source = Source(request);
        await parts.Store.AskAsync(request.Audit("import", request.Practice, $"{request.File} as {source.Binding.Name}"), _ => 0, cancellationToken);
        _file = await Desk.BeginAsync(source, request.File, request.GivesReplies, cancellationToken);
        return new ImportBegunAnswer(source.Binding.Name);
    }

    public async Task<ImportProgressAnswer> TakeAsync(ImportPieceRequest request, CancellationToken cancellationToken)
    {
        var news = await Begun.TakeAsync(request.Bytes, cancellationToken);
        return new ImportProgressAnswer(news.Messages, [.. news.NotTaken.Select(Of)], news.Replies);
    }

    public async Task<ImportedAnswer> EndAsync(CancellationToken cancellationToken)
    {
        var (batch, last) = await Begun.EndAsync();
        await DisposeAsync();
        var kept = await parts.Store.LookAsync(reader => reader.Batch(batch.Id), cancellationToken);
        return new ImportedAnswer(BatchOperations.View(kept!), [.. last.NotTaken.Select(Of)], last.Replies);
    }

    /// <summary>Breaks off what has not ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_file is { } file)
        {
            _file = null;
            await file.DisposeAsync();
        }
    }

    private FileSource Source(BeginImportRequest request) => (request.Source, request.Practice) switch
    {
        ({ } source, null) => Desk.Source(source)
            ?? throw RequestException.Usage($"--source {source}: not a source of the settings ({string.Join(", ", Desk.Sources)})."),
        (null, { } practice) => Desk.OfPractice(practice)
            ?? throw RequestException.Usage($"--practice {practice}: not a practice of the settings ({string.Join(", ", parts.Practices.Select(known => known.Id))})."),
        _ => throw RequestException.Usage("Say as what the file comes: --source NAME or --practice ID, one of them."),
    };

    private static NotTakenView Of(BatchedReceipt one) => new(
        one.Number, one.Offset, one.Receipt.ControlId, Views.Word(one.Receipt.State), one.Receipt.Code, one.Receipt.Message.ToString());
}
