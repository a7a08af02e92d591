using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>
/// The bulk exports of one connection. Each step is kept in the store before the next is taken, so that a kill at any place has the next process go on there: an export is
/// kept before it is asked for, its polling address before anything else, each file when its last row is on disk (of thousands of files several at once: one that was read
/// and is not kept yet is read again, and nothing of it is taken twice), and the moment from which the next one goes on together with the end.
/// </summary>
internal sealed partial class BulkExport
{
    private const string NotWhole = "The vendor says that it could not export everything. What it did was taken, and the next export begins from where this one did.";

    private readonly ConnectionOptions _connection;
    private readonly BulkPlan _plan;
    private readonly BulkCalls _calls;
    private readonly BulkFiles _files;
    private readonly BulkLimits _limits;

    /// <param name="connection">To the vendor.</param>
    /// <param name="store">Where exports are kept.</param>
    /// <param name="rows">Makes an intake of rows, by what is asked of them.</param>
    /// <param name="folder">Where files lie between their fetching and their reading, sealed.</param>
    /// <param name="limits">Null takes the defaults.</param>
    public BulkExport(EhrConnection connection, IConnectionStore store, Func<RowFileRules, RowFileIntake> rows, string folder, BulkLimits? limits = null)
    {
        _connection = connection.Options;
        _limits = limits ?? new BulkLimits();
        _calls = new BulkCalls(connection, _limits);
        _files = new BulkFiles(_calls, rows(VendorDocuments.Rules), new VendorDocuments(rows), _connection, folder, _limits);
        Jobs = new BulkJobs(store, _connection.Practice, _connection.Id);
        _plan = new BulkPlan(new FhirClient(connection), _files, Jobs);
    }

    public BulkJobs Jobs { get; }

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Told of documents that were loaded and whose contents lie elsewhere; null tells nobody.</summary>
    public Func<string, IReadOnlyList<EhrDocument>, CancellationToken, Task>? Taken { get => _files.Taken; init => _files.Taken = value; }

    /// <summary>Begins an export and asks the vendor for it. The same one that is under way is given back; it is not begun twice.</summary>
    /// <exception cref="BulkRefusedException">It can't be begun, and why.</exception>
    public async Task<BulkJob> StartAsync(BulkRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var job = await _plan.MakeAsync(request, now, cancellationToken);
        if (await Jobs.BeginAsync(job, _limits.KickOffFor, cancellationToken) is not { } kept)
        {
            var open = (await Jobs.OpenAsync(cancellationToken)).FirstOrDefault(one => one.Job.Level == job.Level)?.Job;
            return open?.IsSameAs(job) == true ? open : throw new BulkRefusedException(open is null
                ? "Another export was begun or ended just now: ask again."
                : $"Export {open.Id} of {open.Level} is under way, with other types or another time. One goes at a time: wait for it, or give it up.");
        }

        Log.Begun(Logger, _connection.Id, job.Id, job.Level, job.Types.Count);
        return (await StepAsync(kept, cancellationToken)).Job;
    }

    /// <summary>Takes the next step of an export and keeps what came of it.</summary>
    /// <returns>As it is kept then.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: the step is taken again.</exception>
    public async Task<KeptJob> StepAsync(KeptJob kept, CancellationToken cancellationToken)
    {
        try
        {
            return kept.Job switch
            {
                { IsOver: true } => kept,
                { IsCancelling: true } => await EndAsync(kept, kept.Job with { Step = BulkStep.Cancelled }, cancellationToken),
                { Step: BulkStep.Requested } => await KickOffAsync(kept, cancellationToken),
                { Step: BulkStep.Exporting } => await PollAsync(kept, cancellationToken),
                _ => await LoadAsync(kept, cancellationToken),
            };
        }
        catch (BulkMovedException)
        {
            return await Jobs.FindAsync(kept.Job.Id, cancellationToken) ?? kept;
        }
    }

    /// <summary>Gives an export up, here and at the vendor. What was taken stays.</summary>
    /// <returns>As it is then; one that was over before is left as it was. Null when there is none.</returns>
    public async Task<BulkJob?> CancelAsync(string id, CancellationToken cancellationToken)
    {
        while (await Jobs.FindAsync(id, cancellationToken) is { } kept)
        {
            if (kept.Job.IsOver)
            {
                return kept.Job;
            }

            try
            {
                var marked = await Jobs.WriteAsync(kept, kept.Job with { IsCancelling = true }, TimeSpan.Zero, cancellationToken);
                return (await StepAsync(marked, cancellationToken)).Job;
            }
            catch (BulkMovedException)
            {
                // It was gone on with: what it is now is given up.
            }
        }

        return null;
    }

    private async Task<KeptJob> KickOffAsync(KeptJob kept, CancellationToken cancellationToken)
    {
        var job = kept.Job;
        if (job.IsAsked)
        {
            return await LostAsync(kept, cancellationToken);
        }

        var asked = await Jobs.WriteAsync(kept, job with { IsAsked = true }, _limits.KickOffFor, cancellationToken);
        try
        {
            return await BegunAsync(asked, await _calls.KickOffAsync(job, cancellationToken));
        }
        catch (EhrException lost) when (lost.Fault is EhrFault.Unanswered)
        {
            return await LostAsync(asked, cancellationToken);
        }
        catch (EhrException fault)
        {
            return await FaultAsync(asked, job, fault, cancellationToken);
        }
    }

    /// <summary>Keeps where the vendor tells how far it is. An export that was given up meanwhile, or can't be kept, is given up there: nobody else knows its address.</summary>
    private async Task<KeptJob> BegunAsync(KeptJob asked, string statusUrl)
    {
        try
        {
            var begun = Succeeded(asked) with { Step = BulkStep.Exporting, StatusUrl = statusUrl, IsAsked = false, BegunAt = asked.Now };
            return await Jobs.WriteAsync(asked, begun, _limits.PauseMin, CancellationToken.None);
        }
        catch (Exception failure) when (failure is BulkMovedException or StoreUnavailableException)
        {
            try
            {
                await _calls.ReleaseAsync(statusUrl, CancellationToken.None);
            }
            catch (EhrException fault)
            {
                Log.NotReleased(Logger, _connection.Id, asked.Job.Id, fault.Message);
            }

            throw;
        }
    }

    /// <summary>Whether the vendor began is not known. It is asked once more; what it then makes twice, it makes for nothing, and nothing is taken twice.</summary>
    private async Task<KeptJob> LostAsync(KeptJob kept, CancellationToken cancellationToken)
    {
        var job = kept.Job with { IsAsked = false, Lost = kept.Job.Lost + 1 };
        Log.AnswerLost(Logger, _connection.Id, job.Id, job.Lost);
        if (job.Lost > 1)
        {
            return await FailAsync(kept, job, "The answer to the kick-off was lost twice: whether the vendor exports is not known.", cancellationToken);
        }

        var noted = job with { Notes = [.. job.Notes, "The answer to the kick-off was lost: the vendor was asked once more, and may export twice."] };
        return await Jobs.WriteAsync(kept, noted, _limits.PauseMin, cancellationToken);
    }

    private async Task<KeptJob> PollAsync(KeptJob kept, CancellationToken cancellationToken)
    {
        var job = kept.Job;
        try
        {
            var answer = await _calls.PollAsync(job.StatusUrl!, cancellationToken);
            if (answer.Status == HttpStatusCode.Accepted)
            {
                var next = Succeeded(kept) with { Polls = job.Polls + 1, Progress = Words(answer.Header("X-Progress")) ?? job.Progress };
                if (kept.Now - (job.BegunAt ?? job.StartedAt) >= _connection.Bulk.CompleteWithin)
                {
                    return await FailAsync(kept, next, NotCompleted(next), cancellationToken);
                }

                return await Jobs.WriteAsync(kept, next, Pause(job.Polls, answer.RetryAfter), cancellationToken);
            }

            var (time, files) = await _calls.ManifestAsync(job.StatusUrl!, answer, cancellationToken);
            Log.Exported(Logger, _connection.Id, job.Id, files.Count);
            return await Jobs.WriteAsync(
                kept, Succeeded(kept) with { Step = BulkStep.Loading, TransactionTime = time, Files = files, Progress = null, ExpiresAt = Expiry(answer, kept.Now) }, TimeSpan.Zero, cancellationToken);
        }
        catch (EhrException fault)
        {
            return await FaultAsync(kept, job, fault, cancellationToken);
        }
    }

    /// <summary>Reads the files that are not read yet, one after the other, while those behind are fetched.</summary>
    private async Task<KeptJob> LoadAsync(KeptJob kept, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = new Queue<int>(Enumerable.Range(0, kept.Job.Files.Count).Where(index => kept.Job.Files[index].State == BulkFileState.Waiting));
        var ahead = new Queue<(int Index, Task<FetchedFile> Fetching)>();

        // The whole of an export is written each time, so that the writings of one with many files are no more than those of one with few.
        var (unkept, together) = (0, Math.Max(1, kept.Job.Files.Count / _limits.WritingsMax));
        try
        {
            while (true)
            {
                while (waiting.Count > 0 && ahead.Count < _limits.FilesAhead)
                {
                    var following = waiting.Dequeue();
                    ahead.Enqueue((following, _files.FetchAsync(kept.Job.Files[following], stopping.Token)));
                }

                if (ahead.Count == 0)
                {
                    return await CompleteAsync(kept, cancellationToken);
                }

                var (index, fetching) = ahead.Peek();
                await using var fetched = await fetching;
                ahead.Dequeue();
                var file = await _files.LoadAsync(fetched, kept.Job.TransactionTime!.Value, cancellationToken);
                Log.FileSettled(Logger, _connection.Id, kept.Job.Id, file.Type, file.State, file.Rows ?? 0);
                var next = Succeeded(kept) with { Files = [.. kept.Job.Files.Select((one, at) => at == index ? file : one)] };
                (kept, unkept) = ++unkept < together ? (kept with { Job = next }, unkept) : (await Jobs.WriteAsync(kept, next, TimeSpan.Zero, cancellationToken), 0);
            }
        }
        catch (EhrException fault)
        {
            return await FaultAsync(kept, kept.Job, fault, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or CryptographicException or RunLostException)
        {
            var why = failure is RunLostException ? failure.Message : "the disk of the data folder failed or is full";
            return await FaultAsync(kept, kept.Job, new EhrException(EhrFault.Unanswered, $"{_connection.Id}: a file could not be read on: {why}.", failure), cancellationToken);
        }
        finally
        {
            await stopping.CancelAsync();
            foreach (var (_, fetching) in ahead)
            {
                await DropAsync(fetching);
            }
        }
    }

    /// <summary>A file that was fetched and is not read any more.</summary>
    private static async Task DropAsync(Task<FetchedFile> fetching)
    {
        await ((Task)fetching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (fetching.IsCompletedSuccessfully)
        {
            await fetching.Result.DisposeAsync();
        }
    }

    private async Task<KeptJob> CompleteAsync(KeptJob kept, CancellationToken cancellationToken)
    {
        var job = kept.Job;
        if (job.Files.Where(file => file.State == BulkFileState.Failed).ToList() is { Count: > 0 } failed)
        {
            var first = $"the first, of {failed[0].Type}: {failed[0].Problem} The next export begins from where this one did.";
            return await FailAsync(kept, job, $"{failed.Count} of {job.Files.Count} files were not read as they should be; {first}", cancellationToken);
        }

        var loaded = job with { Step = BulkStep.Loaded, Problem = null };
        return job.Files.Any(file => file.TellsOfErrors)
            ? await EndAsync(kept, loaded with { Problem = NotWhole }, cancellationToken)
            : await EndAsync(kept, loaded, cancellationToken, until: job.TransactionTime);
    }

    private Task<KeptJob> FailAsync(KeptJob kept, BulkJob job, string problem, CancellationToken cancellationToken) =>
        EndAsync(kept, job with { Step = BulkStep.Failed, Problem = problem }, cancellationToken);

    /// <summary>Frees the vendor of it and keeps that it is over.</summary>
    private async Task<KeptJob> EndAsync(KeptJob kept, BulkJob job, CancellationToken cancellationToken, DateTimeOffset? until = null)
    {
        if (job.StatusUrl is { } statusUrl)
        {
            try
            {
                await _calls.ReleaseAsync(statusUrl, cancellationToken);
            }
            catch (EhrException fault)
            {
                // It drops its files by itself some day; one that was told before knows nothing of it.
                if (fault.Fault != EhrFault.NotFound)
                {
                    job = job with { Notes = [.. job.Notes, $"The vendor could not be told that it may drop its files. {fault.Message}"] };
                }
            }
        }

        var ended = await Jobs.EndAsync(kept, job with { EndedAt = kept.Now, IsCancelling = false }, until, cancellationToken);
        Log.Ended(Logger, _connection.Id, job.Id, job.Step, job.Problem ?? "everything was taken");
        return ended;
    }

    /// <summary>Something failed: it is tried again after a pause, or the export is over.</summary>
    /// <param name="kept">As it is kept.</param>
    /// <param name="job">As it is to be tried again.</param>
    private async Task<KeptJob> FaultAsync(KeptJob kept, BulkJob job, EhrException fault, CancellationToken cancellationToken)
    {
        var failures = job.Failures + 1;
        var isTooLong = kept.Now - job.SucceededAt > _limits.FailingMax;
        if (!BulkCalls.MayPass(fault) || isTooLong || (fault.Fault == EhrFault.NotUnderstood && failures >= _limits.NotUnderstoodMax))
        {
            var problem = isTooLong ? $"It has failed for {_limits.FailingMax.TotalHours:0} hours. {fault.Message}" : fault.Message;
            return await FailAsync(kept, job with { Failures = failures }, problem, cancellationToken);
        }

        var pause = Pause(failures - 1, fault.RetryAfter);
        Log.Paused(Logger, _connection.Id, job.Id, fault.Message, pause);
        return await Jobs.WriteAsync(kept, job with { Failures = failures, Problem = fault.Message }, pause, cancellationToken);
    }

    private string NotCompleted(BulkJob job)
    {
        var said = job.Progress is { } progress ? $", and says of itself: {progress}" : "";
        return $"The vendor has not completed it in {Words(_connection.Bulk.CompleteWithin)} (Connections:{_connection.Id}:Bulk:CompleteWithin){said}. "
            + "Nothing was taken, and the next export begins from where this one did.";
    }

    private static string Words(TimeSpan time) => time.TotalHours % 24 == 0 && time.TotalDays > 1 ? $"{time.TotalDays:0} days" : $"{time.TotalHours:0.#} hours";

    private static BulkJob Succeeded(KeptJob kept) => kept.Job with { Failures = 0, Problem = null, SucceededAt = kept.Now };

    private TimeSpan Pause(int before, TimeSpan? wanted)
    {
        var own = TimeSpan.FromTicks(Math.Min(_limits.PauseMin.Ticks << Math.Min(before, 20), _limits.PauseMax.Ticks));
        return wanted is { } said ? TimeSpan.FromTicks(Math.Clamp(said.Ticks, TimeSpan.TicksPerSecond, _limits.WaitMax.Ticks)) : own;
    }

    private static DateTimeOffset? Expiry(EhrAnswer answer, DateTimeOffset now) =>
        DateTimeOffset.TryParse(answer.Header("Expires"), CultureInfo.InvariantCulture, out var expires) ? now + (expires - answer.ServerTime) : null;

    private static string? Words(string? progress) => progress is { Length: > 0 and <= 100 } && !progress.Any(char.IsControl) ? progress : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection} export {Job} of {Level} begins, {Types} types", EventName = "BulkExportBegun")]
        public static partial void Begun(ILogger logger, string connection, string job, string level, int types);

        [LoggerMessage(2, LogLevel.Warning, "{Connection} export {Job}: the answer to the kick-off was lost, time {Lost}", EventName = "BulkKickOffLost")]
        public static partial void AnswerLost(ILogger logger, string connection, string job, int lost);

        [LoggerMessage(3, LogLevel.Information, "{Connection} export {Job} is there: {Files} files", EventName = "BulkExported")]
        public static partial void Exported(ILogger logger, string connection, string job, int files);

        [LoggerMessage(4, LogLevel.Information, "{Connection} export {Job}: a file of {Type} is {State}, {Rows} rows", EventName = "BulkFileSettled")]
        public static partial void FileSettled(ILogger logger, string connection, string job, string type, BulkFileState state, long rows);

        [LoggerMessage(5, LogLevel.Information, "{Connection} export {Job} is {Step}: {Reason}", EventName = "BulkExportEnded")]
        public static partial void Ended(ILogger logger, string connection, string job, BulkStep step, string reason);

        [LoggerMessage(7, LogLevel.Warning, "{Connection} export {Job} could not be kept when it began, and not be given up at the vendor: {Reason}", EventName = "BulkExportNotReleased")]
        public static partial void NotReleased(ILogger logger, string connection, string job, string reason);

        [LoggerMessage(6, LogLevel.Warning, "{Connection} export {Job} waits {Pause}: {Reason}", EventName = "BulkExportPaused")]
        public static partial void Paused(ILogger logger, string connection, string job, string reason, TimeSpan pause);
    }
}
