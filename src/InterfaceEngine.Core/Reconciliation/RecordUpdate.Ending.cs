using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>The field that says whether the record has ended (rule <c>closed by</c>): what came before counts there as well as what is newest.</summary>
internal sealed partial class RecordUpdate
{
    private void ApplyEnding(IncomingField said)
    {
        var definition = said.Definition;
        if (_sheet.Find(definition.Name) is not { Cause: { } clock } before)
        {
            // Nobody has told it yet: what stands there is a default at most.
            Apply(said);
            if (!said.IsDefault && !Ending.Decides(said, incoming.Verb))
            {
                _sheet.Write(Ending.Undecided(definition));
            }

            return;
        }

        var rule = conflicts.Of(incoming.Type, definition.Unit);
        var told = new StoredField(definition.Name, said.Value.Text, StatusRank.Of(said, cause, incoming.Verb), said.Cell, said.Place);
        var isOlder = rule.IsOlder(told.Cause!, clock);
        if (said.IsDefault || (incoming.Verb == Verb.Fill && before.Value is not null) || IsRequiredKept(said)
            || (before.Value is not null && (!isOlder || definition.PreferredFormat is not null) && IsKept(said, before)))
        {
            return;
        }

        if (IsOfAnotherSource(rule, definition.Unit, clock))
        {
            if (before.Value != told.Value && !isOlder)
            {
                Lose(said, before, DifferenceReason.Held, clock);
                NoteHeld(definition.Unit, said);
            }

            return;
        }

        var ending = new Ending(definition, _sheet, rule);
        var taken = ending.Take(told, Ending.Decides(said, incoming.Verb));
        if (taken == told)
        {
            Put(said, before, told);
        }
        else if (taken is not null && taken != before)
        {
            PutWaiting(before, taken);
        }
        else if (before.Value != told.Value)
        {
            Lose(said, before, isOlder ? DifferenceReasons.OfOlder(told.Cause!, clock, rule) : DifferenceReason.Closed, clock);
            if (!isOlder)
            {
                Note(new ReconciliationNote(
                    ReconciliationCodes.Closed, definition.Name, $"the {incoming.Type} is closed and an update does not bring it back. Kept.", said.Cell, said.Place));
            }
        }
    }

    /// <summary>The record had not ended when a plain update came that was kept back: it counts after all.</summary>
    private void PutWaiting(StoredField before, StoredField waited)
    {
        _appliedCount++;
        _sheet.Write(waited);
        if (waited.Value != before.Value)
        {
            _sheet.Changed(new FieldChange(waited.Name, before.Value, waited.Value, waited.Cell, ByteRange.None));
        }
    }
}
