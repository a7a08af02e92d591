namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>The types that a synchronisation asks for, as the vendors' guides list them.</summary>
internal static class SyncTypes
{
    /// <summary>Of every vendor. Patients come first, since all others belong to them.</summary>
    public static IReadOnlyList<string> Standard { get; } = ["Patient", "Observation", "Condition", "MedicationRequest", "AllergyIntolerance", "Immunization", "Procedure"];

    /// <summary>Who pays, which no guide lists: asked for where athenaNet tells it, and where the scopes of FHIR reach it.</summary>
    public const string Coverage = "Coverage";

    /// <summary>What a vendor has beyond them.</summary>
    /// <param name="system"><c>athenahealth</c> or <c>eclinicalworks</c>.</param>
    public static IReadOnlyList<string> Enhanced(string system) => system == "eclinicalworks"
        ? ["Encounter", "DiagnosticReport", "CarePlan", "Communication", "Task"]
        : ["Encounter", "DiagnosticReport", "CarePlan", "Appointment", "DocumentReference"];
}
