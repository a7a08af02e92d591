using System.Globalization;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>A person takes back what a file has changed.</summary>
internal sealed class UndoOperations(EngineParts parts)
{
    public async Task<FileUndoneAnswer> UndoAsync(UndoFileRequest request, CancellationToken cancellationToken)
    {
        if (!request.IsTrial && string.IsNullOrWhiteSpace(request.Reason))
        {
            throw RequestException.Usage("Say why with --reason TEXT: it stands in the audit. With --dry-run nothing is changed.");
        }

        var id = Views.ParseId(request.Run, "run");
        var run = await parts.Store.LookAsync(reader => reader.FileRun(id), cancellationToken) ?? throw await DroppedWords.NoRunAsync(parts.Store, id, "run of a file", cancellationToken);
        if (run.State != FileRunState.Done)
        {
            throw RequestException.Refused(run.State switch
            {
                FileRunState.Undone => $"Run {run.Id} is undone already.",
                FileRunState.Running => $"Run {run.Id} is being read, or broke off: let it come to its end first, or give it up with: files discard {run.Id}",
                var state => $"Run {run.Id} is {state.Text()}: no row of it was taken, so there is nothing to undo.",
            });
        }

        // External ids of patients are shown: the audit names the run before the first of them is.
        await parts.Store.AskAsync(request.Audit("files undo", run.Practice, $"run {run.Id}{(request.IsTrial ? ", trial" : "")}"), _ => 0, cancellationToken);
        var undone = await new FileUndo(parts.Store, parts.Definitions, parts.Time).RunAsync(run, request.IsTrial, cancellationToken);
        if (!request.IsTrial)
        {
            var subject = string.Create(
                CultureInfo.InvariantCulture, $"run {run.Id}: {undone.Restored} records restored, {undone.Withdrawn} withdrawn, {undone.LeftCount} left in part or as a whole");
            await parts.Store.Files.DecideAsync(
                new FileDecision(run.Id, run.Practice, FileRunState.Done, FileRunState.Undone, request.Audit("files undone", run.Practice, subject)), cancellationToken);
        }

        return new FileUndoneAnswer(
            run.Id.ToString(),
            run.Source,
            request.IsTrial,
            undone.Restored,
            undone.RestoredFields,
            undone.Withdrawn,
            undone.LeftCount,
            [.. undone.Left.Select(left => new LeftRecordView(left.Type, Views.Readable(left.ExternalId), left.Left))]);
    }
}
