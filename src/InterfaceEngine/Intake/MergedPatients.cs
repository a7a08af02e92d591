using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// The patients of a message who are one with others by a merge, and what was told under the others' ids. A merge moves nothing,
/// so a message that names the survivor finds the retired one's visits and results here, and leaves them where they are. And those who may
/// be one with them, of whom nobody has said so.
/// </summary>
internal sealed class MergedPatients
{
    private const string Coverage = "coverage";

    private readonly Dictionary<EngineId, (StoredRecord Record, int Family)> _patients = [];
    private readonly Dictionary<RecordAlias, RecordAlias> _otherNames = [];
    private readonly Dictionary<RecordAlias, StoredRecord> _items = [];
    private readonly Dictionary<EngineId, IReadOnlyList<string>> _memberIds = [];

    /// <summary>Nobody was merged.</summary>
    public static MergedPatients None { get; } = new();

    /// <summary>Looks for them. A message whose patients took part in no merge, which is nearly every one, asks the store nothing.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public static async ValueTask<MergedPatients> LoadAsync(
        IEngineStore store, string practice, IReadOnlyList<IncomingRecord> records, LoadedRecords loaded, CancellationToken cancellationToken)
    {
        foreach (var (_, record) in loaded.ByAlias)
        {
            if (IsPart(record))
            {
                return await store.ReadAsync(reader => Read(reader, practice, records, loaded), cancellationToken);
            }
        }

        return records.Any(record => record.Type == Coverage) && records.Any(record => Others(record, loaded).Any())
            ? await store.ReadAsync(reader => Read(reader, practice, records, loaded), cancellationToken)
            : None;
    }

    /// <summary>By which numbers insurers know a patient who has the name and birth date of one of the message's.</summary>
    public IReadOnlyList<string> MemberIdsOf(EngineId patient) => _memberIds.GetValueOrDefault(patient, []);

    /// <summary>Patients under other ids who have the name and the birth date of one that the message tells of.</summary>
    private static IEnumerable<StoredRecord> Others(IncomingRecord said, LoadedRecords loaded) =>
        MessageWork.NamesakesOf(said) is { } key && loaded.ByLookUp.TryGetValue(key, out var found)
            ? found.Where(other => !said.Aliases.Any(other.Aliases.Contains))
            : [];

    /// <summary>Who a patient is now: at the end of all merges the record that was merged into no other.</summary>
    public static StoredRecord Survivor(IStoreReader reader, StoredRecord patient)
    {
        var seen = new HashSet<EngineId> { patient.Id };
        var last = patient;
        while (Merging.Survivor(last) is { } id && seen.Add(id) && reader.Record(last.Practice, id) is { } survivor)
        {
            last = survivor;
        }

        return last;
    }

    /// <summary>The record itself, then all that were merged into it, over however many steps, each once.</summary>
    public static List<StoredRecord> Retired(IStoreReader reader, StoredRecord patient)
    {
        var family = new List<StoredRecord> { patient };
        for (var next = 0; next < family.Count; next++)
        {
            var survivor = family[next].Id;
            foreach (var retired in reader.Records(patient.Practice, Merging.Key(RecordDefinition.Patient, survivor)))
            {
                if (Merging.Survivor(retired) == survivor && family.TrueForAll(known => known.Id != retired.Id))
                {
                    family.Add(retired);
                }
            }
        }

        return family;
    }

    public StoredRecord? Find(EngineId patient) => _patients.TryGetValue(patient, out var found) ? found.Record : null;

    /// <summary>A stored item that the message names under another of its patient's ids.</summary>
    public StoredRecord? FindItem(RecordAlias alias) => _items.GetValueOrDefault(alias);

    /// <summary>An item of a list under the name by which it is stored, when another id of its patient is part of that.</summary>
    public IncomingRecord AsStored(IncomingRecord said)
    {
        for (var index = 0; index < said.Aliases.Count; index++)
        {
            if (_otherNames.TryGetValue(said.Aliases[index], out var stored))
            {
                return said.WithAliases([.. said.Aliases.Select(alias => alias == said.Aliases[index] ? stored : alias)]);
            }
        }

        return said;
    }

    /// <summary>What a message says of a record, with the reference it has already where both are one person: to undo the merge nothing must be moved back.</summary>
    public IncomingRecord KeepPatient(StoredRecord stored, IncomingRecord incoming) => _patients.Count == 0 ? incoming : incoming.WithPatient(field =>
        EngineId.TryParse(field.Value.Text, out var said) && EngineId.TryParse(stored[field.Definition.Name], out var kept) && AreOne(said, kept)
            ? kept
            : said)!;

    private static bool IsPart(StoredRecord record) => record.Type == RecordDefinition.Patient && Merging.IsPart(record);

    private static MergedPatients Read(IStoreReader reader, string practice, IReadOnlyList<IncomingRecord> records, LoadedRecords loaded)
    {
        var merged = new MergedPatients();
        foreach (var patient in loaded.ByAlias.Values.Where(IsPart))
        {
            if (merged.Find(patient.Id) is null)
            {
                var number = merged._patients.Count;
                foreach (var member in Retired(reader, Survivor(reader, patient)))
                {
                    merged._patients[member.Id] = (member, number);
                }
            }
        }

        foreach (var said in records)
        {
            merged.AddItem(reader, practice, said, loaded);
        }

        if (records.FirstOrDefault(record => record.Type == Coverage)?.Definition is { } coverage)
        {
            foreach (var other in records.SelectMany(said => Others(said, loaded)))
            {
                merged._memberIds[other.Id] = [.. reader.Records(practice, PatientList.Key(coverage, other.ExternalId)).Select(item => item["member_id"]).OfType<string>()];
            }
        }

        return merged;
    }

    /// <summary>
    /// Finds an item (a value, a charge) that was told under another id of its patient. A full list is the list of the id that sends
    /// it and ends what it does not name, so its items are never those of another id.
    /// </summary>
    private void AddItem(IStoreReader reader, string practice, IncomingRecord said, LoadedRecords loaded)
    {
        if (said is not { Owner: { } owner, Definition: { List: ListKind.Partial } definition } || said.Aliases.Any(loaded.ByAlias.ContainsKey)
            || !loaded.ByAlias.TryGetValue(new RecordAlias(RecordDefinition.Patient, definition.IdSystem, owner), out var patient)
            || !_patients.TryGetValue(patient.Id, out var own))
        {
            return;
        }

        foreach (var alias in said.Aliases.Where(alias => alias.Value.StartsWith(owner + FieldValue.ListSeparator, StringComparison.Ordinal)))
        {
            foreach (var other in _patients.Values.Where(other => other.Family == own.Family).SelectMany(other => other.Record.Aliases))
            {
                var name = alias with { Value = other.Value + alias.Value[owner.Length..] };
                if (other.System == definition.IdSystem && other.Value != owner && reader.Record(practice, name) is { } stored)
                {
                    _otherNames[alias] = name;
                    _items[name] = stored;
                    return;
                }
            }
        }
    }

    private bool AreOne(EngineId left, EngineId right) =>
        _patients.TryGetValue(left, out var one) && _patients.TryGetValue(right, out var other) && one.Family == other.Family;
}
