using System.Text.Json;
using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Sources.Ehr.Changed;

/// <summary>One of athenaNet's feeds of what changed.</summary>
/// <param name="Name">As its address and the settings have it, e.g. <c>appointments</c>.</param>
/// <param name="DocumentKind">The call by which the maps list its rows.</param>
internal sealed record ChangedKind(string Name, string DocumentKind)
{
    /// <summary>The feeds whose rows a table can read. Others (providers, orders, prescriptions) tell of what no record holds.</summary>
    public static IReadOnlyList<ChangedKind> All { get; } =
    [
        new("patients", "GET /patients"),
        new("appointments", AthenaAppointments.DocumentKind),
        new("labresults", "GET /chart/{patientid}/labresults"),
        new("chart/healthhistory/problems", "GET /chart/{patientid}/problems"),
    ];

    /// <summary>The name of the list in its answers: the last part of its own.</summary>
    public string List => Name.Split('/')[^1];

    /// <summary>Where it is read.</summary>
    public string Path => $"/{Name}/changed";

    /// <summary>What it is subscribed to by.</summary>
    public string SubscriptionPath => $"{Path}/subscription";

    public static ChangedKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Its rows are patients.</summary>
    public bool IsOfPatients => Name == "patients";

    /// <summary>Whether a row is of use: a slot that was opened or frozen and that nobody has is no visit.</summary>
    public bool IsTaken(JsonElement row) => DocumentKind != AthenaAppointments.DocumentKind || new AthenaVisit(row) is { Status: not AthenaVisit.Open } or { Patient: not null };
}
