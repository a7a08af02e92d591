using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>Makes the resources of a type that tell of one person. Pure: the same person gives the same ones everywhere.</summary>
public sealed class ChartResources(FhirIds ids, Practice house)
{
    private readonly Dictionary<string, Func<ChartSource, IEnumerable<FhirResource>>> _types = new(StringComparer.Ordinal)
    {
        ["Patient"] = source => [PersonResources.Patient(source, ids)],
        ["Coverage"] = source => PersonResources.Coverages(source, ids),
        ["Observation"] = source => ObservationResources.All(source, ids, house),
        ["DiagnosticReport"] = source => ObservationResources.Reports(source, ids, house),
        ["Condition"] = source => ClinicalResources.Conditions(source, ids, house),
        ["MedicationRequest"] = source => ClinicalResources.Medications(source, ids, house),
        ["AllergyIntolerance"] = source => ClinicalResources.Allergies(source, ids, house),
        ["Immunization"] = source => ClinicalResources.Immunizations(source, ids, house),
        ["Procedure"] = source => ClinicalResources.Procedures(source, ids, house),
        ["CarePlan"] = source => ClinicalResources.CarePlans(source, ids, house),
        ["Encounter"] = source => VisitResources.Encounters(source, ids),
        ["Appointment"] = source => VisitResources.Appointments(source, ids),
        ["DocumentReference"] = source => VisitResources.Documents(source, ids, house),
        ["Communication"] = source => TalkResources.Communications(source, ids, house),
        ["Task"] = source => TalkResources.Tasks(source, ids, house),
    };

    public FhirIds Ids => ids;

    public IEnumerable<FhirResource> Of(string type, ChartSource source) => _types.TryGetValue(type, out var make) ? make(source) : [];

    /// <summary>The file behind an attachment of a person's documents; null where there is none.</summary>
    public byte[]? File(string id, ChartSource source) =>
        source.History.Documents.FirstOrDefault(document => ids.Piece("document", document.Id) == id) is { } found ? VisitResources.File(found) : null;
}
