using System.Globalization;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Schedules;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Control;

/// <summary>What people see of dropped files and schedules, and decide about them.</summary>
internal sealed class FileOperations(EngineParts parts)
{
    /// <summary>How many held files of a source are counted.</summary>
    private const int HeldCountedMax = 1_000;

    /// <summary>How many runs of the same content are looked through.</summary>
    private const int RunsOfContentMax = 100;

    public async Task<PolledFilesAnswer> PollAsync(PollFilesRequest request, CancellationToken cancellationToken)
    {
        if (!parts.FileSources.Any(source => source.Work.Name == request.Source))
        {
            throw RequestException.NotFound($"{request.Source} is not a source of files of these settings ({Names()}).");
        }

        // Polling reads a practice's files: the audit says who wanted it.
        var practice = parts.FileSources.First(source => source.Work.Name == request.Source).Practice;
        await parts.Store.AskAsync(request.Audit("files poll", practice, $"source {request.Source}"), _ => 0, cancellationToken);
        return await parts.PollFiles!(request.Source, cancellationToken)
            ?? throw RequestException.Refused($"Another node polls {request.Source}: status shows which one has its lease. Ask there.");
    }

    public async Task<FilesStatusAnswer> StatusAsync(CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow();
        var states = parts.Sources().ToDictionary(source => source.Name, source => source.State);
        return await parts.Store.LookAsync(
            reader =>
            {
                var notes = reader.PollNotes().ToDictionary(note => note.Source);
                return new FilesStatusAnswer([.. parts.FileSources.Select(source => View(reader, source, notes.GetValueOrDefault(source.Work.Name), states, now))]);
            },
            cancellationToken);
    }

    public async Task<HeldFilesAnswer> HeldAsync(HeldFilesRequest request, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(request.Limit, 1, 1000);
        var held = await parts.Store.AskAsync(
            request.Audit("files held", request.Practice, null), reader => reader.FileRuns(new FileRunQuery(request.Practice, null, FileRunState.Held), EngineId.None, limit), cancellationToken);
        return new HeldFilesAnswer([.. held.Select(run =>
        {
            var detail = RunDetail.FromJson(run.Detail);
            return new HeldFileView(run.Id.ToString(), run.Practice, run.Source, run.Kind, Views.Time(run.ReceivedAt), run.Rows, detail.File, detail.Reason ?? string.Join("; ", detail.Notes));
        })]);
    }

    public async Task<FileDecidedAnswer> DecideAsync(DecideFileRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            throw RequestException.Usage("Say why with --reason TEXT: the next person wants to know.");
        }

        var id = Views.ParseId(request.Run, "run");
        var run = await parts.Store.LookAsync(reader => Meant(reader, reader.FileRun(id), request.Decision), cancellationToken)
            ?? throw await DroppedWords.NoRunAsync(parts.Store, id, "run of a file", cancellationToken);
        var (to, what) = Decision(request.Decision, run);
        var audit = request.Audit($"files {request.Decision}", run.Practice, $"run {run.Id}");
        if (!await parts.Store.Files.DecideAsync(new FileDecision(run.Id, run.Practice, run.State, to, audit), cancellationToken))
        {
            throw RequestException.Refused($"Run {run.Id} was {run.State.Text()} and is in another state by now: look again.");
        }

        parts.WakeFiles(run.Source);
        return new FileDecidedAnswer(run.Id.ToString(), run.Source, what);
    }

    public async Task<SchedulesAnswer> ListSchedulesAsync(CancellationToken cancellationToken)
    {
        var notes = (await parts.Store.LookAsync(reader => reader.PollNotes(), cancellationToken)).ToDictionary(note => note.Source);
        return new SchedulesAnswer([.. parts.Schedules.Select(work => View(work, notes.GetValueOrDefault(work.Name)))]);
    }

    private static (FileRunState To, string What) Decision(string decision, FileRun run) => (decision, run.State) switch
    {
        ("release", FileRunState.Held) => (FileRunState.Released, "it is read at once if an engine runs, else when its folder is looked at next"),
        ("discard", FileRunState.Held or FileRunState.Running) => (FileRunState.Discarded, "it is never read; the file goes to the failed ones when its folder is looked at next"),
        ("again", FileRunState.Held) => throw RequestException.Refused($"Run {run.Id} is held and was not read yet: files release."),
        ("again", FileRunState.Running) => throw RequestException.Refused($"Run {run.Id} is running, or broke off: it goes on by itself where it was."),
        ("again", FileRunState.Released) => throw RequestException.Refused($"Run {run.Id} was released and is read when its folder is looked at next."),
        ("again", _) => (FileRunState.Released, "the same content is read once more: from where it was put away, or when it is dropped again"),
        ("release" or "discard", var state) => throw RequestException.Refused($"Run {run.Id} is {state.Text()}: only what is held waits for a person. See: files held"),
        _ => throw RequestException.Usage($"{decision} is no decision about a file: release, discard, again."),
    };

    /// <summary>To read again what was known is to read again what it was known from.</summary>
    private static FileRun? Meant(IStoreReader reader, FileRun? run, string decision) =>
        run is { State: FileRunState.Known } && decision == "again"
            ? reader.FileRunsOf(run.Practice, run.Source, run.Content, RunsOfContentMax).FirstOrDefault(other => other.State is not (FileRunState.Known or FileRunState.Refused)) ?? run
            : run;

    private FileSourceView View(IStoreReader reader, FileSourceInfo source, PollNote? note, Dictionary<string, string> states, DateTimeOffset now)
    {
        var last = reader.FileRuns(new FileRunQuery(source.Practice, source.Work.Name, null), EngineId.None, 1) is [var run] ? run : null;
        return new FileSourceView(
            source.Work.Name,
            source.Practice,
            source.Place,
            states.GetValueOrDefault(source.Work.Name, "stopped"),
            note is null ? null : Views.Time(note.StartedAt),
            note?.Fault,
            last is null ? null : Views.Time(last.ReceivedAt),
            last?.Id.ToString(),
            last?.State.Text(),
            last?.Rows,
            last?.Counts.Refused,
            reader.FileRuns(new FileRunQuery(source.Practice, source.Work.Name, FileRunState.Held), EngineId.None, HeldCountedMax).Count,
            source.Expects?.OverdueSince(FileArrivals.Last(reader, source.Practice, source.Work.Name), now),
            NextAt(source.Work, note));
    }

    private ScheduleView View(ScheduledWork work, PollNote? note)
    {
        var next = NextAt(work, note);
        return new ScheduleView(
            work.Name,
            work.What,
            work.Schedule.Text,
            next,
            next is { } at ? Instant.FromDateTimeOffset(at).InZone(work.Zone).ToString("uuuu'-'MM'-'dd HH':'mm':'ss z", CultureInfo.InvariantCulture) : null,
            note is null ? null : Views.Time(note.StartedAt),
            note?.EndedAt is { } ended ? Views.Time(ended) : null,
            note is null ? null : note.EndedAt is null ? "running, or broken off" : note.Fault ?? "done",
            note?.Files);
    }

    private DateTimeOffset? NextAt(ScheduledWork work, PollNote? note) =>
        new ScheduleClock(work.Schedule, parts.Time).Next(note is null ? null : Views.Time(note.DueAt))?.At;

    private string Names() => string.Join(", ", parts.FileSources.Select(source => source.Work.Name));
}
