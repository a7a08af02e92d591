using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary>Gives a file to the engine in pieces, so that its size takes no memory on either side.</summary>
internal sealed class FileSending(IControl control, CommandContext context)
{
    /// <summary>How many messages that were not taken are listed one by one.</summary>
    private const int NotTakenShownMax = 1000;

    private readonly List<NotTakenView> _notTaken = [];
    private long _leftOut;

    /// <param name="name">The file, as it was named on the command line.</param>
    /// <param name="begin">What the engine is told of it.</param>
    /// <param name="answers">Where the answers go; null when nobody wants them.</param>
    /// <exception cref="CommandFailedException">It could not be taken to its end. What was taken is recognised the next time.</exception>
    public async Task<ImportedFile> SendAsync(string name, BeginImportRequest begin, Stream? answers)
    {
        await using var file = MessageFile.Open(context.FullPath(name), name);
        await AskAsync(begin);
        var piece = new byte[ImportPieceRequest.BytesMax];
        await context.Terminal.ProgressAsync(Path.GetFileName(name), (file.Length / piece.Length) + 1, async step =>
        {
            for (var read = await ReadAsync(file, piece, name); read > 0; read = await ReadAsync(file, piece, name))
            {
                var progress = await AskAsync(new ImportPieceRequest(piece.AsMemory(0, read)) { Actor = begin.Actor });
                await NoteAsync(progress.NotTaken, progress.Replies, answers);
                step();
            }
        });
        var end = await AskAsync(new EndImportRequest { Actor = begin.Actor });
        await NoteAsync(end.NotTaken, end.Replies, answers);
        return new ImportedFile(name, end.Batch, _notTaken, _leftOut);
    }

    private async Task<TAnswer> AskAsync<TAnswer>(ControlRequest<TAnswer> request)
        where TAnswer : ControlAnswer
    {
        try
        {
            return await context.AskAsync(control, request);
        }
        catch (Exception failure) when (request is not BeginImportRequest && failure is CommandFailedException or ControlException)
        {
            throw new CommandFailedException($"{failure.Message} The file was not taken to its end. Import it again: what was taken is recognised.");
        }
    }

    private async Task<int> ReadAsync(FileStream file, byte[] piece, string name)
    {
        try
        {
            return await file.ReadAsync(piece, context.CancellationToken);
        }
        catch (IOException failure)
        {
            throw new CommandFailedException($"{name} can't be read: {failure.Message}");
        }
    }

    private async Task NoteAsync(IReadOnlyList<NotTakenView> notTaken, ReadOnlyMemory<byte> replies, Stream? answers)
    {
        var shown = notTaken.Take(NotTakenShownMax - _notTaken.Count).ToList();
        _notTaken.AddRange(shown);
        _leftOut += notTaken.Count - shown.Count;
        if (answers is null)
        {
            return;
        }

        try
        {
            await answers.WriteAsync(replies, context.CancellationToken);
        }
        catch (IOException failure)
        {
            throw new CommandFailedException($"The answers can't be written: {failure.Message} The file was not taken to its end. Import it again: what was taken is recognised.");
        }
    }
}
