namespace InterfaceEngine.Ehr.Fhir;

/// <summary>What is put up with of a FHIR server, beside what every server is held to.</summary>
internal sealed record FhirLimits
{
    /// <summary>The most pages of one search. Default: 100,000.</summary>
    public int PagesMax { get; init; } = 100_000;

    /// <summary>So many pages without a resource one after the other are a loop. Default: 50.</summary>
    public int EmptyPagesMax { get; init; } = 50;
}
