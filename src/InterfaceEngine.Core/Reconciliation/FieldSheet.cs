using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>A record's fields while an update is applied to them, and what has changed so far.</summary>
internal sealed class FieldSheet(IReadOnlyList<StoredField> stored)
{
    private List<FieldChange>? _changes;

    public List<StoredField> Fields { get; } = [.. stored];

    public IReadOnlyList<FieldChange> Changes => _changes ?? (IReadOnlyList<FieldChange>)[];

    /// <summary>Something is to be written: a value, or a clock alone.</summary>
    public bool HasAdvanced { get; private set; }

    public StoredField? Find(string name)
    {
        var at = IndexOf(name);
        return at < 0 ? null : Fields[at];
    }

    public void Write(StoredField field)
    {
        var at = IndexOf(field.Name);
        if (at < 0)
        {
            HasAdvanced = true;
            Fields.Add(field);
        }
        else
        {
            HasAdvanced |= Fields[at] != field;
            Fields[at] = field;
        }
    }

    public void Remove(string name)
    {
        var at = IndexOf(name);
        if (at >= 0)
        {
            HasAdvanced = true;
            Fields.RemoveAt(at);
        }
    }

    public void Changed(FieldChange change) => (_changes ??= []).Add(change);

    /// <param name="changes">What was written beside what the message says; null when nothing was, empty when only clocks were.</param>
    public void Changed(IReadOnlyList<FieldChange>? changes)
    {
        HasAdvanced |= changes is not null;
        if (changes is { Count: > 0 })
        {
            (_changes ??= []).AddRange(changes);
        }
    }

    /// <summary>The unit's clock: the event that counts most of those that wrote or confirmed one of its fields; null below any event.</summary>
    public Cause? Clock(string unit, ConflictRule rule)
    {
        Cause? latest = null;
        foreach (var field in Fields)
        {
            if (field.Cause is { } other && IsIn(field.Name, unit) && (latest is null || rule.IsOlder(latest, other)))
            {
                latest = other;
            }
        }

        return latest;
    }

    public bool HoldsAnything(string unit)
    {
        foreach (var field in Fields)
        {
            if (field.Value is not null && field.Cause is not null && IsIn(field.Name, unit))
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsIn(string name, string unit) =>
        name.StartsWith(unit, StringComparison.Ordinal) && (name.Length == unit.Length || name[unit.Length] == '.');

    private int IndexOf(string name)
    {
        for (var index = 0; index < Fields.Count; index++)
        {
            if (Fields[index].Name == name)
            {
                return index;
            }
        }

        return -1;
    }
}
