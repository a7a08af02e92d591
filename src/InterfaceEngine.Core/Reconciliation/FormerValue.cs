using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Header <c>former:</c>: of a unit, the latest value of the same rank that differs from the one in force stays on the
/// record, with its own clock: what a correction corrected, not what was preliminary. It does not matter in which order
/// the two arrived: a correction that overtook what it corrects still shows it when it comes.
/// </summary>
internal sealed class FormerValue(FormerUnit unit, List<StoredField> fields)
{
    private readonly string?[] _before = [.. unit.Members.Select(member => Value(fields, member.Field))];
    private readonly Cause? _clock = ClockOf(fields, unit.Unit);

    /// <summary>The unit was brought up to date: what it held before is the former value, if it is another one.</summary>
    /// <returns>What changed; null when nothing was written.</returns>
    public IReadOnlyList<FieldChange>? Replaced()
    {
        if (_clock is null || ClockOf(fields, unit.Unit) is not { } now)
        {
            return null;
        }

        return _clock.Rank < now.Rank ? Forget() : IsInForce(_before) ? null : Write(_before, _clock);
    }

    /// <summary>The value in force is of a higher rank from now on, without having been sent again.</summary>
    /// <returns>What changed; null when nothing was written.</returns>
    public IReadOnlyList<FieldChange>? Lifted(Cause cause) => _clock is not null && _clock.Rank < cause.Rank && _clock.EventTime <= cause.EventTime ? Forget() : null;

    /// <summary>A message older than the value in force: what it says is the former value, if it is newer than the one known.</summary>
    /// <returns>What changed; null when nothing was written.</returns>
    public IReadOnlyList<FieldChange>? Overtaken(IncomingRecord incoming, Cause cause)
    {
        if (_clock is null || cause.Rank < _clock.Rank)
        {
            return null;
        }

        var said = unit.Members.Select(member => incoming[member.Field].Text).ToArray();
        var known = Clock(fields, unit.Members.Select(member => member.Former));
        return IsInForce(said) || (known is not null && cause.IsOlderThan(known)) ? null : Write(said, cause);
    }

    /// <summary>What stands there is of a lower rank than the value that is in force now.</summary>
    private List<FieldChange>? Forget()
    {
        List<FieldChange>? changes = null;
        foreach (var (_, former) in unit.Members)
        {
            if (fields.Find(field => field.Name == former) is { } known)
            {
                fields.Remove(known);
                changes ??= [];
                if (known.Value is not null)
                {
                    changes.Add(new FieldChange(former, known.Value, null, null, ByteRange.None));
                }
            }
        }

        return changes;
    }

    private bool IsInForce(string?[] values) =>
        !unit.Members.Where((member, index) => Value(fields, member.Field) != values[index]).Any();

    private List<FieldChange>? Write(string?[] values, Cause cause)
    {
        var changes = new List<FieldChange>();
        var isWritten = false;
        for (var index = 0; index < values.Length; index++)
        {
            var name = unit.Members[index].Former;
            var at = fields.FindIndex(field => field.Name == name);
            var before = at < 0 ? null : fields[at].Value;
            var written = new StoredField(name, values[index], cause, null, ByteRange.None);
            if (at < 0)
            {
                fields.Add(written);
                isWritten = true;
            }
            else
            {
                isWritten |= fields[at] != written;
                fields[at] = written;
            }

            if (before != values[index])
            {
                changes.Add(new FieldChange(name, before, values[index], null, ByteRange.None));
            }
        }

        return isWritten ? changes : null;
    }

    private static string? Value(List<StoredField> fields, string name) => fields.Find(field => field.Name == name)?.Value;

    private static Cause? ClockOf(List<StoredField> fields, string unit) =>
        Clock(fields, fields.Where(field => FieldSheet.IsIn(field.Name, unit)).Select(field => field.Name));

    private static Cause? Clock(List<StoredField> fields, IEnumerable<string> names)
    {
        Cause? latest = null;
        foreach (var name in names)
        {
            if (fields.Find(field => field.Name == name)?.Cause is { } cause && (latest is null || latest.IsOlderThan(cause)))
            {
                latest = cause;
            }
        }

        return latest;
    }
}
