using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// A sender's own id that goes from one item to another (rule <c>tells apart SYSTEM of one key</c>): a vendor's Coverage keeps its id while the plan changes, and the new plan
/// is another insurance. Told with another key, the id is that of the item with this key from then on. The item that had it ends, and keeps what it was.
/// </summary>
public static class MovingIds
{
    /// <summary>The ids of this kind that a record gives, with the fields that hold them; none for most types.</summary>
    public static IEnumerable<(FieldDefinition Field, string Id)> Of(IncomingRecord said)
    {
        foreach (var field in said.Definition.TellingApart)
        {
            if (field.IsOfOneKey && !said.IsDeletion && said[field.Name].Text is { } id)
            {
                yield return (field, id);
            }
        }
    }

    /// <summary>The name that such an item has if it was stored when an id was one item's for good.</summary>
    public static RecordAlias FormerName(IncomingRecord said, FieldDefinition field, string id) => new(said.Type, field.TellsApart!, id);

    /// <summary>True when the key that is told is another's than a stored item's. What one of the two leaves unsaid makes no other of it, unless that has ended.</summary>
    public static bool IsAnother(IncomingRecord said, StoredRecord stored)
    {
        foreach (var field in said.Definition.KeyFields)
        {
            if (said[field.Name].Text is not { } told)
            {
                continue;
            }

            var known = stored[field.Name];
            var isSame = string.Equals(told, known, field.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
            if (!isSame && (known is not null || stored[PatientList.EndedAt] is not null))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of two items that hold one id, which has to give it up: the one that had it earlier.</summary>
    public static (StoredRecord Former, StoredRecord Holder) Order(StoredRecord told, StoredRecord other, FieldDefinition field) =>
        told.Find(field.Name)?.Cause is { } now && other.Find(field.Name)?.Cause is { } then && now.IsOlderThan(then) ? (told, other) : (other, told);

    /// <summary>The id is another item's: this one has it no more, and ends then, unless it was told of since.</summary>
    /// <param name="former">The item.</param>
    /// <param name="field">The field that holds the id.</param>
    /// <param name="cause">What told that it is another's.</param>
    public static Reconciled Leave(StoredRecord former, FieldDefinition field, Cause cause)
    {
        var ended = PatientList.End([former], new HashSet<EngineId>(), cause) is [var one] ? one : null;
        var next = ended?.Next ?? former.AsVersion(former.Version + 1);
        return new Reconciled
        {
            Outcome = ReconciledOutcome.Updated,
            Stored = former,
            Next = next.WithFields([.. next.Fields.Where(other => other.Name != field.Name), new StoredField(field.Name, null, cause, null, ByteRange.None)]),
            Changes = [.. ended?.Changes ?? [], new FieldChange(field.Name, former[field.Name], null, null, ByteRange.None)],
        };
    }
}
