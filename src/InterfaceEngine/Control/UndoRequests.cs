namespace InterfaceEngine.Control;

/// <summary>Takes back what a file's run has changed, where nothing newer wrote. Needs a reason, unless it is a trial.</summary>
/// <param name="Run">The run.</param>
/// <param name="IsTrial">Only say what would become of it.</param>
internal sealed record UndoFileRequest(string Run, bool IsTrial) : ControlRequest<FileUndoneAnswer>(TimeSpan.FromHours(12));

/// <param name="Run">The run.</param>
/// <param name="Source">Its source.</param>
/// <param name="IsTrial">Nothing was changed.</param>
/// <param name="Restored">Records of which values got back what they were.</param>
/// <param name="RestoredFields">How many values.</param>
/// <param name="Withdrawn">Records that the run had made, and that are marked as withdrawn.</param>
/// <param name="LeftRecords">Records of which something stays, because somebody has written it since.</param>
/// <param name="Left">The first hundred of those.</param>
internal sealed record FileUndoneAnswer(
    string Run, string Source, bool IsTrial, long Restored, long RestoredFields, long Withdrawn, long LeftRecords, IReadOnlyList<LeftRecordView> Left) : ControlAnswer;

/// <param name="Fields">Those that stay.</param>
internal sealed record LeftRecordView(string Type, string ExternalId, IReadOnlyList<string> Fields);
