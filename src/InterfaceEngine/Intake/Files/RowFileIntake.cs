using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// Takes files of rows (CSV, JSON). A file is read twice: first it is surveyed, which decides whether any row is taken; then its rows are
/// brought in, chunk by chunk, each chunk in two transactions. Memory does not depend on its size.
/// </summary>
internal sealed partial class RowFileIntake(
    IEngineStore store, LiveMappings mappings, IReadOnlyList<Practice> practices, IdSource ids, TimeProvider time, ILogger<RowFileIntake> logger)
    : IFileIntake
{
    private const int LookedBackMax = 50;

    private static readonly FileRunState[] _taken = [FileRunState.Done, FileRunState.Running, FileRunState.Refused, FileRunState.Discarded, FileRunState.Undone];

    /// <summary>What the source asks of its files.</summary>
    public RowFileRules Rules { get; init; } = new();

    /// <summary>How the practice's tables read now; null when there is no such practice.</summary>
    public PracticeReader? ReaderOf(string practice) => practices.FirstOrDefault(one => one.Id == practice) is { } known ? mappings.Current.For(known) : null;

    public async Task<FileOutcome> TakeAsync(OfferedFile file, CancellationToken cancellationToken)
    {
        RowSurvey survey;
        await using (var first = await file.OpenAsync(cancellationToken))
        {
            survey = await RowSurvey.ReadAsync(first, file.Unpack, FileRow.IsCsv(file.Kind), Rules.Trailer, cancellationToken);
        }

        var (run, reason) = await BeginAsync(file, survey, cancellationToken);
        if (run.State != FileRunState.Running)
        {
            return new FileOutcome(run, reason);
        }

        await using var second = await file.OpenAsync(cancellationToken);
        try
        {
            var read = await ReadAsync(run, survey, second, file.Unpack, _ => { }, cancellationToken, file.NotBefore);
            return new FileOutcome(read, RunDetail.FromJson(read.Detail).Reason);
        }
        catch (RunLostException lost)
        {
            return new FileOutcome(await store.FindFileRunAsync(run.Id, cancellationToken), lost.Message);
        }
    }

    /// <summary>Decides whether a file is read, and keeps that.</summary>
    /// <returns>The run, and why it is not <see cref="FileRunState.Running"/>.</returns>
    public async Task<(FileRun Run, string? Reason)> BeginAsync(OfferedFile file, RowSurvey survey, CancellationToken cancellationToken)
    {
        var reader = mappings.Current.For(practices.First(practice => practice.Id == file.Practice));
        var admission = new FileAdmission(Rules);
        var detail = FileAdmission.Describe(file.Name, survey, file.Kind, reader);
        var (refusal, hold) = (admission.Refusal(survey, file.Kind, reader), (string?)null);
        if (refusal is null && !file.IsAgain)
        {
            var (same, last) = await store.ReadAsync(
                read => (read.FileRunsOf(file.Practice, file.Source, survey.Content, LookedBackMax).Where(run => run.State is not (FileRunState.Refused or FileRunState.Known)).ToList(),
                    LastRuns(read, file.Practice, file.Source, file.Kind)),
                cancellationToken);
            hold = same.Count == 0 ? admission.HoldReason(survey, last) : null;
            detail = same.Any(run => run.State == FileRunState.Done) ? detail with { Notes = [.. detail.Notes, "The same content was read before: it is read again, since this file is newer."] } : detail;
        }

        var now = time.GetUtcNow();
        var run = await store.Files.BeginAsync(
            new FileRunStart
            {
                Id = ids.Next(),
                Practice = file.Practice,
                Source = file.Source,
                Kind = file.Kind,
                Content = survey.Content,
                Size = survey.Size,
                Rows = survey.Rows,
                EventAt = Rules.EventAt(file, reader.Practice.Zone, now),
                ReceivedAt = now.ToUnixTimeMilliseconds(),
                State = refusal is not null ? FileRunState.Refused : hold is not null ? FileRunState.Held : FileRunState.Running,
                IsAgain = file.IsAgain,
                Detail = (detail with { Reason = refusal ?? hold }).ToJson(),
            },
            cancellationToken);
        return (run, FileRuns.WhyNotRead(run));
    }

    /// <summary>Brings the rows of a run in that was begun, from where it stands.</summary>
    /// <param name="run">The run.</param>
    /// <param name="survey">What the first look at the file found.</param>
    /// <param name="file">The file, from its first byte. Not disposed of.</param>
    /// <param name="unpack">What makes rows of it; null where it is not packed.</param>
    /// <param name="onProgress">Told after each chunk up to which row all are on disk.</param>
    /// <param name="cancellationToken">Ends it between two chunks. The run goes on the next time.</param>
    /// <param name="notBefore">See <see cref="OfferedFile.NotBefore"/>.</param>
    /// <returns>The run as it is kept: done, or refused when too many of its rows were (<see cref="RowFileRules.RefusedMax"/>); those that were taken stay.</returns>
    /// <exception cref="FileFaultException">The file was changed meanwhile; what was read of it is kept, and the run ended.</exception>
    /// <exception cref="RunLostException">Another has taken it up, or somebody has given it up.</exception>
    /// <exception cref="StoreUnavailableException">The store failed; the run goes on the next time.</exception>
    public async Task<FileRun> ReadAsync(
        FileRun run, RowSurvey survey, Stream file, Func<Stream, Stream>? unpack, Action<long> onProgress, CancellationToken cancellationToken, DateTimeOffset notBefore = default)
    {
        RowRun rows;
        try
        {
            rows = await StartAsync(run, cancellationToken) with { NotBefore = notBefore.ToUnixTimeMilliseconds() };
            await TakeRowsAsync(rows, new StoredRows(store), survey, file, unpack, onProgress, cancellationToken);
        }
        catch (FileFaultException changed) when (changed.Fault == FileFault.Changed)
        {
            await EndAsync(run, survey, FileRunState.Refused, changed.Message, cancellationToken);
            throw;
        }
        catch (TooManyRefusedException stopped)
        {
            return await EndAsync(run, survey, FileRunState.Refused, stopped.Message, cancellationToken);
        }

        return await EndAsync(run, survey, FileRunState.Done, null, cancellationToken, await AbsentAsync(rows, survey, cancellationToken));
    }

    /// <summary>Looks for what a file does not name that is a full picture.</summary>
    /// <returns>What people are told of it; null when there is nothing.</returns>
    private async Task<string?> AbsentAsync(RowRun rows, RowSurvey survey, CancellationToken cancellationToken)
    {
        if (Rules.FullPicture is not { } picture)
        {
            return null;
        }

        var last = await store.ReadAsync(read => LastRuns(read, rows.Run.Practice, rows.Run.Source, rows.Run.Kind), cancellationToken);
        var isSmall = new FileAdmission(Rules).HoldReason(survey, last) is not null;
        return await new AbsentAppointments(store, rows, picture).TakeAsync(isSmall, cancellationToken);
    }

    /// <summary>Says what would become of a file's rows, and keeps nothing.</summary>
    public async Task<RowCounts> TryAsync(OfferedFile file, RowSurvey survey, Stream content, Action<long> onProgress, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var run = new FileRun
        {
            Id = ids.Next(),
            Practice = file.Practice,
            Source = file.Source,
            Kind = file.Kind,
            Content = survey.Content,
            Size = survey.Size,
            Rows = survey.Rows,
            EventAt = Rules.EventAt(file, practices.First(practice => practice.Id == file.Practice).Zone, now),
            ReceivedAt = now.ToUnixTimeMilliseconds(),
            EndedAt = null,
            State = FileRunState.Running,
            Position = 0,
            Pending = RowRanges.None,
            Counts = default,
            Detail = "",
        };
        var trial = new TrialRows(new StoredRows(store));
        try
        {
            await TakeRowsAsync(await StartAsync(run, cancellationToken), trial, survey, content, file.Unpack, onProgress, cancellationToken);
        }
        catch (TooManyRefusedException)
        {
            // So many rows would be looked at.
        }

        return trial.Counts;
    }

    private async Task<RowRun> StartAsync(FileRun run, CancellationToken cancellationToken)
    {
        var (mayConfirm, taken) = await store.ReadAsync(
            read => (read.HasConfirmedRows(run.Practice, run.Source), TakenRuns(read, run)), cancellationToken);
        return new RowRun(run, practices.First(practice => practice.Id == run.Practice), mappings.Current)
        {
            MayConfirm = mayConfirm,
            HasTwin = taken.Any(other => other.Id != run.Id && other.EventAt == run.EventAt && other.Position > 0),
        };
    }

    /// <summary>Brings the rows in from where the run stands, and leaves the run as it then is.</summary>
    public async Task TakeRowsAsync(
        RowRun run, IRowStore rows, RowSurvey survey, Stream file, Func<Stream, Stream>? unpack, Action<long> onProgress, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var chunks = new ChunkIntake(run, rows, ids, logger);
        var reading = new FileReading(survey, run.Run, RowFingerprints.Of(run, survey));
        var work = Task.Run(() => reading.RunAsync(file, unpack, stopping.Token), CancellationToken.None);
        try
        {
            PreparedChunk? before = null;
            await foreach (var chunk in reading.ChunksAsync(cancellationToken))
            {
                var commit = CommitAsync(before);
                var next = Task.Run(() => chunks.PrepareAsync(chunk, reading.BodyOf, commit, cancellationToken), CancellationToken.None);
                await Task.WhenAll(commit, next);
                before = await next;
            }

            await CommitAsync(before);
        }
        finally
        {
            // Whoever reads ahead stops, and has stopped before the file is closed.
            await stopping.CancelAsync();
            await work;
        }

        async Task CommitAsync(PreparedChunk? prepared)
        {
            if (prepared is not null)
            {
                await chunks.CommitAsync(prepared, cancellationToken);
                onProgress(prepared.Chunk.Last);
                if (Rules.Stop(chunks.Refused, prepared.Chunk.Last) is { } reason)
                {
                    throw new TooManyRefusedException(reason);
                }
            }
        }
    }

    /// <summary>Ends a run that broke off and whose content nobody brings again. What was taken of it stays, and the same content is read anew if it comes after all.</summary>
    /// <param name="broken">As it was found.</param>
    /// <param name="reason">For people.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when somebody reads it after all, or it has come to an end.</returns>
    public async Task<bool> EndBrokenAsync(FileRun broken, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await EndAsync(broken, null, FileRunState.Refused, reason, cancellationToken, isBroken: true);
            return true;
        }
        catch (RunLostException)
        {
            return false;
        }
    }

    private Task<FileRun> EndAsync(FileRun begun, RowSurvey survey, FileRunState state, string? reason, CancellationToken cancellationToken, string? note = null) =>
        EndAsync(begun, survey.StatedRows, state, reason, cancellationToken, note);

    private async Task<FileRun> EndAsync(FileRun begun, long? stated, FileRunState state, string? reason, CancellationToken cancellationToken, string? note = null, bool isBroken = false)
    {
        var run = await store.FindFileRunAsync(begun.Id, cancellationToken);
        var detail = RunDetail.FromJson(run.Detail) with { Reason = reason };
        if (note is not null)
        {
            detail = detail with { Notes = [.. detail.Notes, note] };
        }

        var states = new Dictionary<MessageState, long>
        {
            [MessageState.Applied] = run.Counts.Created + run.Counts.Updated,
            [MessageState.Unchanged] = run.Counts.Unchanged,
            [MessageState.Quarantined] = run.Counts.Refused,
            [MessageState.Held] = run.Counts.Held,
            [MessageState.Parked] = run.Counts.Parked,
            [MessageState.Duplicate] = run.Counts.Duplicate,
        };
        await store.Files.EndAsync(
            new FileRunEnd
            {
                Id = run.Id,
                Reader = begun.Reader,
                IsBroken = isBroken,
                Practice = run.Practice,
                State = state,
                Detail = detail.ToJson(),
                Batch = new BatchEnd
                {
                    Id = run.Id,
                    Verdict = state == FileRunState.Done ? BatchVerdict.Complete : BatchVerdict.Interrupted,
                    Stated = stated,
                    Found = run.Counts.Total - run.Counts.Confirmed,
                    States = states.Where(pair => pair.Value > 0).ToDictionary(),
                    Detail = new BatchDetail { File = detail.File }.ToJson(),
                },
            },
            cancellationToken);
        var isNews = !Rules.IsQuiet || state != FileRunState.Done || run.Counts is not { Created: 0, Updated: 0, Refused: 0, Held: 0, Parked: 0 };
        Log.FileEnded(logger, isNews ? LogLevel.Information : LogLevel.Debug, run.Source, run.Id, state, run.Rows, run.Counts.Created, run.Counts.Updated, run.Counts.Refused, run.Counts.Held + run.Counts.Parked);
        return await store.FindFileRunAsync(run.Id, cancellationToken);
    }

    /// <summary>The source's last files of a kind that were read to their end, newest first.</summary>
    private static List<FileRun> LastRuns(IStoreReader read, string practice, string source, string kind) =>
        [.. read.FileRuns(new FileRunQuery(practice, source, FileRunState.Done), EngineId.None, LookedBackMax).Where(run => run.Kind == kind)];

    /// <summary>The runs of its source that may have taken rows, whatever became of them: the last ones, and those of the same content.</summary>
    private static List<FileRun> TakenRuns(IStoreReader read, FileRun run) =>
    [
        .. _taken.SelectMany(state => read.FileRuns(new FileRunQuery(run.Practice, run.Source, state), EngineId.None, LookedBackMax)),
        .. read.FileRunsOf(run.Practice, run.Source, run.Content, LookedBackMax),
    ];

    /// <summary>The rest of a file is not read. Its message says why, for people.</summary>
    private sealed class TooManyRefusedException(string reason) : Exception(reason);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "{Source} file {Run} is {State}: {Rows} rows, {Created} created, {Updated} updated, {Refused} refused, {Waiting} held or parked", EventName = "FileEnded")]
        public static partial void FileEnded(ILogger logger, LogLevel level, string source, EngineId run, FileRunState state, long rows, long created, long updated, long refused, long waiting);
    }
}
