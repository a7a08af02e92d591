using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>What becomes of records whose vendor has deleted the resource that told of them.</summary>
internal sealed partial class MessageWork
{
    /// <summary>Withdraws every record that is meant. One that is not known is not made: there would be nothing in it.</summary>
    private void Withdraw(IncomingRecord said)
    {
        var found = Deleted(said);
        if (found.Count == 0)
        {
            Note(said, new ReconciliationNote(ReconciliationCodes.DeletedUnknown, null, $"nothing is stored of what the sender has deleted, a record of type {said.Type}: nothing was done."));
        }

        foreach (var record in found)
        {
            var current = record.Current!;
            var result = Reconciler.Reconcile(_practice, current, said.WithAliases(current.Aliases), _cause, default, _accepted, _conflicts);
            IsHeld |= result.Outcome == ReconciledOutcome.Held;
            foreach (var note in result.Notes)
            {
                Note(said, note);
            }

            record.Take(result);
        }
    }

    /// <summary>Those that the message told of itself, before it told that they are deleted, are among them.</summary>
    private List<RecordWork> Deleted(IncomingRecord said)
    {
        if (said.DeletedBy is not { } key)
        {
            return Named(said, said.Aliases[0]) is { Current: not null } named ? [named] : [];
        }

        var stored = _loaded.ByLookUp.GetValueOrDefault(key, []).Select(one => WorkOn(said.Definition, one));
        return [.. stored.Concat(_records).Distinct().Where(record => record.Current is { } current && current.Type == key.Type && current[key.Name] == key.Value)];
    }
}
