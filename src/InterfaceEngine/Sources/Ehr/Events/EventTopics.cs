using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>What topics are about. athenahealth's names: event notifications 0.11; elsewhere a topic begins with the type of its focus.</summary>
internal static class EventTopics
{
    private static readonly Dictionary<string, string[]> _types = new()
    {
        ["LabResult"] = ["DiagnosticReport", "Observation"],
        ["ImagingResult"] = ["DiagnosticReport"],
        ["Prescription"] = ["MedicationRequest"],
        ["HistoricalMedication"] = ["MedicationRequest"],
        ["HistoricalVaccine"] = ["Immunization"],
        ["PatientProblem"] = ["Condition"],
        ["ClinicalEncounterDiagnosis"] = ["Condition"],
    };

    /// <summary>Types of resources by which what a topic tells of can be asked for as well; null when the topic does not say.</summary>
    /// <param name="topic">As the settings have it: <c>Patient.update</c>, or its address.</param>
    public static IReadOnlyList<string>? TypesOf(string topic)
    {
        var name = topic[(topic.LastIndexOf('/') + 1)..].Split('.', '|')[0];
        return _types.GetValueOrDefault(name) ?? (FhirResource.IsType(name) ? [name] : null);
    }
}
