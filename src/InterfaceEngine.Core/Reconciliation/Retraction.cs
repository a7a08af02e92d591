using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Rule <c>retracted by</c>: a record whose status says that it was withdrawn has <c>retracted_at</c>, the time of the event
/// that says so. Nothing else is taken away: what it held stays, marked as not to be used.
/// </summary>
public static class Retraction
{
    /// <summary>The field that says since when a record is withdrawn; the engine writes it.</summary>
    public const string RetractedAt = "retracted_at";

    /// <summary>Brings <c>retracted_at</c> in line with the status.</summary>
    /// <param name="fields">The record's fields, all of which were brought up to date.</param>
    /// <returns>What changed; null when nothing did.</returns>
    internal static FieldChange? Apply(RecordDefinition definition, List<StoredField> fields)
    {
        if (definition.Retracting is not { } field)
        {
            return null;
        }

        var status = fields.Find(stored => stored.Name == field.Name);
        var at = fields.FindIndex(stored => stored.Name == RetractedAt);
        var before = at < 0 ? null : fields[at].Value;
        var isRetracted = status is { Value: { } value, Cause: not null } && field.RetractingValues.Contains(value);
        var after = isRetracted ? EventTimeText.Of(status!.Cause!) : null;
        if (after == before)
        {
            return null;
        }

        var written = new StoredField(RetractedAt, after, status?.Cause, status?.Cell, ByteRange.None);
        if (at < 0)
        {
            fields.Add(written);
        }
        else
        {
            fields[at] = written;
        }

        return new FieldChange(RetractedAt, before, after, status?.Cell, ByteRange.None);
    }
}
