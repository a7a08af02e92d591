using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>Which stored record an incoming one speaks of.</summary>
internal sealed partial class MessageWork
{
    /// <summary>The record that an incoming one speaks of; null, after it was noted, when a person must say which.</summary>
    /// <param name="said">As the message has it.</param>
    /// <param name="incoming">With our id of its patient. It loses an alias that is another record's.</param>
    private RecordWork? Find(IncomingRecord said, ref IncomingRecord incoming)
    {
        var found = HeldBy(incoming);
        RecordAlias? taken = null;
        foreach (var alias in OwnIds.Ordered(incoming))
        {
            var named = Named(incoming, alias);
            if (IsOfAnotherItem(incoming, alias, named, found))
            {
                taken ??= alias;
                incoming = incoming.WithAliases([.. incoming.Aliases.Where(other => other != alias)]);
                continue;
            }

            if (named is not null && IsAnother(incoming, alias, named))
            {
                Note(incoming, new ReconciliationNote(
                    ReconciliationCodes.AliasOfAnother, null, $"its {alias.System} number is that of another {incoming.Type}, which has its own {incoming.Definition.IdSystem} number. It was taken as a field only."));
                incoming = incoming.WithAliases([.. incoming.Aliases.Where(other => other != alias)]);
                continue;
            }

            if (named is not null && found is not null && named != found)
            {
                Note(said, new ReconciliationNote(
                    ReconciliationCodes.TwoRecords, null, $"its ids name two different {said.Type} records. Nothing was applied; a person decides.", NeedsPerson: true));
                return null;
            }

            found ??= named;
        }

        foreach (var finder in incoming.Finders)
        {
            if (found is null && Named(incoming, finder) is { Current: { } current } named && !IsAnother(incoming, finder, named) && IsOfSamePatient(incoming, current))
            {
                found = named;
            }
        }

        found ??= Joined(said, incoming);
        if (found is null && OwnBookings(said, incoming) is { Count: > 0 } bookings)
        {
            if (bookings.Count > 1 && !_accepted.Contradiction)
            {
                Note(said, new ReconciliationNote(
                    ReconciliationCodes.TwoRecords, null, $"{bookings.Count} visits that were booked here are what it tells of, and none has the filler's number yet. Nothing was applied; a person decides.", NeedsPerson: true));
                return null;
            }

            found = bookings.Count == 1 ? WorkOn(incoming.Definition, bookings[0]) : null;
        }

        if (found is null)
        {
            incoming = taken is { } key ? incoming.WithAliases([OwnIds.Beside(key, incoming), .. incoming.Aliases]) : incoming;
            found = new RecordWork(incoming.Definition, null);
            _records.Add(found);
        }

        return found;
    }

    /// <summary>The patient's visits that were booked here, are just what the message tells of and have no number of the filler's.</summary>
    private List<StoredRecord> OwnBookings(IncomingRecord said, IncomingRecord incoming)
    {
        if (said.Finders.Count == 0 || OwnBooking.Key(said) is not { } key)
        {
            return [];
        }

        return [.. _loaded.ByLookUp.GetValueOrDefault(key, []).Where(visit =>
            (!_byStored.TryGetValue(visit.Id, out var work) || work.Current == visit) && OwnBooking.IsToldBy(visit, incoming))];
    }

    /// <summary>The patient's item that another way told of by another key; null when none is it, or more than one may be.</summary>
    private RecordWork? Joined(IncomingRecord said, IncomingRecord incoming) =>
        Joining.Key(said) is { } key && _loaded.ByLookUp.GetValueOrDefault(key, []) is { Count: > 0 } known
        && Joining.Find(said, known.Select(CurrentOf).OfType<StoredRecord>().Where(current => IsOfSamePatient(incoming, current)), _said) is { } one
            ? WorkOn(incoming.Definition, one) : null;

    /// <summary>A stored record as the message has left it so far.</summary>
    private StoredRecord? CurrentOf(StoredRecord stored) => _byStored.TryGetValue(stored.Id, out var work) ? work.Current : stored;

    private RecordWork? Named(IncomingRecord incoming, RecordAlias alias) =>
        _byAlias.GetValueOrDefault(alias) ?? (Stored(alias) is { } stored ? WorkOn(incoming.Definition, stored) : null);

    /// <summary>True when a key is that of another item, which its sender knows by another id, or which was not found by the id that found this one.</summary>
    private static bool IsOfAnotherItem(IncomingRecord incoming, RecordAlias key, RecordWork? named, RecordWork? found) =>
        incoming.Definition.TellingApart.Count > 0 && !OwnIds.IsOwn(incoming.Definition, key) && named?.Current is { } current
        && ((found is not null && found != named) || OwnIds.Differ(incoming, current));

    /// <summary>
    /// True when a record is known by another system's number alone and both have a number of the vendor's own, not the same one: a
    /// placer may give one number to a series of visits.
    /// </summary>
    private static bool IsAnother(IncomingRecord incoming, RecordAlias alias, RecordWork named)
    {
        var own = incoming.Definition.IdSystem;
        return alias.System != own && !OwnIds.IsOwn(incoming.Definition, alias) && named.Current is { } current
            && incoming.Aliases.Any(other => other.System == own) && current.Aliases.Any(other => other.System == own)
            && !incoming.Aliases.Any(other => other.System == own && current.Aliases.Contains(other));
    }

    /// <summary>True when what both say of their patient is the same, as far as both say it.</summary>
    private bool IsOfSamePatient(IncomingRecord incoming, StoredRecord stored)
    {
        foreach (var field in _merged.KeepPatient(stored, incoming).Fields)
        {
            if (field.Definition.ReferenceKind == RecordDefinition.Patient && stored[field.Definition.Name] is { } patient && field.Value.Text != patient)
            {
                return false;
            }
        }

        return true;
    }

    private StoredRecord? Stored(RecordAlias alias) => _loaded.ByAlias.TryGetValue(alias, out var stored) ? stored : _merged.FindItem(alias);

    private RecordWork WorkOn(RecordDefinition definition, StoredRecord stored)
    {
        if (!_byStored.TryGetValue(stored.Id, out var work))
        {
            _byStored[stored.Id] = work = new RecordWork(definition, stored);
            _records.Add(work);
        }

        return work;
    }
}
