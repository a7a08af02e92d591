using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>
/// What hangs on a patient: the records that refer to the person, and those that refer to records that were merged into this one,
/// over however many steps. Nothing is moved by a merge, so all of it is found by looking.
/// </summary>
internal sealed class PatientRecords(IStoreReader reader, string practice, IReadOnlyList<RecordDefinition> definitions)
{
    /// <summary>The record itself, then all that were merged into it.</summary>
    public IReadOnlyList<StoredRecord> Family(StoredRecord patient) => MergedPatients.Retired(reader, patient);

    /// <summary>The first records of a type (of all, when it is null) that refer to somebody of the family, and to whom.</summary>
    /// <param name="family">Of <see cref="Family"/>.</param>
    /// <param name="type">Null for all.</param>
    /// <param name="after">Only those that were made after this one.</param>
    /// <param name="limit">The most of each type and each of the family, in the order they were made: a patient may have more than are ever read at once.</param>
    public IEnumerable<(StoredRecord Record, StoredRecord Patient)> Of(IReadOnlyList<StoredRecord> family, string? type, EngineId after, int limit)
    {
        foreach (var definition in definitions.Where(definition => definition.Type != RecordDefinition.Patient && (type is null || definition.Type == type)))
        {
            var references = definition.Fields.Where(field => field is { ReferenceKind: RecordDefinition.Patient, LookUp: LookUpKind.Value }).ToList();
            foreach (var patient in family)
            {
                foreach (var record in references.SelectMany(field => reader.Records(practice, new LookUpKey(definition.Type, field.Name, patient.Id.ToString()), after, limit)))
                {
                    yield return (record, patient);
                }
            }
        }
    }
}
