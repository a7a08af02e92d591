namespace InterfaceEngine.Ehr.Fhir;

/// <summary>What is sought.</summary>
/// <param name="Type">Type of resource.</param>
/// <param name="Query">Names and values, without what every search of the connection has.</param>
internal sealed record FhirSearch(string Type, IReadOnlyList<KeyValuePair<string, string>> Query)
{
    /// <summary>Types that no patient owns: they are sought without one everywhere.</summary>
    private static readonly HashSet<string> _ownerless =
    [
        "Patient", "Organization", "Practitioner", "PractitionerRole", "Location", "Schedule", "Slot",
        "Medication", "Group", "Questionnaire", "Provenance", "Subscription", "SubscriptionTopic",
    ];

    public CallPriority Priority { get; init; } = CallPriority.Sync;

    /// <summary>Who asks, for the log.</summary>
    public string Actor { get; init; } = "engine";

    /// <summary>Whether a type is sought by patient alone, over a connection of this dialect.</summary>
    public static bool IsByPatient(string type, EhrDialect dialect) => dialect.IsSearchedByPatient && !_ownerless.Contains(type);

    /// <summary>Why the vendor would refuse it, so that nobody asks; null when nothing is known against it.</summary>
    public string? WhyNot(EhrDialect dialect) =>
        Type == "Appointment" && dialect.HasNoAppointmentSearch && !Has("_id") ? "the vendor has no search for appointments"
        : IsByPatient(Type, dialect) && !Has("patient") && !Has("_id") && !Has("subject") ? $"the vendor has {Type} by patient alone"
        : null;

    private bool Has(string name) => Query.Any(one => one.Key == name);
}
