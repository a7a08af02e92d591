using System.Text;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Files;

/// <summary>
/// Writes back what is to be told of a file that was read: an HL7 file's answer. All of it is made of what is stored, so it says the same
/// when it is written again.
/// </summary>
internal sealed class FileWriteBack(IEngineStore store, FileSourceOptions options)
{
    /// <summary>How many messages are in memory at a time.</summary>
    private const int PageSize = 200;

    /// <summary>Called before the file is put away.</summary>
    /// <param name="run">Of a file that was read to its end.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="archive">Where its source's folders are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteAsync(FileRun run, string name, FileArchive archive, CancellationToken cancellationToken)
    {
        var detail = RunDetail.FromJson(run.Detail);
        if (options.Replies is { } replies && EngineId.TryParse(detail.Messages, out var batch) && Header(detail) is not { AnswersControlId.Length: > 0 })
        {
            await archive.WriteAsync(replies, $"{name}.ack", run.Id, (stream, token) => WriteRepliesAsync(batch, detail, stream, token), cancellationToken);
        }
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
