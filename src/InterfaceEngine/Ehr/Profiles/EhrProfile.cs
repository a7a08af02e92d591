using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;

namespace InterfaceEngine.Ehr.Profiles;

/// <summary>
/// What is known of a vendor's interface, and what the guides say it is: everything that the settings of a connection leave out. In addresses stand
/// <c>{base}</c>, <c>{origin}</c> (its scheme and host) and <c>{practice}</c> (the practice's number at the vendor).
/// </summary>
internal sealed record EhrProfile
{
    /// <summary>As the settings name it.</summary>
    public required string Name { get; init; }

    /// <summary>As callers name the vendor; empty where the settings must say it.</summary>
    public required string System { get; init; }

    public EhrPlace Production { get; init; } = new();

    public EhrPlace Sandbox { get; init; } = new();

    /// <summary>Where athenaNet's calls are; null where there are none.</summary>
    public string? Rest { get; init; }

    /// <summary>Where FHIR is when the base is another than the profile's.</summary>
    public string? Fhir { get; init; }

    /// <summary>Where tokens are had; null takes what the server says of itself.</summary>
    public string? Token { get; init; }

    public EhrDialect Dialect { get; init; } = new();

    public ClientProof Proof { get; init; } = ClientProof.Basic;

    public EhrScopes Scopes { get; init; } = new();

    /// <summary>How the guides' environment variables of this vendor begin, the first that is set counts.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
}

/// <summary>The vendor's hosts for one purpose.</summary>
internal sealed record EhrPlace
{
    public string? Base { get; init; }

    public string? Fhir { get; init; }

    /// <summary>Further hosts to which the token may go.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public RateOptions Rate { get; init; } = new();
}
