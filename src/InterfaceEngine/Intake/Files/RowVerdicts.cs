using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>What becomes of a row, as it is committed and counted.</summary>
internal static class RowVerdicts
{
    /// <summary>The code of a row that says otherwise than an earlier one of its file.</summary>
    public const string Contradicts = "MAP558";

    /// <summary>The code of a row that the store can't hold.</summary>
    public const string CanNotBeStored = "MAP559";

    /// <summary>The same was said by an earlier row.</summary>
    public static Verdict Duplicate(EngineId first) => new()
    {
        State = MessageState.Duplicate,
        Message = null,
        Answer = null,
        Detail = new MessageDetail { Earlier = first.ToString() },
    };

    /// <summary>
    /// Another row says otherwise, and which of them is right only a person knows: the first was taken. Rows that say what was known before are confirmed
    /// before the others of their chunk are read, and come first in it.
    /// </summary>
    /// <param name="field">The record type and the field.</param>
    /// <param name="row">The number of the other row; null when it was only confirmed, with what it said the last time.</param>
    public static Verdict Contradiction(string field, long? row) => Refused(
        Contradicts,
        row is null ? $"another row of the same file says of this {Of(field)} what was known before. That was kept." : $"row {row} of the same file says otherwise of this {Of(field)}. The first was taken.");

    private static string Of(string field) => field.Replace(" ", "'s ", StringComparison.Ordinal);

    /// <summary>It breaks a rule of the database, and would again.</summary>
    public static Verdict Broken() => Refused(CanNotBeStored, "the store can't hold it as it is: two of its values break a rule of the database.");

    /// <param name="run">The run.</param>
    /// <param name="task">The row.</param>
    /// <param name="verdict">What becomes of it.</param>
    /// <param name="work">What it does to records; null for nothing.</param>
    /// <param name="loaded">The records as they were.</param>
    public static RowWrite Write(RowRun run, RowTask task, Verdict verdict, MessageWork? work, LoadedRecords loaded)
    {
        LeaveSaid(run, work);
        var isInForce = task.Body is { } body && work is not null && IsInForce(run, task.Id, body, verdict, work, loaded);
        return new RowWrite
        {
            Number = task.Number,
            Outcome = OutcomeOf(verdict.State, work),
            Unit = MessageUnit.Write(task.Arrival, run.Practice, verdict, Replies.None, work, null, run.Live.Hash),
            Fingerprint = isInForce ? task.Fingerprint : null,
            Records = isInForce ? [.. work!.Records.Select(record => (record.Current!.Id, record.VersionAfter))] : [],
        };
    }

    private static RowOutcome OutcomeOf(MessageState state, MessageWork? work) => state switch
    {
        MessageState.Applied => work!.Records.Any(record => record.IsCreated) ? RowOutcome.Created : RowOutcome.Updated,
        MessageState.Unchanged => RowOutcome.Unchanged,
        MessageState.Duplicate => RowOutcome.Duplicate,
        MessageState.Parked => RowOutcome.Parked,
        MessageState.Held => RowOutcome.Held,
        _ => RowOutcome.Refused,
    };

    /// <summary>
    /// A record to which another row of the file has just written the same is not written once more. So its version stays, under which the other row is known: all rows of
    /// one patient can be confirmed the next night.
    /// </summary>
    private static void LeaveSaid(RowRun run, MessageWork? work)
    {
        foreach (var record in work?.Records ?? [])
        {
            if (record is { IsChanged: false, Stored: { } stored, Current: { } current } && current.Aliases.Count == stored.Aliases.Count
                && stored.Fields.All(field => current.Find(field.Name)?.Cause == field.Cause || (field.Cause is { } cause && run.IsWritten(cause))))
            {
                record.Leave();
            }
        }
    }

    /// <summary>
    /// Whether every field that the row says has its value and its clock from it now, or from another row of the file. Then the same row says nothing new the next
    /// time; one of which anything was kept back (older, held, another source) may.
    /// </summary>
    private static bool IsInForce(RowRun run, EngineId message, MappedBody body, Verdict verdict, MessageWork work, LoadedRecords loaded) =>
        verdict is { State: MessageState.Applied or MessageState.Unchanged, Reviews.Count: 0 }
        && body.Mapped.Records.Count > 0
        && work.Records.All(record => record.Current is not null)
        && body.Mapped.Records.All(said => work.Records.FirstOrDefault(record => record.Current!.Aliases.Contains(OwnIds.FirstOf(said)))?.Current is { } current
            && said.Fields.All(field => IsInForce(message, field, current.Find(field.Definition.Name))
                || (current.Find(field.Definition.Name) is { Cause: { } cause } stored && run.IsWritten(cause) && SaidBefore.IsSame(field, said, stored.Value, loaded))));

    private static bool IsInForce(EngineId message, IncomingField said, StoredField? stored) =>
        said.Definition.IsKey || (said.IsDefault && stored is not null) || (said.Value.IsCleared && stored is null) || stored?.Cause?.Message == message;

    private static Verdict Refused(string code, string reason) => new()
    {
        State = MessageState.Quarantined,
        Message = null,
        Answer = null,
        Code = code,
        Detail = new MessageDetail { Notes = [new DetailNote(Details.Refused, code, null, null, reason, null, null)] },
    };
}
