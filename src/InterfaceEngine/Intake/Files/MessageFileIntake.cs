using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// Takes files of HL7 messages. Each message goes its own way as in any batch (<see cref="BatchIntake"/>), so a file that breaks off is read from
/// its beginning the next time, and what is on disk of it is recognised message by message. The run says that the content came; the batch
/// that it names holds the messages.
/// </summary>
/// <param name="desk">Where the messages are brought.</param>
/// <param name="source">As what source.</param>
/// <param name="store">Where runs are kept.</param>
/// <param name="ids">Gives a run its id.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Says what became of each file.</param>
internal sealed partial class MessageFileIntake(FileDesk desk, FileSource source, IEngineStore store, IdSource ids, TimeProvider time, ILogger<MessageFileIntake> logger) : IFileIntake
{
    /// <summary>The kind of all files of messages.</summary>
    public const string Kind = "HL7 messages";

    private const int PieceBytes = 64 * 1024;

    public async Task<FileOutcome> TakeAsync(OfferedFile file, CancellationToken cancellationToken)
    {
        var content = await SurveyAsync(file, cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var run = await store.Files.BeginAsync(
            new FileRunStart
            {
                Id = ids.Next(),
                Practice = file.Practice,
                Source = file.Source,
                Kind = Kind,
                Content = content,
                Size = file.Size,
                // Its messages are counted with their batch.
                Rows = 0,
                EventAt = Math.Min(file.ModifiedAt.ToUnixTimeMilliseconds(), now),
                ReceivedAt = now,
                IsAgain = file.IsAgain,
                CountsFromFile = false,
                Detail = new RunDetail { File = file.Name }.ToJson(),
            },
            cancellationToken);
        if (FileRuns.WhyNotRead(run) is { } reason)
        {
            return new FileOutcome(run, reason);
        }

        try
        {
            return await ReadAsync(run, file, cancellationToken);
        }
        catch (RunLostException lost)
        {
            return new FileOutcome(await store.FindFileRunAsync(run.Id, cancellationToken), lost.Message);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> SurveyAsync(OfferedFile file, CancellationToken cancellationToken)
    {
        await using var first = new HashedStream(await file.OpenAsync(cancellationToken));
        return await first.EndAsync(cancellationToken);
    }

    private async Task<FileOutcome> ReadAsync(FileRun run, OfferedFile file, CancellationToken cancellationToken)
    {
        await using var hashed = new HashedStream(await file.OpenAsync(cancellationToken));
        await using var unpacked = file.Unpack?.Invoke(hashed);
        var messages = unpacked ?? hashed;
        BatchSummary batch;
        BatchPart? header;
        await using (var import = await desk.BeginAsync(source, file.Name, givesReplies: false, cancellationToken))
        {
            var piece = new byte[PieceBytes];
            for (var count = await messages.ReadAsync(piece, cancellationToken); count > 0; count = await messages.ReadAsync(piece, cancellationToken))
            {
                await import.TakeAsync(piece.AsMemory(0, count), cancellationToken);
            }

            batch = (await import.EndAsync()).Batch;
            header = import.Header;
        }

        if (!(await hashed.EndAsync(cancellationToken)).Span.SequenceEqual(run.Content.Span))
        {
            await EndAsync(run, FileRunState.Refused, "The file was changed while it was read.", batch, header, cancellationToken);
            throw new FileFaultException(FileFault.Changed, "A file was changed while it was read. Its messages are recognised when it is read again.");
        }

        var reason = batch.Found == 0 ? "The file holds no message." : null;
        var ended = await EndAsync(run, reason is null ? FileRunState.Done : FileRunState.Refused, reason, batch, header, cancellationToken);
        Log.FileEnded(logger, run.Source, run.Id, ended.State, batch.Found, batch.Id);
        return new FileOutcome(ended, reason);
    }

    private async Task<FileRun> EndAsync(FileRun run, FileRunState state, string? reason, BatchSummary batch, BatchPart? header, CancellationToken cancellationToken)
    {
        var detail = RunDetail.FromJson(run.Detail) with
        {
            Reason = reason,
            Messages = batch.Id.ToString(),
            Header = header is null ? null : Encoding.Latin1.GetString(header.Bytes.Span),
            Notes = batch.Detail.Problems,
        };
        await store.Files.EndAsync(
            new FileRunEnd
            {
                Id = run.Id,
                Reader = run.Reader,
                Practice = run.Practice,
                State = state,
                Detail = detail.ToJson(),
                Batch = new BatchEnd
                {
                    Id = run.Id,
                    Verdict = batch.Verdict,
                    Stated = null,
                    Found = 0,
                    States = new Dictionary<MessageState, long>(),
                    Detail = new BatchDetail { File = detail.File, ControlId = batch.Detail.ControlId }.ToJson(),
                },
            },
            cancellationToken);
        return await store.FindFileRunAsync(run.Id, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Source} file {Run} is {State}: {Messages} messages, in batch {Batch}", EventName = "FileEnded")]
        public static partial void FileEnded(ILogger logger, string source, EngineId run, FileRunState state, long messages, EngineId batch);
    }
}
