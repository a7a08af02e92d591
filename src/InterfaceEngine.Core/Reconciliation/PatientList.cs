using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Items that belong to a patient and come as a list (coverage, contacts). What a full list no longer names ends
/// at the event's time and is never deleted; a message with none of the segment says nothing.
/// </summary>
public static class PatientList
{
    /// <summary>The field that says since when a list no longer names an item (FHIR's <c>period.end</c>); the engine writes it.</summary>
    public const string EndedAt = "ended_at";

    /// <summary>The key under which all items of a patient's list are found.</summary>
    /// <param name="definition">The list's record type.</param>
    /// <param name="owner">The patient's external id.</param>
    public static LookUpKey Key(RecordDefinition definition, string owner) =>
        new(definition.Type, "list:" + definition.IdSystem, owner);

    /// <summary>Ends the items a full list no longer names.</summary>
    /// <param name="items">Every stored item of the patient's list.</param>
    /// <param name="named">The ids of those that the message names.</param>
    /// <param name="cause">The message.</param>
    public static IReadOnlyList<Reconciled> End(IReadOnlyList<StoredRecord> items, IReadOnlySet<EngineId> named, Cause cause)
    {
        List<Reconciled>? ended = null;
        foreach (var item in items)
        {
            // An item that a newer message named is not ended by an older list that did not know it yet.
            if (!named.Contains(item.Id) && item[EndedAt] is null && Clock(item) is { } clock && !cause.IsOlderThan(clock))
            {
                (ended ??= []).Add(WithEnd(item, cause));
            }
        }

        return ended ?? [];
    }

    /// <summary>
    /// When an older message makes an item that a newer full list did not name, it is made as ended: the newest
    /// clock among the stored items is the time of that newer list.
    /// </summary>
    public static Reconciled EndIfSuperseded(Reconciled created, IReadOnlyList<StoredRecord> items, Cause cause)
    {
        Cause? newest = null;
        foreach (var item in items)
        {
            if (Clock(item) is { } clock && cause.IsOlderThan(clock) && (newest is null || newest.IsOlderThan(clock)))
            {
                newest = clock;
            }
        }

        if (newest is null || created.Next is not { } next)
        {
            return created;
        }

        var end = EventTimeText.Of(newest);
        return new Reconciled
        {
            Outcome = created.Outcome,
            Next = Copy(next, next.Version, [.. next.Fields, new StoredField(EndedAt, end, newest, null, ByteRange.None)]),
            Changes = [.. created.Changes, new FieldChange(EndedAt, null, end, null, ByteRange.None)],
            NewAliases = created.NewAliases,
            Notes = created.Notes,
        };
    }

    private static Reconciled WithEnd(StoredRecord item, Cause cause)
    {
        var end = EventTimeText.Of(cause);
        return new Reconciled
        {
            Outcome = ReconciledOutcome.Updated,
            Stored = item,
            Next = Copy(
                item,
                item.Version + 1,
                [.. item.Fields.Where(field => field.Name != EndedAt), new StoredField(EndedAt, end, cause, null, ByteRange.None)]),
            Changes = [new FieldChange(EndedAt, null, end, null, ByteRange.None)],
        };
    }

    private static StoredRecord Copy(StoredRecord record, long version, IReadOnlyList<StoredField> fields) => new()
    {
        Id = record.Id,
        Practice = record.Practice,
        Type = record.Type,
        Version = version,
        ChangedSequence = record.ChangedSequence,
        Aliases = record.Aliases,
        Fields = fields,
    };

    private static Cause? Clock(StoredRecord record)
    {
        Cause? latest = null;
        foreach (var field in record.Fields)
        {
            if (field.Cause is { } cause && (latest is null || latest.IsOlderThan(cause)))
            {
                latest = cause;
            }
        }

        return latest;
    }
}
