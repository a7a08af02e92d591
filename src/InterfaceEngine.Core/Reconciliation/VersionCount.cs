using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Rule <c>counts content</c>: a field that says how often the fields of a unit changed, the first time included. Written by
/// the engine; what each version held is in the record's changes.
/// </summary>
internal static class VersionCount
{
    /// <summary>Counts once if one of the changes is of the unit.</summary>
    /// <param name="fields">The record's fields, all of which were brought up to date.</param>
    /// <param name="changes">What one message changed.</param>
    /// <returns>What changed; null when nothing did.</returns>
    public static FieldChange? Apply(RecordDefinition definition, List<StoredField> fields, IReadOnlyList<FieldChange>? changes, Cause cause)
    {
        if (definition.Counting is not { } field || changes is null || !changes.Any(change => IsOf(change.Name, field.CountedUnit!)))
        {
            return null;
        }

        var at = fields.FindIndex(stored => stored.Name == field.Name);
        var before = at < 0 ? null : fields[at].Value;
        var after = (1 + (before is null ? 0 : long.Parse(before, CultureInfo.InvariantCulture))).ToString(CultureInfo.InvariantCulture);
        var written = new StoredField(field.Name, after, cause, null, ByteRange.None);
        if (at < 0)
        {
            fields.Add(written);
        }
        else
        {
            fields[at] = written;
        }

        return new FieldChange(field.Name, before, after, null, ByteRange.None);
    }

    private static bool IsOf(string name, string unit) => name.StartsWith(unit, StringComparison.Ordinal) && (name.Length == unit.Length || name[unit.Length] == '.');
}
