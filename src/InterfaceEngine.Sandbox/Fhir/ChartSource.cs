using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>Whom resources are made of, as the practice knows the person at one moment.</summary>
/// <param name="Updated">When the person was last changed.</param>
public sealed record ChartSource(Person Person, MedicalHistory History, DateTimeOffset Updated, int Version, bool IsActive, IReadOnlyList<ChartVisit> Visits)
{
    /// <summary>What others call the person, as they said it over FHIR.</summary>
    public IReadOnlyList<JsonObject> FurtherIdentifiers { get; init; } = [];
}

/// <summary>An appointment, as resources tell of it.</summary>
/// <param name="Status">athenahealth's letter of it: <c>f 2 3 4 x</c>.</param>
public sealed record ChartVisit(Visit Visit, char Status, bool IsNoShow, DateTimeOffset Updated, int Version)
{
    /// <summary>What whoever booked it calls it; null for nothing.</summary>
    public JsonArray? Identifier { get; init; }

    /// <summary>Why it was cancelled; null where nobody said.</summary>
    public JsonObject? CancelationReason { get; init; }
}
