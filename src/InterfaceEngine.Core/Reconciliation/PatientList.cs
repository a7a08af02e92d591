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

    /// <summary>The field whose clock says when a whole list last named an item; it has no value. The engine writes it.</summary>
    public const string ListedAt = "listed_at";

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

    /// <summary>An item that a whole list names says so, as of the list's time.</summary>
    public static Reconciled Listed(Reconciled result, Cause cause)
    {
        if ((result.Next ?? result.Stored) is not { } record || result.Outcome is ReconciledOutcome.Held or ReconciledOutcome.Refused
            || (record.Find(ListedAt)?.Cause is { } known && (known == cause || cause.IsOlderThan(known))))
        {
            return result;
        }

        return new Reconciled
        {
            Outcome = result.Outcome,
            Stored = result.Stored,
            Next = Copy(
                record,
                result.Next is null ? record.Version + 1 : record.Version,
                [.. record.Fields.Where(field => field.Name != ListedAt), new StoredField(ListedAt, null, cause, null, ByteRange.None)]),
            Changes = result.Changes,
            NewAliases = result.NewAliases,
            Notes = result.Notes,
        };
    }

    /// <summary>
    /// When an older message makes an item that a newer whole list did not name, it is made as ended. A newer message that
    /// named some items only, or of which one could not be identified, says nothing of the others.
    /// </summary>
    public static Reconciled EndIfSuperseded(Reconciled created, IReadOnlyList<StoredRecord> items, Cause cause)
    {
        Cause? newest = null;
        foreach (var item in items)
        {
            if (ListClock(item) is { } clock && cause.IsOlderThan(clock) && (newest is null || newest.IsOlderThan(clock)))
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

    /// <summary>When a whole list last named the item, or ended it.</summary>
    private static Cause? ListClock(StoredRecord item)
    {
        var listed = item.Find(ListedAt)?.Cause;
        return item.Find(EndedAt) is { Value: not null, Cause: { } ended } && (listed is null || listed.IsOlderThan(ended)) ? ended : listed;
    }

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
