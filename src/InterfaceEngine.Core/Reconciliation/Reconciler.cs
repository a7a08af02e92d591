using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Puts an incoming record together with the stored one (mapping design §11 and §21): what is absent is kept,
/// what is empty is cleared, older never overwrites newer, and a contradiction goes to a person.
/// Pure: the same two records always give the same third.
/// </summary>
public static class Reconciler
{
    /// <summary>Brings one record up to date.</summary>
    /// <param name="practice">The practice of both.</param>
    /// <param name="stored">What is stored, or null.</param>
    /// <param name="incoming">What the message says; references are ids of our own already.</param>
    /// <param name="cause">The message, its event time and source; a record with a time of its own counts at that.</param>
    /// <param name="newId">The id the record gets if it is new.</param>
    /// <param name="accepted">What a person has looked at and wants applied.</param>
    /// <param name="conflicts">Who wins where two sources differ; null is the newer event.</param>
    public static Reconciled Reconcile(
        string practice, StoredRecord? stored, IncomingRecord incoming, Cause cause, EngineId newId, Acceptance accepted = default, ConflictRules? conflicts = null)
    {
        cause = StatusRank.Ranked(incoming.CauseIn(cause), incoming, stored);
        if (stored is null)
        {
            return Create(practice, incoming, cause, newId);
        }

        if (!accepted.Contradiction && Contradiction(stored, incoming) is { } contradiction)
        {
            return new Reconciled { Outcome = ReconciledOutcome.Held, Stored = stored, Notes = [contradiction] };
        }

        return new RecordUpdate(stored, incoming, cause, accepted, conflicts ?? ConflictRules.None).Run();
    }

    private static Reconciled Create(string practice, IncomingRecord incoming, Cause cause, EngineId newId)
    {
        var notes = new List<ReconciliationNote>();
        var fields = new List<StoredField>(incoming.Definition.Fields.Count);
        var changes = new List<FieldChange>(incoming.Definition.Fields.Count);
        foreach (var definition in incoming.Definition.Fields)
        {
            if (TryFind(incoming, definition.Name, out var field))
            {
                if (field.Value.IsCleared && !definition.IsRequired && incoming.HasValueIn(definition.Unit))
                {
                    continue;
                }

                fields.Add(new StoredField(definition.Name, field.Value.Text, field.IsDefault ? null : StatusRank.Of(field, cause, incoming.Verb), field.Cell, field.Place));
                if (definition.ClosedValues.Count > 0 && !field.IsDefault && !Ending.Decides(field, incoming.Verb))
                {
                    fields.Add(Ending.Undecided(definition));
                }

                if (field.Value.HasValue)
                {
                    changes.Add(new FieldChange(definition.Name, null, field.Value.Text, field.Cell, field.Place));
                    continue;
                }
            }
            else if (definition.Default is { } fallback)
            {
                // A default has no cause, so the first event that says something replaces it, however old.
                fields.Add(new StoredField(definition.Name, fallback, null, null, ByteRange.None));
                changes.Add(new FieldChange(definition.Name, null, fallback, null, ByteRange.None));
                continue;
            }

            if (definition.IsRequired && incoming.Verb is not Verb.Merge && !incoming.IsEnd)
            {
                notes.Add(new ReconciliationNote(
                    ReconciliationCodes.RequiredMissing, definition.Name, $"{definition.Name} is required for a new {incoming.Type} and was not given."));
            }
        }

        if (notes.Count > 0)
        {
            return new Reconciled { Outcome = ReconciledOutcome.Refused, Notes = notes };
        }

        if (Retraction.Apply(incoming.Definition, fields) is { } retracted)
        {
            changes.Add(retracted);
        }

        if (VersionCount.Apply(incoming, [], fields, cause) is { } counted)
        {
            changes.Add(counted);
        }

        if (RepeatCount.Apply(incoming, fields, cause) is { } repeats)
        {
            changes.Add(repeats);
        }

        if (incoming.Verb == Verb.Update)
        {
            notes.Add(new ReconciliationNote(ReconciliationCodes.UpdateOfUnknown, null, $"an update of a {incoming.Type} that was not known: it was made."));
        }

        return new Reconciled
        {
            Outcome = ReconciledOutcome.Created,
            Next = new StoredRecord
            {
                Id = newId,
                Practice = practice,
                Type = incoming.Type,
                Version = 1,
                Aliases = incoming.Aliases,
                Fields = fields,
            },
            Changes = changes,
            NewAliases = incoming.Aliases,
            Notes = notes,
        };
    }

    /// <summary>A person, a visit's patient or another sealed field that does not fit what is stored.</summary>
    private static ReconciliationNote? Contradiction(StoredRecord stored, IncomingRecord incoming)
    {
        if (Person.Contradicts(stored, incoming))
        {
            return new ReconciliationNote(
                ReconciliationCodes.Contradiction,
                null,
                "name and birth date both differ from the stored person with this id. Nothing was applied; a person decides.",
                NeedsPerson: true);
        }

        foreach (var field in incoming.Fields)
        {
            if (field.Definition is { IsSealed: true, IsKey: false } && field.Value.HasValue
                && stored[field.Definition.Name] is { } before && before != field.Value.Text)
            {
                return new ReconciliationNote(
                    ReconciliationCodes.SealedChange,
                    field.Definition.Name,
                    $"{field.Definition.Name} would change, which is sealed. Nothing was applied; a person decides.",
                    field.Cell,
                    field.Place,
                    NeedsPerson: true);
            }
        }

        return null;
    }

    private static bool TryFind(IncomingRecord incoming, string name, out IncomingField found)
    {
        foreach (var field in incoming.Fields)
        {
            if (field.Definition.Name == name)
            {
                found = field;
                return true;
            }
        }

        found = default;
        return false;
    }
}
