namespace InterfaceEngine.Control;

/// <summary>Looks at a source's folder now, whatever its schedule says.</summary>
internal sealed record PollFilesRequest(string Source) : ControlRequest<PolledFilesAnswer>(TimeSpan.FromHours(12));

/// <summary>How every source of files does. Shows no patient data and is not audited.</summary>
internal sealed record FilesStatusRequest : ControlRequest<FilesStatusAnswer>;

/// <summary>Files that wait for a person, newest first. Shows their names.</summary>
internal sealed record HeldFilesRequest(string? Practice, int Limit = 100) : ControlRequest<HeldFilesAnswer>;

/// <summary>A person decides about a file.</summary>
/// <param name="Run">Its run.</param>
/// <param name="Decision"><c>release</c>, <c>discard</c> or <c>again</c>.</param>
internal sealed record DecideFileRequest(string Run, string Decision) : ControlRequest<FileDecidedAnswer>;

/// <summary>What has a schedule, and when it runs next. Shows no patient data and is not audited.</summary>
internal sealed record ListSchedulesRequest : ControlRequest<SchedulesAnswer>;
