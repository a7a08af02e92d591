using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>Patients who are registered and changed on our side.</summary>
internal sealed class PatientDesk(RecordDesk desk, RecordNumbers numbers)
{
    /// <summary>By one of these athenahealth wants to reach, or tell apart, whomever it registers.</summary>
    private static readonly string[] _oneOf = ["email", "phone_home", "phone_mobile", "phone_work", "address.postal_code"];

    /// <summary>
    /// Registers a patient under an id of our own. A caller who got no answer registers her again with the same key, and is answered with the patient
    /// who is there.
    /// </summary>
    /// <exception cref="ChangeRefusedException">It breaks a rule, can't be told, its key is another's, or somebody of this name and birth date is known.</exception>
    public Task<MadeRecord> CreateAsync(PatientChange change, CancellationToken cancellationToken)
    {
        var (id, key) = (desk.NextId(), new CallerKey(change, RecordDefinition.Patient));
        return desk.ChangeAsync(change, RecordDefinition.Patient, "patients create", (reader, tables) =>
        {
            var fields = new PatientFields(tables, desk.Now).Of(change, null);
            if (key.Find(reader) is { } made)
            {
                return key.IsOf(made) ? Told(change, CallOrder.Registered, new WantedRecord(made, fields, Verb.Create, made.Aliases, made.Id) { IsThere = true })
                    : throw new ChangeRefusedException($"This key is that of another patient, {made.Id}. Nobody was registered: give each patient a key of its own, and say the same under it when it is sent again.");
            }

            var meant = Meant(change, fields, id);
            var others = Others(reader, meant);
            if (!change.IsAnother && others.Count > 0)
            {
                throw new ChangeRefusedException($"Somebody of this name and birth date is known here: {string.Join(", ", others.Take(3).Select(one => one.Id))}. Nobody was registered: change that patient, or say that this is another person.");
            }

            CheckReach(change, fields, null);
            return Told(change, CallOrder.Registered, new WantedRecord(null, fields, Verb.Create, [new RecordAlias(RecordDefinition.Patient, RecordDesk.Format, id.ToString()), .. key.Names, .. new RegisteredPerson(reader, change.Practice).Take(PersonKey.Of(meant))], id)
            {
                IsOfTooManyNamesakes = others.Count >= Namesakes.FoundMax,
            });
        }, cancellationToken);
    }

    /// <summary>Changes a patient; what is not said stays as it is.</summary>
    /// <exception cref="ChangeRefusedException">There is no such patient, she was merged into another, it breaks a rule, changes nothing, or can't be told.</exception>
    public async Task<MadeRecord> ModifyAsync(PatientChange change, CancellationToken cancellationToken)
    {
        if (change.Number is { } number && await NumberAsync(change, number.Trim(), cancellationToken) is { } numbered)
        {
            if (change.Fields.Count == 0)
            {
                return new MadeRecord(numbered, new PersonChange(CallOrder.Updated, numbered, []).Message, [], []);
            }

            // What was seen is so no more, by this change itself.
            change = change with { Seen = change.Seen is null ? null : [RecordTag.Of(numbered)] };
        }

        return await desk.ChangeAsync(change, RecordDefinition.Patient, "patients change", (reader, tables) =>
        {
            var patient = FindUnmerged(reader, change.Practice, change.Patient!, tables.Map.Definition.IdSystem);
            var fields = new PatientFields(tables, desk.Now).Of(change, patient);
            var isKnownThere = patient.Aliases.Any(alias => alias.System == tables.Map.Definition.IdSystem);
            if (!isKnownThere)
            {
                CheckReach(change, fields, patient);
            }

            return Told(change, CallOrder.Updated, new WantedRecord(patient, fields, Verb.Update, patient.Aliases, patient.Id)
            {
                IsOfTooManyNamesakes = Others(reader, Meant(change, fields, patient.Id, patient)).Count >= Namesakes.FoundMax,
                IsToldAnyway = change.IsAnother && !isKnownThere,
            });
        }, cancellationToken);
    }

    /// <summary>The patient by the vendor's number or our id: of a merged one the survivor, since the vendor knows the retired number no more.</summary>
    /// <param name="reader">What is stored.</param>
    /// <param name="practice">Whose patient.</param>
    /// <param name="id">The vendor's number, or our id.</param>
    /// <param name="system">The vendor's id system.</param>
    /// <exception cref="ChangeRefusedException">There is none.</exception>
    public static StoredRecord Find(IStoreReader reader, string practice, string id, string system) => FindOrNone(reader, practice, id, system)
        ?? throw new ChangeRefusedException("There is no such patient: give the vendor's id or ours.", ChangeRefusal.NotFound);

    /// <inheritdoc cref="Find"/>
    /// <returns>Null when there is none.</returns>
    public static StoredRecord? FindOrNone(IStoreReader reader, string practice, string id, string system) =>
        Named(reader, practice, id, system) is { } patient ? MergedPatients.Survivor(reader, patient) : null;

    /// <summary>The patient who is to be changed. Who names a retired number may not know of the merge, and would change another record than the one that was looked at.</summary>
    /// <exception cref="ChangeRefusedException">There is none, or she was merged into another.</exception>
    private static StoredRecord FindUnmerged(IStoreReader reader, string practice, string id, string system)
    {
        var patient = Find(reader, practice, id, system);
        return Named(reader, practice, id, system)!.Id == patient.Id ? patient
            : throw new ChangeRefusedException($"This patient was merged into another, {patient.Id}. Nothing was changed: look at that one, and change it by its own number or id.");
    }

    private static StoredRecord? Named(IStoreReader reader, string practice, string id, string system) =>
        reader.Record(practice, new RecordAlias(RecordDefinition.Patient, system, id))
        ?? (EngineId.TryParse(id, out var own) && reader.Record(practice, own) is { Type: RecordDefinition.Patient } ours ? ours : null);

    private WantedRecord Told(PatientChange change, string @event, WantedRecord wanted) => wanted with
    {
        Tell = (patient, changed) => new PersonChange(@event, patient, changed)
        {
            Department = change.Location is { } place ? DepartmentOf(change.Practice, place) : null,
            IsAnother = change.IsAnother,
        },
    };

    /// <summary>Places are listed for visits.</summary>
    private string DepartmentOf(string practice, string said) =>
        VisitNames.NumberIn(desk.TablesOf(practice, AppointmentDesk.Type).Map.Rows.FirstOrDefault(row => row.Name == "location_id")?.As.References, said);

    /// <summary>Whoever is meant, by what is said and known of her.</summary>
    private static StoredRecord Meant(PatientChange change, SaidFields fields, EngineId id, StoredRecord? stored = null) => new()
    {
        Id = id,
        Practice = change.Practice,
        Type = RecordDefinition.Patient,
        Version = 1,
        Aliases = [],
        Fields = [.. fields.Over(stored).Select(field => new StoredField(field.Key, field.Value, null, null, ByteRange.None))],
    };

    /// <summary>Others who have the same name and birth date as whoever is meant, as far as nothing tells them apart.</summary>
    private static List<StoredRecord> Others(IStoreReader reader, StoredRecord meant) =>
        PersonKey.Of(meant) is not { } key ? []
            : [.. reader.Records(meant.Practice, key).Where(other => other.Id != meant.Id && Merging.Survivor(other) is null && Namesakes.Compare(meant, other, [], []) is not Agreement.None)];

    /// <summary>Said while whoever registers her is still there, and not by the vendor later.</summary>
    private void CheckReach(PatientChange change, SaidFields fields, StoredRecord? stored)
    {
        var whole = fields.Over(stored);
        if (!Array.Exists(_oneOf, whole.ContainsKey) && desk.Outbound.For(change.Practice, change.Destination, RecordDefinition.Patient).FirstOrDefault(address => address.Form is OutboundForm.AthenaNet) is { } address)
        {
            throw new ChangeRefusedException($"{address.Destination} registers nobody without one of {string.Join(", ", _oneOf)}. Nothing was changed: say one of them.");
        }
    }

    /// <summary>Gives a patient the number that a person says she has at the vendor.</summary>
    private async Task<StoredRecord> NumberAsync(PatientChange change, string number, CancellationToken cancellationToken)
    {
        var system = desk.TablesOf(change.Practice, RecordDefinition.Patient).Map.Definition.IdSystem;
        var patient = await desk.Store.ReadAsync(reader => FindUnmerged(reader, change.Practice, change.Patient!, system), cancellationToken);
        RecordTag.Check(change.Seen, patient);
        if (number.Length == 0 || patient.Aliases.Any(alias => alias.System == system && alias.Value != number))
        {
            throw new ChangeRefusedException("The patient has a number at the vendor already, or none was said. Nothing was changed.", ChangeRefusal.Wrong);
        }

        return await numbers.ChangeAsync(change.Practice, RecordDefinition.Patient, patient.Id, number, cancellationToken, change.Audit with { Subject = $"patient {patient.Id}, number" }) is { } other
            ? throw new ChangeRefusedException($"Another patient has this number here: {other}. Nothing was changed.")
            : (await desk.Store.ReadAsync(reader => reader.Record(change.Practice, patient.Id), cancellationToken))!;
    }
}
