namespace InterfaceEngine.Control;

/// <summary>Runs of files, newest first.</summary>
/// <param name="Practice">Null for all.</param>
/// <param name="Source">Null for all.</param>
/// <param name="State">Null for all.</param>
/// <param name="Before">The id after which the next page begins.</param>
internal sealed record ListRunsRequest(string? Practice, string? Source, string? State, string? Before = null, int Limit = 50) : ControlRequest<RunsAnswer>;

/// <summary>One run.</summary>
/// <param name="ShowsChanges">With what it changed and kept, field by field: patients' values.</param>
/// <param name="After">The message after which the next page begins.</param>
internal sealed record ShowRunRequest(string Id, bool ShowsChanges, string? After = null) : ControlRequest<RunAnswer>;

/// <summary>A part of a report about a run, as text of a file.</summary>
/// <param name="Report"><c>rejects</c> or <c>report</c>.</param>
/// <param name="After">Where the part before ended; null for the first.</param>
internal sealed record RunReportRequest(string Id, string Report, string? After = null) : ControlRequest<RunReportAnswer>(TimeSpan.FromMinutes(5));

/// <summary>Begins to take a file of rows, which the command has surveyed. Its bytes follow over the same connection; closing that breaks the file off.</summary>
/// <param name="File">Its name, for people.</param>
/// <param name="Practice">Whose rows they are.</param>
/// <param name="Source">As what source it comes; null for a practice's own imports.</param>
/// <param name="Kind">The kind of file as the tables name it; null for the one that its columns fit.</param>
/// <param name="ModifiedAt">When it was written.</param>
/// <param name="Survey">What it holds.</param>
internal sealed record BeginRowsRequest(string File, string Practice, string? Source, string? Kind, DateTimeOffset ModifiedAt, RowSurveyView Survey) : ControlRequest<RowsBegunAnswer>
{
    /// <summary>Nothing is to be kept.</summary>
    public bool IsTrial { get; init; }

    /// <summary>It is read though the same content was read before.</summary>
    public bool IsAgain { get; init; }
}

/// <param name="Content">SHA-256.</param>
/// <param name="Separator">One character.</param>
/// <param name="Columns">Empty for JSON.</param>
/// <param name="Fault">Why it can't be read as a whole.</param>
internal sealed record RowSurveyView(
    ReadOnlyMemory<byte> Content, long Size, long Rows, string Separator, bool IsWindows1252, IReadOnlyList<string> Columns, string? Fault);

/// <summary>The next bytes of the file that was begun.</summary>
/// <param name="Bytes">At most <see cref="ImportPieceRequest.BytesMax"/>.</param>
internal sealed record RowsPieceRequest(ReadOnlyMemory<byte> Bytes) : ControlRequest<RowsProgressAnswer>(TimeSpan.FromMinutes(10));

/// <summary>The file that was begun has ended. The answer comes when its last row is settled.</summary>
internal sealed record EndRowsRequest : ControlRequest<RowsTakenAnswer>
{
    public EndRowsRequest()
        : base(TimeSpan.FromMinutes(10))
    {
    }
}
