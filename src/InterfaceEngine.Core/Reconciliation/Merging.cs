using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Two records of a person that are one (verb <c>merge</c>). The retired one has <c>merged_into</c>, our own id of the survivor, and
/// keeps all it holds; nothing is moved, so a merge can be undone. The event's time decides between two merges of one record, and
/// between a merge and its undoing.
/// </summary>
public static class Merging
{
    /// <summary>The field that says into which record this one was merged; the engine writes it.</summary>
    public const string MergedInto = "merged_into";

    /// <summary>The field that says when another record was last merged into this one; the engine writes it, and it stays when a merge is undone.</summary>
    public const string AbsorbedAt = "absorbed_at";

    /// <summary>True when the record was merged into another, or another into it, at any time.</summary>
    public static bool IsPart(StoredRecord record) => record[MergedInto] is not null || record[AbsorbedAt] is not null;

    /// <summary>Into which record it was merged; null when it is its own.</summary>
    public static EngineId? Survivor(StoredRecord record) => EngineId.TryParse(record[MergedInto], out var id) ? id : null;

    /// <summary>The key under which the records are found that were merged into one.</summary>
    public static LookUpKey Key(string type, EngineId survivor) => new(type, MergedInto, survivor.ToString());

    /// <summary>The retired record's next version.</summary>
    /// <param name="retired">It.</param>
    /// <param name="survivor">Into which record.</param>
    /// <param name="cause">The event that says so.</param>
    public static Reconciled Retire(StoredRecord retired, EngineId survivor, Cause cause) => Set(retired, survivor.ToString(), cause);

    /// <summary>The survivor's next version: it says when, so that what hangs on the other is looked for from then on.</summary>
    public static Reconciled Absorb(StoredRecord survivor, Cause cause)
    {
        var before = survivor.Find(AbsorbedAt);
        if (before?.Cause is { } clock && cause.IsOlderThan(clock))
        {
            return new Reconciled { Outcome = ReconciledOutcome.Unchanged, Stored = survivor };
        }

        var at = EventTimeText.Of(cause);
        return new Reconciled
        {
            Outcome = ReconciledOutcome.Updated,
            Stored = survivor,
            Next = Next(survivor, new StoredField(AbsorbedAt, at, cause, null, ByteRange.None)),
            Changes = before?.Value == at ? [] : [new FieldChange(AbsorbedAt, before?.Value, at, null, ByteRange.None)],
        };
    }

    /// <summary>The next version of a record that is its own again: undone by a person, or named survivor by a later event.</summary>
    public static Reconciled Revive(StoredRecord retired, Cause cause) => Set(retired, null, cause);

    /// <summary>A record that is known by nothing but its retired id: what comes later for that id is kept with it.</summary>
    public static Reconciled RetireUnknown(string practice, RecordDefinition definition, RecordAlias retired, EngineId survivor, Cause cause, EngineId newId)
    {
        var key = definition.Fields.First(field => field.IsKey).Name;
        return new Reconciled
        {
            Outcome = ReconciledOutcome.Created,
            Next = new StoredRecord
            {
                Id = newId,
                Practice = practice,
                Type = definition.Type,
                Version = 1,
                Aliases = [retired],
                Fields = [new StoredField(key, retired.Value, cause, null, ByteRange.None), new StoredField(MergedInto, survivor.ToString(), cause, null, ByteRange.None)],
            },
            Changes = [new FieldChange(key, null, retired.Value, null, ByteRange.None), new FieldChange(MergedInto, null, survivor.ToString(), null, ByteRange.None)],
            NewAliases = [retired],
        };
    }

    /// <summary>True when a later event than this has said into what the record was merged, or that it was not.</summary>
    public static bool IsStale(StoredRecord record, Cause cause) => record.Find(MergedInto)?.Cause is { } clock && cause.IsOlderThan(clock);

    private static Reconciled Set(StoredRecord record, string? survivor, Cause cause)
    {
        var before = record.Find(MergedInto);
        if (IsStale(record, cause) || (before is null && survivor is null))
        {
            return new Reconciled { Outcome = ReconciledOutcome.Unchanged, Stored = record };
        }

        return new Reconciled
        {
            Outcome = before?.Value == survivor ? ReconciledOutcome.Unchanged : ReconciledOutcome.Updated,
            Stored = record,
            Next = Next(record, new StoredField(MergedInto, survivor, cause, null, ByteRange.None)),
            Changes = before?.Value == survivor ? [] : [new FieldChange(MergedInto, before?.Value, survivor, null, ByteRange.None)],
        };
    }

    private static StoredRecord Next(StoredRecord record, StoredField written) => new()
    {
        Id = record.Id,
        Practice = record.Practice,
        Type = record.Type,
        Version = record.Version + 1,
        ChangedSequence = record.ChangedSequence,
        Aliases = record.Aliases,
        Fields = [.. record.Fields.Where(field => field.Name != written.Name), written],
    };
}
