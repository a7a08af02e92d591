using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// Everything one message does to the records of its practice (step 5): each incoming record meets the stored
/// one, lists end what they no longer name. A message applies whole or not at all.
/// </summary>
internal sealed partial class MessageWork
{
    private readonly string _practice;
    private readonly ConflictRules _conflicts;
    private readonly LoadedRecords _loaded;
    private readonly MergedPatients _merged;
    private readonly Cause _cause;
    private readonly IdSource _ids;
    private readonly Acceptance _accepted;
    private readonly Dictionary<RecordAlias, RecordWork> _byAlias = [];
    private readonly List<RecordWork> _records = [];
    private readonly Dictionary<EngineId, RecordWork> _byStored = [];
    private readonly List<RecordNote> _notes = [];
    private readonly OnceList<RecordAlias> _waitsFor = new(0);
    private readonly IReadOnlyList<IncomingRecord> _said;

    private MessageWork(IReadOnlyList<IncomingRecord> said, string practice, ConflictRules conflicts, LoadedRecords loaded, MergedPatients merged, Cause cause, IdSource ids, Acceptance accepted)
    {
        _practice = practice;
        _conflicts = conflicts;
        _loaded = loaded;
        _merged = merged;
        _cause = cause;
        _ids = ids;
        _accepted = accepted;
        _said = RepeatOrder.ByValue(said, record => merged.AsStored(record).Aliases.Select(Stored).FirstOrDefault(stored => stored is not null));
    }

    public IReadOnlyList<RecordWork> Records => _records;

    public IReadOnlyList<RecordNote> Notes => _notes;

    /// <summary>Binaries that the records name.</summary>
    public IReadOnlyList<AttachmentWrite> Attachments { get; private init; } = [];

    /// <summary>Patients nobody has sent: the message parks until they are known.</summary>
    public IReadOnlyList<RecordAlias> WaitsFor => _waitsFor.Items;

    public bool IsHeld { get; private set; }

    public bool IsRefused { get; private set; }

    public bool HasChanged => _records.Any(record => record.IsCreated || record.IsChanged);

    /// <summary>What must be loaded before <see cref="Run"/>.</summary>
    public static LoadQuery Query(IReadOnlyList<IncomingRecord> incoming, ReceiptKey? receipt)
    {
        var aliases = new OnceList<RecordAlias>(incoming.Count * 2);
        var lists = new OnceList<LookUpKey>(0);
        foreach (var record in incoming)
        {
            foreach (var alias in record.Aliases)
            {
                aliases.Add(alias);
            }

            foreach (var finder in record.Finders)
            {
                aliases.Add(finder);
            }

            foreach (var (field, id) in MovingIds.Of(record))
            {
                aliases.Add(MovingIds.FormerName(record, field, id));
                if (LookUpKeys.For(record.Type, field, id) is { } holders)
                {
                    lists.Add(holders);
                }
            }

            if (record.DeletedBy is { } deleted)
            {
                lists.Add(deleted);
            }

            if (record.Finders.Count > 0 && OwnBooking.Key(record) is { } bookings)
            {
                lists.Add(bookings);
            }

            if (Joining.Key(record) is { } joined)
            {
                lists.Add(joined);
            }

            if (NamesakesOf(record) is { } namesakes)
            {
                lists.Add(namesakes);
            }

            foreach (var retired in record.Retires)
            {
                aliases.Add(Alias(record, retired));
            }

            foreach (var field in record.Fields)
            {
                if (field.Definition.ReferenceKind == RecordDefinition.Patient && field.Value.HasValue)
                {
                    aliases.Add(PatientAlias(record, field.Value.Text!));
                }
            }

            AddReplaced(record, aliases, lists);
            if (record.List == ListKind.Full && record.Owner is { } owner)
            {
                lists.Add(PatientList.Key(record.Definition, owner));
            }
        }

        return new LoadQuery(receipt, aliases.Items, lists.Items);
    }

    /// <summary>Whom it replaces, and who says that it was replaced.</summary>
    private static void AddReplaced(IncomingRecord record, OnceList<RecordAlias> aliases, OnceList<LookUpKey> lists)
    {
        if (record.Definition.Replacing is not { } field)
        {
            return;
        }

        if (record[field.Name].Text is { } replaced)
        {
            aliases.Add(Alias(record, replaced));
        }

        foreach (var alias in record.Aliases)
        {
            lists.Add(Replacement.Key(record.Definition, alias.Value)!.Value);
        }
    }

    /// <summary>Reconciles every record of the message.</summary>
    /// <param name="practice">Whose they are.</param>
    /// <param name="conflicts">Who wins where two sources differ.</param>
    /// <param name="merged">Its patients who are one with others.</param>
    /// <param name="accepted">What a person has looked at and wants applied.</param>
    public static MessageWork Run(
        string practice, ConflictRules conflicts, MappedMessage mapped, LoadedRecords loaded, MergedPatients merged, Cause cause, IdSource ids, Acceptance accepted)
    {
        var work = new MessageWork(mapped.Records, practice, conflicts, loaded, merged, cause, ids, accepted)
        {
            Attachments = [.. mapped.Attachments.Select(attachment => new AttachmentWrite(attachment.Value.Id, attachment.Value.Size, attachment.Open))],
        };
        foreach (var record in work._said)
        {
            if (record.IsDeletion)
            {
                work.Withdraw(record);
                continue;
            }

            if (record.IsEmptyList)
            {
                continue;
            }

            work.Apply(merged.AsStored(record), isWholeList: record.List == ListKind.Full && !mapped.IncompleteLists.Contains(record.Type));
        }

        work.EndLists(mapped);
        work.MarkReplaced(mapped);
        if (!work.IsHeld && !work.IsRefused && work._waitsFor.Items.Count == 0 && (!mapped.IsHeld || accepted.Contradiction))
        {
            work.FindNamesakes(mapped);
        }

        return work;
    }

    /// <param name="said">The record.</param>
    /// <param name="isWholeList">It is of a full list of which every item could be identified.</param>
    private void Apply(IncomingRecord said, bool isWholeList)
    {
        if (said.WithPatient(field => FindPatient(said, field.Value.Text!)) is not { } incoming)
        {
            return;
        }

        if (Find(said, ref incoming) is not { } record)
        {
            IsHeld = true;
            return;
        }

        if (record.Current is { } moved && RecordNumbers.IsFormer(incoming, moved))
        {
            Note(said, new ReconciliationNote(ReconciliationCodes.FormerNumber, null, "the visit has another number since it was moved: what is told of the place that it left is not applied to it."));
            return;
        }

        record.WhileAwaitingNumber ??= OwnBooking.Key(said);
        if (record.Current is { } known)
        {
            incoming = _merged.KeepPatient(known, incoming);
        }

        var result = Reconciler.Reconcile(_practice, record.Current, incoming, _cause, record.Current is null ? _ids.Next() : default, _accepted, _conflicts);
        if (result.Outcome == ReconciledOutcome.Created && said is { Owner: { } owner, Definition.List: not ListKind.None })
        {
            record.NewOwner = owner;
            if (said.List == ListKind.Full)
            {
                result = PatientList.EndIfSuperseded(result, Items(said, owner), _cause);
            }
        }

        // A list is said when its message is, whenever its items were last changed.
        if (isWholeList)
        {
            result = PatientList.Listed(result, _cause);
        }

        IsHeld |= result.Outcome == ReconciledOutcome.Held;
        IsRefused |= result.Outcome == ReconciledOutcome.Refused;
        foreach (var note in result.Notes)
        {
            Note(said, note);
        }

        record.Take(result);
        MoveIds(incoming, record);
        foreach (var alias in incoming.Aliases)
        {
            _byAlias[alias] = record;
        }

        foreach (var retired in said.Retires)
        {
            if (record.Current is { } survivor)
            {
                Retire(said, Alias(said, retired), record, survivor, said.CauseIn(_cause));
            }
        }
    }

    /// <summary>Marks the retired record, known or not. Nothing that hangs on it moves, and the survivor takes nothing from it.</summary>
    private void Retire(IncomingRecord said, RecordAlias retired, RecordWork survivorWork, StoredRecord survivor, Cause cause)
    {
        var work = _byAlias.GetValueOrDefault(retired) ?? (_loaded.ByAlias.TryGetValue(retired, out var stored) ? WorkOn(said.Definition, stored) : null);
        if (work is null)
        {
            work = new RecordWork(said.Definition, null);
            _records.Add(work);
            work.Take(Merging.RetireUnknown(_practice, said.Definition, retired, survivor.Id, cause, _ids.Next()));
            survivorWork.Take(Merging.Absorb(survivor, cause));
            _byAlias[retired] = work;
            return;
        }

        if (work.Current is not { } current || current.Id == survivor.Id)
        {
            Note(said, new ReconciliationNote(ReconciliationCodes.MergeIgnored, null, "a merge of a record into itself. It was left as it is."));
            return;
        }

        // The other way round before, in one step or several: what happened later holds, so the record that is named survivor now is its own again.
        var isReversed = LeadsTo(survivor, current.Id);
        if (Merging.IsStale(current, cause) || (isReversed && Merging.IsStale(survivor, cause)))
        {
            Note(said, new ReconciliationNote(ReconciliationCodes.MergeIgnored, Merging.MergedInto, "a later event has said otherwise about these two records. The merge was left out."));
            return;
        }

        if (isReversed)
        {
            survivorWork.Take(Merging.Revive(survivor, cause));
        }

        work.Take(Merging.Retire(current, survivor.Id, cause));
        survivorWork.Take(Merging.Absorb(survivorWork.Current!, cause));
    }

    /// <summary>True when the merges that are known lead from one record to another.</summary>
    private bool LeadsTo(StoredRecord from, EngineId to)
    {
        var seen = new HashSet<EngineId>();
        for (var at = from; at is not null && Merging.Survivor(at) is { } next && seen.Add(next);)
        {
            if (next == to)
            {
                return true;
            }

            at = _byStored.TryGetValue(next, out var work) ? work.Current : _merged.Find(next);
        }

        return false;
    }

    private EngineId? FindPatient(IncomingRecord referrer, string external)
    {
        var alias = PatientAlias(referrer, external);
        if (_byAlias.TryGetValue(alias, out var inMessage))
        {
            // The same message may have failed to make the patient; then the whole message is refused or held.
            return inMessage.Current?.Id ?? EngineId.None;
        }

        if (_loaded.ByAlias.TryGetValue(alias, out var stored))
        {
            return stored.Id;
        }

        _waitsFor.Add(alias);
        return null;
    }

    /// <summary>Ends what a full list no longer names. A list of which an item could not be identified is not whole and ends nothing.</summary>
    private void EndLists(MappedMessage mapped)
    {
        HashSet<EngineId>? named = null;
        foreach (var record in mapped.Records)
        {
            if (record is not { List: ListKind.Full, Owner: { } owner } || mapped.IncompleteLists.Contains(record.Type))
            {
                continue;
            }

            if (named is null)
            {
                named = [];
                foreach (var work in _records)
                {
                    named.Add(work.Current?.Id ?? EngineId.None);
                }
            }

            var items = Items(record, owner);

            // Whoever has no ids of its own for the items names by its key all that say the same.
            foreach (var said in mapped.Records.Where(said => said.Type == record.Type && !said.IsEmptyList && !said.Aliases.Any(alias => OwnIds.IsOwn(said.Definition, alias))))
            {
                named.UnionWith(items.Where(item => said.Definition.TellingApart.Count > 0 && said.Aliases.Any(key => OwnIds.IsBeside(key, item))).Select(item => item.Id));
            }

            foreach (var ended in PatientList.End(items, named, _cause))
            {
                WorkOn(record.Definition, ended.Stored!).Take(ended);
                named.Add(ended.Stored!.Id);
            }
        }
    }

    /// <summary>Marks what a record of the message replaces; or the record itself, when what replaces it came before it.</summary>
    private void MarkReplaced(MappedMessage mapped)
    {
        foreach (var said in mapped.Records)
        {
            if (said.Definition.Replacing is not { } field || _byAlias.GetValueOrDefault(said.Aliases[0]) is not { Current: { } current } record)
            {
                continue;
            }

            if (current[field.Name] is { } replaced && _loaded.ByAlias.GetValueOrDefault(Alias(said, replaced)) is { } stored && stored.Id != current.Id)
            {
                var work = WorkOn(said.Definition, stored);
                work.Take(Replacement.Mark(work.Current!, current.ExternalId, current.Find(field.Name)!.Cause ?? _cause));
            }

            foreach (var by in said.Aliases.SelectMany(alias => _loaded.ByLookUp.GetValueOrDefault(Replacement.Key(said.Definition, alias.Value)!.Value, [])))
            {
                if (by.Id != current.Id)
                {
                    record.Take(Replacement.Mark(record.Current!, by.ExternalId, by.Find(field.Name)!.Cause ?? _cause));
                }
            }
        }
    }

    private static RecordAlias Alias(IncomingRecord like, string externalId) => new(like.Type, like.Definition.IdSystem, externalId);

    private IReadOnlyList<StoredRecord> Items(IncomingRecord item, string owner) =>
        _loaded.ByLookUp.GetValueOrDefault(PatientList.Key(item.Definition, owner), []);

    private void Note(IncomingRecord record, ReconciliationNote note) => _notes.Add(new RecordNote(record, note));

    private static RecordAlias PatientAlias(IncomingRecord referrer, string external) =>
        new(RecordDefinition.Patient, referrer.Definition.IdSystem, external);
}

/// <summary>What reconciliation noticed, and about which record of the message.</summary>
internal readonly record struct RecordNote(IncomingRecord Record, ReconciliationNote Note)
{
    /// <summary>The two records that may be one; null for what concerns one alone.</summary>
    public (StoredRecord Own, StoredRecord Other)? Pair { get; init; }
}
