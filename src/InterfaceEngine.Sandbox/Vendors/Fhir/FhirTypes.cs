namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>Which resources a profile has, and which of them can be written.</summary>
internal static class FhirTypes
{
    private static readonly string[] _clinical =
    [
        "Observation", "DiagnosticReport", "Condition", "MedicationRequest", "AllergyIntolerance", "Immunization", "Procedure", "CarePlan", "Encounter", "DocumentReference", "Coverage",
    ];

    private static readonly string[] _house = ["Practitioner", "PractitionerRole", "Organization", "Location"];
    private static readonly string[] _schedule = ["Schedule", "Slot"];
    private static readonly string[] _written = ["Patient", "Observation", "Appointment"];

    /// <summary>eClinicalWorks has no appointments, slots, messages and tasks but in its guide.</summary>
    public static IReadOnlyList<string> Of(VendorProfile profile) =>
    [
        "Patient", .. _clinical,
        .. profile.IsAthena || profile.IsGuide ? ["Appointment"] : Array.Empty<string>(),
        .. profile is { IsAthena: false, IsGuide: true } ? ["Communication", "Task", .. _schedule] : Array.Empty<string>(),
        .. _house,
    ];

    /// <summary>What an export gives: what tells of patients, and no appointments at the real interfaces.</summary>
    public static IReadOnlyList<string> Exported(VendorProfile profile) =>
        [.. Of(profile).Where(type => !_house.Contains(type) && !_schedule.Contains(type) && (type != "Appointment" || profile.IsGuide))];

    public static bool IsWritten(VendorProfile profile, string type) => profile.IsGuide && _written.Contains(type);
}
