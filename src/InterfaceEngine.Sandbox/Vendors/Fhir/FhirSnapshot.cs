using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>What a practice had at one moment: it can be read while the practice goes on.</summary>
/// <param name="Sources">Patient after patient.</param>
/// <param name="Written">What clients wrote.</param>
/// <param name="Withdrawn">What there is no more, and since when.</param>
internal sealed record FhirSnapshot(
    ChartResources Resources,
    IReadOnlyList<ChartSource> Sources,
    IReadOnlyDictionary<(string Type, string Id), FhirResource> Written,
    IReadOnlyDictionary<(string Type, string Id), DateTimeOffset> Withdrawn)
{
    /// <summary>The resources of a type of one patient.</summary>
    public IEnumerable<FhirResource> Of(string type, ChartSource source) => FhirChart.Of(type, source, Resources, Written, Withdrawn);
}
