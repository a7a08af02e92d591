using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Control;

/// <param name="Next">Goes into <c>--before</c> for the next page; null on the last.</param>
internal sealed record RunsAnswer(IReadOnlyList<RunView> Runs, string? Next) : ControlAnswer;

/// <param name="Lines">What it changed and kept, when that was asked for.</param>
/// <param name="Next">Goes into <c>--after</c> for the next page; null on the last.</param>
internal sealed record RunAnswer(RunView Run, IReadOnlyList<FieldLine> Lines, string? Next) : ControlAnswer;

/// <param name="Text">UTF-8.</param>
/// <param name="Lines">How many rows or fields the part holds.</param>
/// <param name="Next">Where the next part begins; null when this is the last.</param>
internal sealed record RunReportAnswer(ReadOnlyMemory<byte> Text, long Lines, string? Next) : ControlAnswer;

/// <param name="Run">The run; null for a trial.</param>
/// <param name="Kind">The kind of file as which it is read.</param>
/// <param name="IsRead">Its bytes are wanted now.</param>
/// <param name="Reason">Why they are not.</param>
/// <param name="Notes">What was noticed of the file as a whole.</param>
internal sealed record RowsBegunAnswer(RunView? Run, string Source, string Kind, bool IsRead, string? Reason, IReadOnlyList<string> Notes) : ControlAnswer;

/// <param name="Rows">Up to this row all is settled.</param>
internal sealed record RowsProgressAnswer(long Rows) : ControlAnswer;

/// <param name="Run">The run; null for a trial.</param>
/// <param name="Counts">What became of its rows, or would.</param>
internal sealed record RowsTakenAnswer(RunView? Run, RunCounts Counts) : ControlAnswer;

/// <param name="Kind">The kind of file as the tables name it.</param>
/// <param name="State"><c>running</c>, <c>done</c>, <c>held</c>, <c>released</c>, <c>refused</c>, <c>discarded</c>, <c>known</c> or <c>undone</c>.</param>
/// <param name="EventAt">What its rows say counts from then.</param>
/// <param name="Position">Up to this row it was looked at.</param>
/// <param name="Reason">Why no row, or no further row, was taken.</param>
internal sealed record RunView(
    string Id,
    string Practice,
    string Source,
    string Kind,
    string State,
    string File,
    DateTimeOffset EventAt,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? EndedAt,
    long Size,
    long Rows,
    long Position,
    RunCounts Counts,
    IReadOnlyList<string> Notes,
    string? Reason);

/// <param name="Confirmed">Those among the unchanged that were known to be so without being read.</param>
internal sealed record RunCounts(long Created, long Updated, long Unchanged, long Confirmed, long Refused, long Held, long Parked, long Duplicate)
{
    public static RunCounts Of(Store.RowCounts counts) => new(
        counts.Created, counts.Updated, counts.Unchanged + counts.Confirmed, counts.Confirmed, counts.Refused, counts.Held, counts.Parked, counts.Duplicate);
}
