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

    /// <summary>The records of a type (of all, when it is null) that refer to somebody of the family, and to whom.</summary>
    public IEnumerable<(StoredRecord Record, StoredRecord Patient)> Of(IReadOnlyList<StoredRecord> family, string? type)
    {
        foreach (var definition in definitions.Where(definition => definition.Type != RecordDefinition.Patient && (type is null || definition.Type == type)))
        {
            var references = definition.Fields.Where(field => field is { ReferenceKind: RecordDefinition.Patient, LookUp: LookUpKind.Value }).ToList();
            foreach (var patient in family)
            {
                foreach (var record in references.SelectMany(field => reader.Records(practice, new LookUpKey(definition.Type, field.Name, patient.Id.ToString()))))
                {
                    yield return (record, patient);
                }
            }
        }
    }
}
