using System.Collections.Concurrent;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Nodes;
using InterfaceEngine.Schedules;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Files;

/// <summary>
/// Polls one place by its schedule, on one node at a time: who has the lease. A poll that failed, or broke off with its node, is tried again
/// with pauses that double, whatever the schedule says; a file that a person released, or wants again, is not kept waiting for it either.
/// </summary>
internal sealed partial class FilePoller : ISource
{
    /// <summary>How many of the latest runs are looked through for those that a person wants again.</summary>
    private const int LatestRuns = 100;

    /// <summary>The longest time between two looks for what people decided on other nodes, and at the clock.</summary>
    private static readonly TimeSpan _lookEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan _predecessorEvery = TimeSpan.FromSeconds(2);

    private readonly FilePollerParts _parts;
    private readonly FileSourceOptions _options;
    private readonly FilePoll _poll;
    private readonly ScheduleClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<FilePoller> _logger;
    private readonly Signal _woken = new();
    private readonly ConcurrentQueue<TaskCompletionSource<PollReport>> _asked = new();
    private readonly HashSet<EngineId> _tried = [];
    private volatile FilePollerState _state = new("polled by another node", null);
    private volatile IReadOnlyDictionary<string, long> _counters = new Dictionary<string, long>();
    private volatile bool _isOwner;

    public FilePoller(FilePollerParts parts, TimeProvider time, ILogger<FilePoller> logger)
    {
        _parts = parts;
        _options = parts.Options;
        _time = time;
        _logger = logger;
        _clock = new ScheduleClock(_options.Schedule, time);
        _poll = new FilePoll(Name, _options, parts.Intake, parts.WriteBack, StateOfAsync, time, logger);
    }

    public string Name => _parts.Name;

    /// <summary>What it does now, and what is wrong.</summary>
    public FilePollerState State => _state;

    /// <summary>What became of files since the engine started, by name.</summary>
    public IReadOnlyDictionary<string, long> Counters => _counters;

    private string Check => $"files {Name}";

    /// <inheritdoc/>
    /// <remarks>Stopping takes as long as a chunk of rows that is being committed.</remarks>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new Duty($"files {Name}", _parts.Owner, _parts.Store.Leases, _time, _parts.DutyLogger).RunAsync(PollAlwaysAsync, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>A person wants a poll now, in the loop that runs here.</summary>
    /// <returns>Null when another node polls this source.</returns>
    /// <exception cref="OperationCanceledException">The loop ended before it was done.</exception>
    public async Task<PollReport?> AskAsync(CancellationToken cancellationToken)
    {
        if (!_isOwner)
        {
            return null;
        }

        var asked = new TaskCompletionSource<PollReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Enqueue(asked);
        _woken.Raise();
        if (!_isOwner)
        {
            Abandon();
        }

        return await asked.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Polls once where no loop runs, under the lease.</summary>
    /// <returns>Null when a node polls this source.</returns>
    /// <exception cref="OperationCanceledException">It was ended, or the lease was lost.</exception>
    /// <exception cref="StoreUnavailableException">The lease can't be had.</exception>
    public async Task<PollReport?> OnceAsync(CancellationToken cancellationToken)
    {
        await using var ownership = await Ownership.TryTakeAsync(
            _parts.Store.Leases, Duty.LeaseOf($"files {Name}"), _parts.Owner, Duty.LeaseFor, _time, _logger, cancellationToken);
        if (ownership is null)
        {
            return null;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ownership.Lost);
        await BringBackAsync(ending.Token);
        return await PollAsync(null, ending.Token);
    }

    /// <summary>Somebody decided about a run of this source: no need to wait for the next look.</summary>
    public void Wake() => _woken.Raise();

    private async Task PollAlwaysAsync(CancellationToken cancellationToken)
    {
        _isOwner = true;
        try
        {
            for (var (failures, retryAt) = (0, default(DateTimeOffset?)); ;)
            {
                var due = await NextAsync(retryAt, cancellationToken);
                var report = await PollAsync(due, cancellationToken);
                failures = report.Fault is null ? 0 : failures + 1;
                retryAt = failures == 0 ? null : report.WaitsForSchedule ? DateTimeOffset.MaxValue : _time.GetUtcNow() + Pause(failures);
                while (_asked.TryDequeue(out var asked))
                {
                    asked.TrySetResult(report);
                }
            }
        }
        finally
        {
            _isOwner = false;
            Abandon();
            _state = new FilePollerState("polled by another node", null);
            _parts.Readiness.Report(Check, null, ReadinessEffect.Warns);
        }
    }

    /// <summary>Waits for the next reason to poll.</summary>
    /// <param name="retryAt">When a poll that failed here is to be tried again; null when the last did not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The time of the schedule that is met; null when it is none.</returns>
    private async Task<DateTimeOffset?> NextAsync(DateTimeOffset? retryAt, CancellationToken cancellationToken)
    {
        var begun = _time.GetUtcNow();
        while (true)
        {
            var last = await LastAsync(cancellationToken);
            var now = _time.GetUtcNow();
            var due = _clock.Next(last is null ? begun : Time(last.DueAt));
            // One that broke off or failed with another node, or before a restart, is taken up at once.
            var again = retryAt ?? (last is null or { EndedAt: not null, Fault: null } ? null : now);
            if (await BringBackAsync(cancellationToken) || !_asked.IsEmpty)
            {
                return null;
            }

            if (due is { } next && next.At <= now)
            {
                return next.At;
            }

            if (again <= now)
            {
                return last is null ? null : Time(last.DueAt);
            }

            await ReportAsync(cancellationToken);
            _state = _state with { Doing = due is null && again is null or { Year: 9999 } ? "waiting: its schedule has ended" : $"waiting until {Earlier(due?.At, again):yyyy-MM-dd HH:mm:ss'Z'}" };
            await WaitAsync(Earlier(due?.At, again) - now, cancellationToken);
        }
    }

    private TimeSpan Pause(int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(_options.BackOffMin.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)), _options.BackOffMax.TotalMilliseconds));

    private async Task<PollReport> PollAsync(DateTimeOffset? due, CancellationToken cancellationToken)
    {
        var started = _time.GetUtcNow();
        var result = new PollResult();
        string? fault = null;
        var waitsForSchedule = false;
        DateTimeOffset? met = due;
        try
        {
            met ??= await LastAsync(cancellationToken) is { } last ? Time(last.DueAt) : started;
            await _parts.Store.Files.NotePollAsync(new PollNote(Name, met.Value.ToUnixTimeMilliseconds(), started.ToUnixTimeMilliseconds(), null, null, 0), cancellationToken);
            if (due is { } time)
            {
                await WaitForPredecessorAsync(time, cancellationToken);
            }

            _state = _state with { Doing = "polling" };
            await using var folder = _parts.Open();
            result = await _poll.RunAsync(folder, new FileArchive(folder, _options, _parts.Zone, _time), cancellationToken);
            fault = result.Faults.FirstOrDefault();
        }
        catch (FileFaultException failure)
        {
            // A few wrong passwords lock an account, or have our address shut out.
            waitsForSchedule = failure.Fault == FileFault.Authentication;
            fault = waitsForSchedule ? $"{failure.Message} It is not tried again before the schedule says so, or somebody asks for it (files poll {Name})." : failure.Message;
        }
        catch (StoreUnavailableException failure)
        {
            fault = failure.Message;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The top of a loop: what we do wrong with one source's files takes neither the other sources nor the engine down.
            Log.PollBroke(_logger, Name, new ExceptionPlace(failure));
            fault = $"an error of the engine's own ({failure.GetType().Name}) ended the poll; the log says where. Nothing was moved";
        }

        fault = await NoteEndAsync(met ?? started, started, fault, result.Files, cancellationToken);
        Count(result, fault);
        await SayAsync(fault, cancellationToken);
        return new PollReport(result, fault, waitsForSchedule);
    }

    /// <returns>What was wrong, or that it could not be noted: then the poll counts as one that broke off, and is made again.</returns>
    private async Task<string?> NoteEndAsync(DateTimeOffset due, DateTimeOffset started, string? fault, int files, CancellationToken cancellationToken)
    {
        try
        {
            await _parts.Store.Files.NotePollAsync(
                new PollNote(Name, due.ToUnixTimeMilliseconds(), started.ToUnixTimeMilliseconds(), _time.GetUtcNow().ToUnixTimeMilliseconds(), fault, files), cancellationToken);
            return fault;
        }
        catch (StoreUnavailableException failure)
        {
            return fault ?? failure.Message;
        }
    }

    private void Count(PollResult result, string? fault)
    {
        var before = _counters;
        _counters = new (string Name, long Count)[]
        {
            ("polls", 1), ("polls failed", fault is null ? 0 : 1), ("files done", result.Done), ("known", result.Known), ("held", result.Held), ("refused", result.Refused), ("changed", result.Changed),
        }.ToDictionary(one => one.Name, one => before.GetValueOrDefault(one.Name) + one.Count);
    }

    /// <summary>Each fault is said once, and that it is gone.</summary>
    private async Task SayAsync(string? fault, CancellationToken cancellationToken)
    {
        if (fault is not null && fault != _state.Fault)
        {
            Log.PollFailed(_logger, Name, fault);
        }
        else if (fault is null && _state.Fault is not null)
        {
            Log.PollWorks(_logger, Name);
        }

        _state = _state with { Fault = fault };
        await ReportAsync(cancellationToken);
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var problem = _state.Fault;
        if (problem is null && _options.Expects is { } expectation)
        {
            try
            {
                var last = await _parts.Store.LookAsync(reader => FileArrivals.Last(reader, _options.Practice, Name), cancellationToken);
                problem = expectation.OverdueSince(last, _time.GetUtcNow()) is { } since
                    ? $"no file has come that was expected by {since:yyyy-MM-dd HH:mm'Z'}" : null;
            }
            catch (StoreUnavailableException failure)
            {
                problem = failure.Message;
            }
        }

        if (problem != _state.Problem && problem is not null && problem != _state.Fault)
        {
            Log.FileOverdue(_logger, Name, problem);
        }

        _state = _state with { Problem = problem };
        _parts.Readiness.Report(Check, problem, ReadinessEffect.Warns);
    }

    /// <summary>
    /// Waits until the source before this one has ended its poll of the same round: of its last time that is not after ours. It goes on without it
    /// when that takes too long.
    /// </summary>
    private async Task WaitForPredecessorAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        if (_parts.After is not { } before || before.Schedule.LastUntil(due) is not { } round)
        {
            return;
        }

        var begun = _time.GetTimestamp();
        while (!await HasEndedAsync(before.Name, round, cancellationToken))
        {
            if (_time.GetElapsedTime(begun) >= _options.AfterTimeout)
            {
                Log.PredecessorMissing(_logger, Name, before.Name, _options.AfterTimeout);
                return;
            }

            _state = _state with { Doing = $"waiting for {before.Name}" };
            await Task.Delay(_predecessorEvery, _time, cancellationToken);
        }
    }

    private async Task<bool> HasEndedAsync(string source, DateTimeOffset round, CancellationToken cancellationToken)
    {
        var notes = await _parts.Store.LookAsync(reader => reader.PollNotes(), cancellationToken);
        return notes.FirstOrDefault(note => note.Source == source) is { EndedAt: not null, Fault: null } note && Time(note.DueAt) >= round;
    }

    /// <summary>Puts files back that a person wants again.</summary>
    /// <returns>Whether there is something to poll for: such a file, or one that was released.</returns>
    private async Task<bool> BringBackAsync(CancellationToken cancellationToken)
    {
        var runs = await _parts.Store.LookAsync(reader => reader.FileRuns(new FileRunQuery(_options.Practice, Name, null), EngineId.None, LatestRuns), cancellationToken);
        var wanted = runs.Where(run => (run.State == FileRunState.Released || run.IsWantedAgain) && !_tried.Contains(run.Id)).ToList();
        foreach (var run in wanted.Where(run => run.IsWantedAgain && runs.First(other => other.Content.Span.SequenceEqual(run.Content.Span) && other.State != FileRunState.Known).Id == run.Id))
        {
            await BringBackAsync(run, cancellationToken);
        }

        _tried.UnionWith(wanted.Select(run => run.Id));
        return wanted.Count > 0;
    }

    private async Task BringBackAsync(FileRun run, CancellationToken cancellationToken)
    {
        var name = RunDetail.FromJson(run.Detail).File;
        _poll.Forget(name);
        try
        {
            await using var folder = _parts.Open();
            await new FileArchive(folder, _options, _parts.Zone, _time).BringBackAsync(name, run.Id, Time(run.EndedAt ?? run.ReceivedAt), cancellationToken);
        }
        catch (FileFaultException failure)
        {
            // The poll that follows says what is wrong with the place; the file can be dropped again.
            Log.NotBroughtBack(_logger, Name, run.Id, failure.Message);
        }
    }

    private async Task<FileRunState?> StateOfAsync(EngineId run, CancellationToken cancellationToken) =>
        (await _parts.Store.LookAsync(reader => reader.FileRun(run), cancellationToken))?.State;

    private async Task<PollNote?> LastAsync(CancellationToken cancellationToken) =>
        (await _parts.Store.LookAsync(reader => reader.PollNotes(), cancellationToken)).FirstOrDefault(note => note.Source == Name);

    /// <summary>Waits, unless it is woken before.</summary>
    private async Task WaitAsync(TimeSpan? wait, CancellationToken cancellationToken)
    {
        using var timer = _time.CreateTimer(_ => _woken.Raise(), null, wait < _lookEvery ? wait.Value : _lookEvery, Timeout.InfiniteTimeSpan);
        await _woken.WaitAsync(cancellationToken);
    }

    private void Abandon()
    {
        while (_asked.TryDequeue(out var asked))
        {
            asked.TrySetCanceled();
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static partial class Log
    {
        [LoggerMessage(6, LogLevel.Critical, "{Source}: a poll was ended by an error of the engine's own: {Place}", EventName = "PollBroke")]
        public static partial void PollBroke(ILogger logger, string source, ExceptionPlace place);

        [LoggerMessage(1, LogLevel.Error, "{Source} can't be polled: {Fault}", EventName = "PollFailed")]
        public static partial void PollFailed(ILogger logger, string source, string fault);

        [LoggerMessage(2, LogLevel.Information, "{Source} is polled again", EventName = "PollWorks")]
        public static partial void PollWorks(ILogger logger, string source);

        [LoggerMessage(3, LogLevel.Warning, "{Source} goes on without {Before}, whose poll has not ended within {Timeout}", EventName = "PredecessorMissing")]
        public static partial void PredecessorMissing(ILogger logger, string source, string before, TimeSpan timeout);

        [LoggerMessage(4, LogLevel.Warning, "{Source}: {Problem}", EventName = "FileOverdue")]
        public static partial void FileOverdue(ILogger logger, string source, string problem);

        [LoggerMessage(5, LogLevel.Warning, "{Source}: the file of run {Run} can't be put back to be read again, so it must be dropped again: {Fault}", EventName = "FileNotBroughtBack")]
        public static partial void NotBroughtBack(ILogger logger, string source, EngineId run, string fault);
    }
}
