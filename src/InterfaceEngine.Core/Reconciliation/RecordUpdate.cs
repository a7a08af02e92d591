using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>One update of one known record: unit by unit, each against its own clock.</summary>
internal sealed class RecordUpdate(StoredRecord stored, IncomingRecord incoming, Cause cause, Acceptance accepted)
{
    private readonly List<StoredField> _fields = [.. stored.Fields];
    private List<FieldChange>? _changes;
    private List<ReconciliationNote>? _notes;
    private bool _hasAdvanced;
    private int _staleCount;
    private int _appliedCount;
    private Cause? _newer;

    public Reconciled Run()
    {
        var index = 0;
        while (index < incoming.Fields.Count)
        {
            // The fields of a unit stand together in the table, so they come together.
            var unit = incoming.Fields[index].Definition.Unit;
            var end = index + 1;
            while (end < incoming.Fields.Count && incoming.Fields[end].Definition.Unit == unit)
            {
                end++;
            }

            ApplyUnit(unit, index, end);
            index = end;
        }

        Lift();
        foreach (var span in incoming.Definition.Spans)
        {
            MoveEnd(span);
        }

        if (incoming.Definition.List != ListKind.None)
        {
            Reopen();
        }

        if (VersionCount.Apply(incoming, stored.Fields, _fields, cause) is { } counted)
        {
            Changed([counted]);
        }

        if (Retraction.Apply(incoming.Definition, _fields) is { } retracted)
        {
            Changed([retracted]);
        }

        if (_changes is not null && RepeatCount.IsFewer(stored, incoming))
        {
            Note(new ReconciliationNote(
                ReconciliationCodes.FewerRepeats, null,
                $"fewer {incoming.Type} items of one key than a message before, which told them apart by their order only: the first was taken to be meant. It was applied; a person should look at it.",
                NeedsPerson: true));
        }

        if (RepeatCount.Apply(incoming, _fields, cause) is { } repeats)
        {
            Changed([repeats]);
        }

        NoteStale();

        if (incoming.Verb == Verb.Create && _staleCount == 0)
        {
            Note(new ReconciliationNote(ReconciliationCodes.CreateOfKnown, null, $"a create of a {incoming.Type} that is known: it was updated."));
        }

        return Result();
    }

    private Reconciled Result()
    {
        var newAliases = NewAliases();
        var isWritten = _hasAdvanced || newAliases.Count > 0;
        return new Reconciled
        {
            Outcome = _changes is null ? ReconciledOutcome.Unchanged : ReconciledOutcome.Updated,
            Stored = stored,
            Next = !isWritten ? null : new StoredRecord
            {
                Id = stored.Id,
                Practice = stored.Practice,
                Type = stored.Type,
                Version = stored.Version + 1,
                ChangedSequence = stored.ChangedSequence,
                Aliases = newAliases.Count == 0 ? stored.Aliases : [.. stored.Aliases, .. newAliases],
                Fields = _fields,
            },
            Changes = _changes ?? (IReadOnlyList<FieldChange>)[],
            NewAliases = newAliases,
            Notes = _notes ?? (IReadOnlyList<ReconciliationNote>)[],
        };
    }

    private void ApplyUnit(string unit, int from, int to)
    {
        var clock = Clock(unit);
        if (clock is not null && StatusRank.Of(incoming.Fields[from], cause, incoming.Verb).IsOlderThan(clock))
        {
            CountStale(from, to, clock);
            Changed(Former(unit)?.Overtaken(incoming, cause));
            return;
        }

        if (incoming.Verb == Verb.Fill && HoldsAnything(unit))
        {
            return;
        }

        var former = Former(unit);
        for (var index = from; index < to; index++)
        {
            Apply(incoming.Fields[index]);
        }

        Changed(former?.Replaced());
    }

    /// <summary>
    /// A status that ranks higher holds for all that is stored, whatever it repeats: a final one that comes without a value (OBX-11 is
    /// U) makes the preliminary value final, and a preliminary one no longer replaces it.
    /// </summary>
    private void Lift()
    {
        if (incoming.Definition.Ranked is not { } ranked || Find(ranked.Name, out var status) < 0 || status!.Cause != cause)
        {
            return;
        }

        if (incoming.Definition.Former is { } former)
        {
            Changed(new FormerValue(former, _fields).Lifted(cause));
        }

        for (var index = 0; index < _fields.Count; index++)
        {
            if (_fields[index] is { Cause: { } held } field && held.Rank < cause.Rank)
            {
                Write(index, field with { Cause = held with { Rank = cause.Rank } });
            }
        }
    }

    private FormerValue? Former(string unit) =>
        incoming.Definition.Former is { } former && former.Unit == unit ? new FormerValue(former, _fields) : null;

    /// <param name="changes">What was written beside what the message says; null when nothing was, empty when only clocks were.</param>
    private void Changed(IReadOnlyList<FieldChange>? changes)
    {
        _hasAdvanced |= changes is not null;
        if (changes is { Count: > 0 })
        {
            (_changes ??= []).AddRange(changes);
        }
    }

    private void Apply(IncomingField said)
    {
        var definition = said.Definition;
        var at = Find(definition.Name, out var before);
        if (said.IsDefault && before is not null)
        {
            return;
        }

        if (said.Value.IsCleared)
        {
            if (incoming.Verb == Verb.Fill)
            {
                return;
            }

            // What holds nothing needs no clock of its own when another of its unit has it.
            if (before is null && !definition.IsRequired && incoming.HasValueIn(definition.Unit))
            {
                return;
            }

            if (definition.IsRequired)
            {
                Note(new ReconciliationNote(
                    ReconciliationCodes.RequiredKept, definition.Name, $"\"\" would delete {definition.Name}, which is required. Kept.", said.Cell, said.Place));
                return;
            }
        }

        if (definition.IsKey && before?.Value is not null && before.Value != said.Value.Text)
        {
            // Another name for the same record is an alias; the id people know stays.
            return;
        }

        if (before?.Value is not null && IsKept(said, before))
        {
            return;
        }

        _appliedCount++;
        var after = said.Value.Text;
        if (definition.IgnoresCase && IsOnlyCase(before?.Value, after))
        {
            after = before!.Value;
        }

        Write(at, new StoredField(definition.Name, after, said.IsDefault ? null : StatusRank.Of(said, cause, incoming.Verb), said.Cell, said.Place));
        if (after != before?.Value)
        {
            (_changes ??= []).Add(new FieldChange(definition.Name, before?.Value, after, said.Cell, said.Place));
        }
    }

    /// <summary>Whether a rule of the field's row keeps a stored value against a newer event.</summary>
    private bool IsKept(IncomingField said, StoredField before)
    {
        var definition = said.Definition;
        if (before.Value == said.Value.Text)
        {
            return false;
        }

        if (definition.PreferredFormat is { } preferred && preferred != incoming.Format)
        {
            return true;
        }

        if (definition.IsReviewedOnChange && definition.Name != accepted.Field)
        {
            Note(new ReconciliationNote(
                ReconciliationCodes.ReviewedChange, definition.Name, $"{definition.Name} would change, which a person decides. Kept.", said.Cell, said.Place, NeedsPerson: true));
            return true;
        }

        if (definition.ClosedValues.Contains(before.Value!) && !MayReopen(said))
        {
            Note(new ReconciliationNote(
                ReconciliationCodes.Closed, definition.Name, $"the {incoming.Type} is closed and an update does not bring it back. Kept.", said.Cell, said.Place));
            return true;
        }

        return false;
    }

    private bool MayReopen(IncomingField said) =>
        incoming.Verb is Verb.Create or Verb.Reschedule
        || (said.Value.Text is { } text && (said.Definition.ClosedValues.Contains(text) || said.Definition.ReopeningValues.Contains(text)));

    /// <summary>
    /// A start that moved while nothing was said of the end, not even a length: the stored length stays. The end's
    /// clock is that of the start, so an older event does not move it back.
    /// </summary>
    private void MoveEnd(FieldSpan span)
    {
        if (incoming[span.End].HasValue
            || Find(span.Start, out var start) < 0 || start!.Cause != cause
            || stored[span.Start] is not { } before || start.Value is not { } now || now == before)
        {
            return;
        }

        var at = Find(span.End, out var end);
        if (end?.Value is not { } until || (end.Cause is { } clock && cause.IsOlderThan(clock))
            || SpanText.Moved(until, before, now) is not { } moved)
        {
            return;
        }

        Write(at, new StoredField(span.End, moved, cause, start.Cell, ByteRange.None));
        (_changes ??= []).Add(new FieldChange(span.End, until, moved, start.Cell, ByteRange.None));
        Note(new ReconciliationNote(
            ReconciliationCodes.EndMoved, span.End, $"{span.Start} moved and {span.End} was not said: it moved along, so that the length stays.", start.Cell, start.Place));
    }

    /// <summary>An item that a full list names again has not ended.</summary>
    private void Reopen()
    {
        var at = Find(PatientList.EndedAt, out var ended);
        if (ended?.Value is not null && !cause.IsOlderThan(ended.Cause!))
        {
            Write(at, new StoredField(PatientList.EndedAt, null, cause, null, ByteRange.None));
            (_changes ??= []).Add(new FieldChange(PatientList.EndedAt, ended.Value, null, null, ByteRange.None));
        }
    }

    private void NoteStale()
    {
        if (_staleCount == 0)
        {
            return;
        }

        var (code, field, why) = cause.Rank < _newer!.Rank
            ? (ReconciliationCodes.Outranked, incoming.Definition.Ranked!.Name, $"its {incoming.Definition.Ranked.Name} ranks below what is stored, whatever its time")
            : (ReconciliationCodes.Stale, null, $"older than what is stored ({Time(cause)} < {Time(_newer)})");
        Note(new ReconciliationNote(code, field, $"{why}. {Count(_staleCount)} ignored as stale, {_appliedCount} applied."));
    }

    private void CountStale(int from, int to, Cause clock)
    {
        for (var index = from; index < to; index++)
        {
            var said = incoming.Fields[index];
            Find(said.Definition.Name, out var before);
            if (!said.Definition.IsKey && !said.IsDefault && before?.Value != said.Value.Text)
            {
                _staleCount++;
                _newer = clock;
            }
        }
    }

    /// <summary>The unit's clock: the latest event that wrote or confirmed one of its fields; null below any event.</summary>
    private Cause? Clock(string unit)
    {
        Cause? latest = null;
        foreach (var field in _fields)
        {
            if (IsIn(field.Name, unit) && field.Cause is { } other && (latest is null || latest.IsOlderThan(other)))
            {
                latest = other;
            }
        }

        return latest;
    }

    private bool HoldsAnything(string unit)
    {
        foreach (var field in _fields)
        {
            if (field.Value is not null && field.Cause is not null && IsIn(field.Name, unit))
            {
                return true;
            }
        }

        return false;
    }

    private List<RecordAlias> NewAliases()
    {
        List<RecordAlias>? added = null;
        foreach (var alias in incoming.Aliases)
        {
            if (!stored.Aliases.Contains(alias))
            {
                (added ??= []).Add(alias);
            }
        }

        return added ?? [];
    }

    private int Find(string name, out StoredField? field)
    {
        for (var index = 0; index < _fields.Count; index++)
        {
            if (_fields[index].Name == name)
            {
                field = _fields[index];
                return index;
            }
        }

        field = null;
        return -1;
    }

    private void Write(int at, StoredField field)
    {
        if (at >= 0)
        {
            _hasAdvanced |= _fields[at] != field;
            _fields[at] = field;
        }
        else
        {
            _hasAdvanced = true;
            _fields.Add(field);
        }
    }

    private void Note(ReconciliationNote note) => (_notes ??= []).Add(note);

    private static bool IsIn(string name, string unit) =>
        name.StartsWith(unit, StringComparison.Ordinal) && (name.Length == unit.Length || name[unit.Length] == '.');

    /// <summary>The same but for letter case, and what is stored is not all capitals: then it is not a change.</summary>
    private static bool IsOnlyCase(string? before, string? after) =>
        before is not null && after is not null
        && string.Equals(before, after, StringComparison.OrdinalIgnoreCase)
        && before.AsSpan().IndexOfAnyInRange('a', 'z') >= 0;

    private static string Count(int fields) => fields == 1 ? "1 field" : string.Create(CultureInfo.InvariantCulture, $"{fields} fields");

    private static string Time(Cause when) =>
        DateTimeOffset.FromUnixTimeMilliseconds(when.EventTime).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
