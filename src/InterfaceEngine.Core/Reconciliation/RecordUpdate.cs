using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>One update of one known record: unit by unit, each against its own clock.</summary>
internal sealed partial class RecordUpdate(StoredRecord stored, IncomingRecord incoming, Cause cause, Acceptance accepted, ConflictRules conflicts)
{
    private readonly FieldSheet _sheet = new(stored.Fields);
    private readonly DifferenceList _differences = new();
    private List<ReconciliationNote>? _notes;
    private int _appliedCount;

    public Reconciled Run()
    {
        var index = 0;
        while (index < incoming.Fields.Count)
        {
            if (incoming.Fields[index].Definition.ClosedValues.Count > 0)
            {
                ApplyEnding(incoming.Fields[index++]);
                continue;
            }

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

        if (VersionCount.Apply(incoming, stored.Fields, _sheet.Fields, cause) is { } counted)
        {
            _sheet.Changed([counted]);
        }

        if ((Retraction.Apply(incoming.Definition, _sheet.Fields) ?? Undoing.Revive(incoming.Definition, _sheet.Fields, cause)) is { } retracted)
        {
            _sheet.Changed([retracted]);
        }

        if (_sheet.Changes.Count > 0 && RepeatCount.IsFewer(stored, incoming))
        {
            Note(new ReconciliationNote(
                ReconciliationCodes.FewerRepeats, null,
                $"fewer {incoming.Type} items of one key than a message before, which told them apart by their order only: the first was taken to be meant. It was applied; a person should look at it.",
                NeedsPerson: true));
        }

        if (RepeatCount.Apply(incoming, _sheet.Fields, cause) is { } repeats)
        {
            _sheet.Changed([repeats]);
        }

        NoteStale();

        if (incoming.Verb == Verb.Create && !_differences.IsAnyOlder)
        {
            Note(new ReconciliationNote(ReconciliationCodes.CreateOfKnown, null, $"a create of a {incoming.Type} that is known: it was updated."));
        }

        return Result();
    }

    private Reconciled Result()
    {
        var newAliases = NewAliases();
        return new Reconciled
        {
            Outcome = _sheet.Changes.Count == 0 ? ReconciledOutcome.Unchanged : ReconciledOutcome.Updated,
            Stored = stored,
            Next = !_sheet.HasAdvanced && newAliases.Count == 0 ? null : new StoredRecord
            {
                Id = stored.Id,
                Practice = stored.Practice,
                Type = stored.Type,
                Version = stored.Version + 1,
                ChangedSequence = stored.ChangedSequence,
                Aliases = Known(newAliases),
                Fields = _sheet.Fields,
            },
            Changes = _sheet.Changes,
            NewAliases = newAliases,
            Notes = _notes ?? (IReadOnlyList<ReconciliationNote>)[],
            Differences = _differences.Items,
        };
    }

    /// <summary>The sender's number by which the record goes now; null for one that was made here, and which the sender has not numbered yet.</summary>
    private string? Number => stored.Aliases.FirstOrDefault(IsNumber).Value;

    private bool IsNumber(RecordAlias alias) => alias.System == incoming.Definition.IdSystem;

    /// <summary>Its names: the first number of the sender's goes before those by which it was known without one.</summary>
    private IReadOnlyList<RecordAlias> Known(List<RecordAlias> added) => added.Count == 0 ? stored.Aliases
        : Number is null ? [.. added.Where(IsNumber), .. stored.Aliases, .. added.Where(alias => !IsNumber(alias))]
        : [.. stored.Aliases, .. added];

    private void ApplyUnit(string unit, int from, int to)
    {
        var rule = conflicts.Of(incoming.Type, unit);
        var clock = _sheet.Clock(unit, rule);
        var told = StatusRank.Of(incoming.Fields[from], cause, incoming.Verb);
        if (clock is not null && rule.IsOlder(told, clock))
        {
            Lose(from, to, DifferenceReasons.OfOlder(told, clock, rule), clock);
            _sheet.Changed(Former(unit)?.Overtaken(incoming, cause));
            return;
        }

        if (incoming.Verb == Verb.Fill && _sheet.HoldsAnything(unit))
        {
            return;
        }

        if (IsOfAnotherSource(rule, unit, clock))
        {
            if (Lose(from, to, DifferenceReason.Held, clock!))
            {
                NoteHeld(unit, incoming.Fields[from]);
            }

            return;
        }

        var former = Former(unit);
        for (var index = from; index < to; index++)
        {
            Apply(incoming.Fields[index]);
        }

        _sheet.Changed(former?.Replaced());
    }

    /// <summary>Rule <c>hold</c>: another source wrote the unit, and no person has looked at this change yet.</summary>
    private bool IsOfAnotherSource(ConflictRule rule, string unit, Cause? clock) =>
        rule.IsHold && clock is not null && clock.Source != cause.Source && accepted.Field != unit;

    /// <summary>
    /// A status that ranks higher holds for all that is stored, whatever it repeats: a final one that comes without a value (OBX-11 is
    /// U) makes the preliminary value final, and a preliminary one no longer replaces it.
    /// </summary>
    private void Lift()
    {
        if (incoming.Definition.Ranked is not { } ranked || _sheet.Find(ranked.Name) is not { } status || status.Cause != cause)
        {
            return;
        }

        if (incoming.Definition.Former is { } former)
        {
            _sheet.Changed(new FormerValue(former, _sheet.Fields).Lifted(cause));
        }

        foreach (var field in _sheet.Fields.ToArray())
        {
            // What was told after it is not what it made final.
            if (field.Cause is { } held && held.Rank < cause.Rank && held.EventTime <= cause.EventTime)
            {
                _sheet.Write(field with { Cause = held with { Rank = cause.Rank } });
            }
        }
    }

    private FormerValue? Former(string unit) =>
        incoming.Definition.Former is { } former && former.Unit == unit ? new FormerValue(former, _sheet.Fields) : null;

    private void Apply(IncomingField said)
    {
        var definition = said.Definition;
        var before = _sheet.Find(definition.Name);
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
        }

        if (IsRequiredKept(said))
        {
            return;
        }

        if (definition.IsKey && before?.Value is not null && before.Value != said.Value.Text && said.Value.Text != Number)
        {
            // Another name for the same record is an alias; the id people know stays, until the record was given another.
            return;
        }

        if (before?.Value is not null && IsKept(said, before))
        {
            return;
        }

        Put(said, before, new StoredField(definition.Name, said.Value.Text, said.IsDefault ? null : StatusRank.Of(said, cause, incoming.Verb), said.Cell, said.Place));
    }

    private void Put(IncomingField said, StoredField? before, StoredField told)
    {
        _appliedCount++;
        if ((said.Definition.IgnoresCase && IsOnlyCase(before?.Value, told.Value)) || (said.Definition.IgnoresUnitSystem && SameValue.IsOnlyUnitSystem(before?.Value, told.Value)))
        {
            told = told with { Value = before!.Value };
        }

        _sheet.Write(told);
        if (told.Value != before?.Value)
        {
            _sheet.Changed(new FieldChange(told.Name, before?.Value, told.Value, said.Cell, said.Place));
            if (before?.Cause is { } writer)
            {
                _differences.Add(new FieldDifference(told.Name, before.Value, told.Value, DifferenceReasons.OfNewer(cause, writer), writer));
            }
        }
    }

    private bool IsRequiredKept(IncomingField said)
    {
        if (!said.Value.IsCleared || !said.Definition.IsRequired)
        {
            return false;
        }

        Note(new ReconciliationNote(
            ReconciliationCodes.RequiredKept, said.Definition.Name, $"\"\" would delete {said.Definition.Name}, which is required. Kept.", said.Cell, said.Place));
        return true;
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
            Lose(said, before, DifferenceReason.Format, before.Cause);
            return true;
        }

        if (definition.IsReviewedOnChange && definition.Name != accepted.Field)
        {
            Lose(said, before, DifferenceReason.Review, before.Cause);
            Note(new ReconciliationNote(
                ReconciliationCodes.ReviewedChange, definition.Name, $"{definition.Name} would change, which a person decides. Kept.", said.Cell, said.Place, NeedsPerson: true));
            return true;
        }

        return false;
    }

    /// <summary>
    /// A start that moved while nothing was said of the end, not even a length: the stored length stays. The end's
    /// clock is that of the start, so an older event does not move it back.
    /// </summary>
    private void MoveEnd(FieldSpan span)
    {
        if (incoming[span.End].HasValue
            || _sheet.Find(span.Start) is not { } start || start.Cause != cause
            || stored[span.Start] is not { } before || start.Value is not { } now || now == before)
        {
            return;
        }

        var end = _sheet.Find(span.End);
        if (end?.Value is not { } until || (end.Cause is { } clock && conflicts.Of(incoming.Type, span.End).IsOlder(cause, clock))
            || SpanText.Moved(until, before, now) is not { } moved)
        {
            return;
        }

        _sheet.Write(new StoredField(span.End, moved, cause, start.Cell, ByteRange.None));
        _sheet.Changed(new FieldChange(span.End, until, moved, start.Cell, ByteRange.None));
        Note(new ReconciliationNote(
            ReconciliationCodes.EndMoved, span.End, $"{span.Start} moved and {span.End} was not said: it moved along, so that the length stays.", start.Cell, start.Place));
    }

    /// <summary>An item that a full list names again has not ended.</summary>
    private void Reopen()
    {
        if (_sheet.Find(PatientList.EndedAt) is { Value: { } endedAt } ended && !cause.IsOlderThan(ended.Cause!))
        {
            _sheet.Write(new StoredField(PatientList.EndedAt, null, cause, null, ByteRange.None));
            _sheet.Changed(new FieldChange(PatientList.EndedAt, endedAt, null, null, ByteRange.None));
        }
    }

    /// <summary>Fields of a unit that count less than what is stored.</summary>
    /// <returns>True when one of them differs from it.</returns>
    private bool Lose(int from, int to, DifferenceReason reason, Cause clock)
    {
        var isAny = false;
        for (var index = from; index < to; index++)
        {
            var said = incoming.Fields[index];
            var before = _sheet.Find(said.Definition.Name);
            if (!said.Definition.IsKey && !said.IsDefault && before?.Value != said.Value.Text)
            {
                Lose(said, before, reason, clock);
                isAny = true;
            }
        }

        return isAny;
    }

    private void Lose(IncomingField said, StoredField? before, DifferenceReason reason, Cause? clock) =>
        _differences.Add(new FieldDifference(said.Definition.Name, before?.Value, said.Value.Text, reason, before?.Cause ?? clock));

    private void NoteHeld(string unit, IncomingField said) => Note(new ReconciliationNote(
        ReconciliationCodes.HeldChange, unit, $"{unit} was written by another source, and a change of it waits for a person. Kept.", said.Cell, said.Place, NeedsPerson: true));

    private void NoteStale()
    {
        if (_differences.Last(DifferenceReason.Rank, DifferenceReason.Older) is { Writer: { } newer } last)
        {
            var (code, field, why) = last.Reason == DifferenceReason.Rank
                ? (ReconciliationCodes.Outranked, incoming.Definition.Ranked!.Name, $"its {incoming.Definition.Ranked.Name} ranks below what is stored, whatever its time")
                : (ReconciliationCodes.Stale, null, $"older than what is stored ({Time(cause)} < {Time(newer)})");
            Note(new ReconciliationNote(code, field, $"{why}. {Count(_differences.Count(DifferenceReason.Rank, DifferenceReason.Older))} ignored as stale, {_appliedCount} applied."));
        }

        if (_differences.Count(DifferenceReason.Source) is > 0 and var outdone)
        {
            Note(new ReconciliationNote(
                ReconciliationCodes.SourceOutdone, null, $"another source comes before its own by the practice's settings. {Count(outdone)} kept."));
        }
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

    private void Note(ReconciliationNote note) => (_notes ??= []).Add(note);

    /// <summary>The same but for letter case, and what is stored is not all capitals: then it is not a change.</summary>
    private static bool IsOnlyCase(string? before, string? after) =>
        before is not null && after is not null
        && string.Equals(before, after, StringComparison.OrdinalIgnoreCase)
        && before.AsSpan().IndexOfAnyInRange('a', 'z') >= 0;

    private static string Count(int fields) => fields == 1 ? "1 field" : string.Create(CultureInfo.InvariantCulture, $"{fields} fields");

    private static string Time(Cause when) =>
        DateTimeOffset.FromUnixTimeMilliseconds(when.EventTime).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
