using InterfaceEngine.Schedules;

namespace InterfaceEngine.Control;

/// <summary>A source of files as the settings have it.</summary>
/// <param name="Work">Its name and its times.</param>
/// <param name="Practice">Whose files they are.</param>
/// <param name="Place">Where it looks, for people.</param>
/// <param name="Expects">By when a file is to be there; null for no such time.</param>
internal sealed record FileSourceInfo(ScheduledWork Work, string Practice, string Place, Expectation? Expects);

/// <summary>What a poll came to, in files.</summary>
/// <param name="Files">How many were looked into.</param>
/// <param name="Done">Read to their end.</param>
/// <param name="Known">Came before, and nothing of them was read.</param>
/// <param name="Changed">Replaced or taken away meanwhile: they are looked at again.</param>
/// <param name="Growing">Still being written.</param>
/// <param name="Fault">What failed; null when nothing did.</param>
internal sealed record PolledFilesAnswer(string Source, int Files, int Done, int Known, int Held, int Refused, int Changed, int Growing, string? Fault) : ControlAnswer;

internal sealed record FilesStatusAnswer(IReadOnlyList<FileSourceView> Sources) : ControlAnswer;

/// <param name="State">What it does now; <c>stopped</c> when no engine answers.</param>
/// <param name="PolledAt">When its folder was looked at last; null for never.</param>
/// <param name="Fault">Why that failed; null when it did not.</param>
/// <param name="FileAt">When its last file came; null for never.</param>
/// <param name="Run">That file's run.</param>
/// <param name="RunState">What became of it.</param>
/// <param name="NotTaken">How many of its rows were refused.</param>
/// <param name="Held">How many files wait for a person.</param>
/// <param name="OverdueSince">By when a file was expected that has not come; null when none is overdue.</param>
/// <param name="NextAt">When the schedule has it polled next; null for never.</param>
internal sealed record FileSourceView(
    string Name,
    string Practice,
    string Place,
    string State,
    DateTimeOffset? PolledAt,
    string? Fault,
    DateTimeOffset? FileAt,
    string? Run,
    string? RunState,
    long? Rows,
    long? NotTaken,
    int Held,
    DateTimeOffset? OverdueSince,
    DateTimeOffset? NextAt);

internal sealed record HeldFilesAnswer(IReadOnlyList<HeldFileView> Files) : ControlAnswer;

/// <param name="Run">Goes into <c>files release</c> or <c>files discard</c>.</param>
/// <param name="Name">The file's.</param>
/// <param name="Reason">Why it is held.</param>
internal sealed record HeldFileView(string Run, string Practice, string Source, string Kind, DateTimeOffset ReceivedAt, long Rows, string Name, string Reason);

/// <param name="What">What happens next, for people.</param>
internal sealed record FileDecidedAnswer(string Run, string Source, string What) : ControlAnswer;

internal sealed record SchedulesAnswer(IReadOnlyList<ScheduleView> Schedules) : ControlAnswer;

/// <param name="Name">A source or an export of the settings.</param>
/// <param name="What"><c>source</c> or <c>export</c>.</param>
/// <param name="Schedule">Its times, with the zone they are of.</param>
/// <param name="NextAt">When it runs next; null for never.</param>
/// <param name="NextLocal">The same on its practice's clock.</param>
/// <param name="StartedAt">When it ran last; null for never.</param>
/// <param name="End">How that ended: <c>done</c>, <c>running</c>, or what failed.</param>
/// <param name="Files">How many files that took.</param>
internal sealed record ScheduleView(string Name, string What, string Schedule, DateTimeOffset? NextAt, string? NextLocal, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? End, int? Files);
