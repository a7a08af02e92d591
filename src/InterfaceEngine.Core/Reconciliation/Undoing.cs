using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>One change of a record, as its history holds it.</summary>
/// <param name="Message">The message that made it; <see cref="EngineId.None"/> for a command.</param>
/// <param name="IsUndone">It is to be taken back.</param>
/// <param name="Fields">What it changed.</param>
public sealed record PastChange(EngineId Message, bool IsUndone, IReadOnlyList<FieldChange> Fields);

/// <summary>What taking back changes on one record comes to.</summary>
/// <param name="Result">The next version; null when nothing can be taken back.</param>
/// <param name="IsWithdrawn">The changes had made the record: it is marked as withdrawn, until it is said again.</param>
/// <param name="Left">Fields that somebody has written since, or confirmed: they stay.</param>
public sealed record Undone(Reconciled? Result, bool IsWithdrawn, IReadOnlyList<string> Left);

/// <summary>
/// Takes back what some messages have changed on a record, where nothing newer wrote. A field whose value and clock are still those of
/// such a message gets back the value before, with the clock of what had written that. Fields of one unit go together or stay together.
/// </summary>
public static class Undoing
{
    /// <param name="record">As it is.</param>
    /// <param name="history">Its changes, the newest first.</param>
    /// <param name="isWhole">The history goes back to the record's beginning.</param>
    /// <param name="isUndone">Whether what a field holds counts from what is taken back, and from nothing that came later.</param>
    /// <param name="causeOf">What an older change counts from; <see cref="EngineId.None"/> asks for what is not known any more.</param>
    /// <param name="withdrawal">The cause of marking a record as withdrawn. Its event time is that of what is taken back: the same said again brings the record back.</param>
    /// <param name="now">Since when a record is withdrawn.</param>
    public static Undone Of(
        StoredRecord record, IReadOnlyList<PastChange> history, bool isWhole, Func<Cause, bool> isUndone, Func<EngineId, Cause> causeOf, Cause withdrawal, DateTimeOffset now)
    {
        if (isWhole && history is [.., { IsUndone: true }])
        {
            return Withdraw(record, history, isUndone, withdrawal, now);
        }

        var (fields, changes, left) = (record.Fields.ToList(), new List<FieldChange>(), new List<string>());
        var names = history.Where(change => change.IsUndone).SelectMany(change => change.Fields).Select(field => field.Name).Distinct(StringComparer.Ordinal);
        foreach (var unit in names.GroupBy(UnitOf, StringComparer.Ordinal))
        {
            Former[] formers = [.. unit.Select(name => FormerOf(name, history))];
            var members = fields.Where(field => UnitOf(field.Name) == unit.Key).ToList();
            if (formers.All(former => former.IsRestored))
            {
                // Taken back before, or back at what it was by itself.
            }
            else if (formers.Any(former => former.IsOvertaken) || members.Any(field => field.Cause is { } cause && !isUndone(cause)))
            {
                left.AddRange(formers.Where(former => !former.IsRestored).Select(former => former.Name));
            }
            else
            {
                Restore(fields, members, formers, causeOf, changes);
            }
        }

        return new Undone(changes.Count == 0 ? null : Next(record, fields, changes), IsWithdrawn: false, left);
    }

    /// <summary>Brings back a record that was withdrawn in this way, by an event that is not older; null when there is nothing to do.</summary>
    internal static FieldChange? Revive(RecordDefinition definition, List<StoredField> fields, Cause cause)
    {
        var at = definition.Retracting is null ? fields.FindIndex(field => field.Name == Retraction.RetractedAt) : -1;
        if (at < 0 || fields[at] is not { Value: { } before, Cause: { } withdrawn } || cause.IsOlderThan(withdrawn))
        {
            return null;
        }

        fields[at] = new StoredField(Retraction.RetractedAt, null, cause, null, ByteRange.None);
        return new FieldChange(Retraction.RetractedAt, before, null, null, ByteRange.None);
    }

    private static Undone Withdraw(StoredRecord record, IReadOnlyList<PastChange> history, Func<Cause, bool> isUndone, Cause withdrawal, DateTimeOffset now)
    {
        string[] written =
        [
            .. history.Where(change => !change.IsUndone).SelectMany(change => change.Fields).Select(field => field.Name)
                .Concat(record.Fields.Where(field => field.Cause is { } cause && !isUndone(cause)).Select(field => field.Name)).Distinct(StringComparer.Ordinal),
        ];
        if (written.Length > 0)
        {
            return new Undone(null, IsWithdrawn: false, record[Retraction.RetractedAt] is null ? written : []);
        }

        var mark = new StoredField(Retraction.RetractedAt, EventTimeText.Of(withdrawal with { EventTime = now.ToUnixTimeMilliseconds() }), withdrawal, null, ByteRange.None);
        return new Undone(
            Next(record, [.. record.Fields.Where(field => field.Name != mark.Name), mark], [new FieldChange(mark.Name, record[mark.Name], mark.Value, null, ByteRange.None)]), IsWithdrawn: true, []);
    }

    /// <summary>What a field held before the newest of its changes that are taken back without another between them.</summary>
    private static Former FormerOf(string name, IReadOnlyList<PastChange> history)
    {
        FieldChange? undone = null;
        foreach (var change in history)
        {
            if (change.Fields.FirstOrDefault(field => field.Name == name) is not { } field)
            {
                continue;
            }

            if (!change.IsUndone)
            {
                var first = history.Where(past => past.IsUndone).SelectMany(past => past.Fields).Last(past => past.Name == name).Before;
                return undone is null ? new Former(name, null, null, null, IsOvertaken: true, IsRestored: change.Message == EngineId.None && field.After == first)
                    : new Former(name, undone.Before, change.Message, field, IsOvertaken: false, IsRestored: false);
            }

            undone = field;
        }

        return new Former(name, undone!.Before, null, null, IsOvertaken: false, IsRestored: false);
    }

    private static void Restore(List<StoredField> fields, List<StoredField> members, Former[] formers, Func<EngineId, Cause> causeOf, List<FieldChange> changes)
    {
        // A unit has one clock: that of the newest change before.
        var newest = formers.Select(former => former.Message).OfType<EngineId>().DefaultIfEmpty(EngineId.None).Max();
        var isKnown = newest != EngineId.None || formers.Any(former => former.Message is not null || former.Value is not null) || members.Count > formers.Length;
        var cause = isKnown ? causeOf(newest) : null;
        foreach (var former in formers)
        {
            var at = fields.FindIndex(field => field.Name == former.Name);
            var current = at < 0 ? null : fields[at].Value;
            if (cause is null)
            {
                fields.RemoveAt(at);
            }
            else if (at >= 0)
            {
                fields[at] = new StoredField(former.Name, former.Value, cause, former.Change?.Cell, former.Change?.Place ?? ByteRange.None);
            }

            changes.Add(new FieldChange(former.Name, current, former.Value, former.Change?.Cell, ByteRange.None));
        }

        foreach (var member in members.Where(member => cause is not null && !formers.Any(former => former.Name == member.Name)))
        {
            fields[fields.IndexOf(member)] = member with { Cause = cause, Place = ByteRange.None };
        }
    }

    private static Reconciled Next(StoredRecord record, IReadOnlyList<StoredField> fields, IReadOnlyList<FieldChange> changes) => new()
    {
        Outcome = ReconciledOutcome.Updated,
        Stored = record,
        Next = record.WithFields(fields).AsVersion(record.Version + 1),
        Changes = changes,
    };

    /// <summary>See <see cref="FieldDefinition.Unit"/>.</summary>
    private static string UnitOf(string field) => field.Split('.')[0];

    /// <param name="Name">The field.</param>
    /// <param name="Value">What it held.</param>
    /// <param name="Message">What had written that; null when the history does not say.</param>
    /// <param name="Change">How.</param>
    /// <param name="IsOvertaken">Somebody has changed it since.</param>
    /// <param name="IsRestored">Namely a command, to what it had been.</param>
    private sealed record Former(string Name, string? Value, EngineId? Message, FieldChange? Change, bool IsOvertaken, bool IsRestored);
}
