using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Rule <c>replaces</c>: a field that names, by its external id, the record that this one takes the place of. The one it names
/// keeps all it holds and has <c>replaced_by</c>. It does not matter which of the two arrives first.
/// </summary>
public static class Replacement
{
    /// <summary>The field that says which record took this one's place, by external id; the engine writes it.</summary>
    public const string ReplacedBy = "replaced_by";

    /// <summary>The key under which the records are found that replace one; null when records of the type replace nothing.</summary>
    public static LookUpKey? Key(RecordDefinition definition, string externalId) =>
        definition.Replacing is { } field ? new LookUpKey(definition.Type, field.Name, externalId) : null;

    /// <summary>The replaced record's next version.</summary>
    /// <param name="replaced">It.</param>
    /// <param name="by">The record that takes its place.</param>
    /// <param name="cause">The event that says so.</param>
    public static Reconciled Mark(StoredRecord replaced, string by, Cause cause)
    {
        var before = replaced.Find(ReplacedBy);
        if (before?.Value == by || (before?.Cause is { } clock && cause.IsOlderThan(clock)))
        {
            return new Reconciled { Outcome = ReconciledOutcome.Unchanged, Stored = replaced };
        }

        return new Reconciled
        {
            Outcome = ReconciledOutcome.Updated,
            Stored = replaced,
            Next = new StoredRecord
            {
                Id = replaced.Id,
                Practice = replaced.Practice,
                Type = replaced.Type,
                Version = replaced.Version + 1,
                ChangedSequence = replaced.ChangedSequence,
                Aliases = replaced.Aliases,
                Fields = [.. replaced.Fields.Where(field => field.Name != ReplacedBy), new StoredField(ReplacedBy, by, cause, null, ByteRange.None)],
            },
            Changes = [new FieldChange(ReplacedBy, before?.Value, by, null, ByteRange.None)],
        };
    }
}
