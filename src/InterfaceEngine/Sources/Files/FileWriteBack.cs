using System.Text;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Files;

/// <summary>
/// Writes back what is to be told of a file that was read: its rows that were not taken, what it changed, and an HL7 file's answer. All of it is
/// made of what is stored, so it says the same when it is written again.
/// </summary>
internal sealed class FileWriteBack(IEngineStore store, FileSourceOptions options)
{
    /// <summary>How many messages are in memory at a time.</summary>
    private const int PageSize = 200;

    private static readonly string[] _packed = [".gz", ".zip", ".gpg", ".pgp", ".asc"];

    /// <summary>Called before the file is put away.</summary>
    /// <param name="run">Of a file that was read to its end, now or before: then what is lacking since an engine was killed is made up for.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="archive">Where its source's folders are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteAsync(FileRun run, string name, FileArchive archive, CancellationToken cancellationToken)
    {
        if (run.State == FileRunState.Known)
        {
            var before = await store.ReadAsync(reader => reader.FileRunsOf(run.Practice, run.Source, run.Content, PageSize).FirstOrDefault(other => other.State == FileRunState.Done), cancellationToken);
            if (before is null)
            {
                return;
            }

            run = before;
        }

        var (detail, reports) = (RunDetail.FromJson(run.Detail), new RunReports(store));
        if (options.Rejects is { } rejects && run.Counts.Refused + run.Counts.Held > 0)
        {
            await archive.WriteAsync(rejects, Name(name, "rejects", run.Id), (stream, token) => reports.WriteRejectsAsync(run, stream, token), cancellationToken);
        }

        if (options.Reports is { } told && detail.Messages is null)
        {
            await archive.WriteAsync(told, Name(name, "report", run.Id), (stream, token) => reports.WriteReconciliationAsync(run, stream, token), cancellationToken);
        }

        if (options.Replies is { } replies && EngineId.TryParse(detail.Messages, out var batch) && Header(detail) is not { AnswersControlId.Length: > 0 })
        {
            await archive.WriteNewAsync(replies, $"{name}.ack", run.Id, (stream, token) => WriteRepliesAsync(batch, detail, stream, token), cancellationToken);
        }
    }

    /// <summary><c>patients.rejects.RUN.csv</c>: it fits its source's pattern, so that it can be dropped again once it is corrected.</summary>
    private static string Name(string name, string what, EngineId run)
    {
        while (_packed.FirstOrDefault(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is { } packed)
        {
            name = name[..^packed.Length];
        }

        return FileArchive.WithRun($"{Path.GetFileNameWithoutExtension(name)}.{what}{Path.GetExtension(name)}", run);
    }

    private async Task WriteRepliesAsync(EngineId batch, RunDetail detail, Stream stream, CancellationToken cancellationToken)
    {
        byte[]? head = null;
        var (after, count) = (EngineId.None, 0L);
        List<StoredMessage> page;
        do
        {
            page = await store.ReadAsync(reader => reader.BatchMessages(batch, after, PageSize).Select(message => reader.Message(message.Id)!).ToList(), cancellationToken);
            foreach (var reply in page.Select(message => message.Reply).Where(reply => !reply.IsEmpty))
            {
                if (head is null)
                {
                    head = BatchReply.Head(batch, Header(detail), reply);
                    await stream.WriteAsync(head, cancellationToken);
                }

                await stream.WriteAsync(reply, cancellationToken);
                count++;
            }

            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (page.Count == PageSize);

        if (head is null)
        {
            head = BatchReply.Head(batch, Header(detail), default);
            await stream.WriteAsync(head, cancellationToken);
        }

        await stream.WriteAsync(BatchReply.Tail(head, count, detail.Notes), cancellationToken);
    }

    private static BatchPart? Header(RunDetail detail) =>
        detail.Header is { } header ? new BatchPart(header.StartsWith("FHS", StringComparison.Ordinal) ? BatchPartKind.FileHeader : BatchPartKind.BatchHeader, Encoding.Latin1.GetBytes(header)) : null;
}
