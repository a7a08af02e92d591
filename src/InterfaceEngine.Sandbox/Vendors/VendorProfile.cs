using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>In what one vendor's interface differs from another's, and the guides' from the real one.</summary>
internal sealed record VendorProfile
{
    public const string AthenaScope = "athena/service/Athenanet.MDP.*";

    public required string Name { get; init; }

    public required Practice Practice { get; init; }

    /// <summary>Where athenaNet is, before the practice's number; null where there is none.</summary>
    public string? Rest { get; init; }

    /// <summary>Where FHIR is, with the practice's number for <c>{}</c> where it is part of the address.</summary>
    public required string Fhir { get; init; }

    /// <summary>Where tokens are; the first is the one that is told.</summary>
    public required string[] Token { get; init; }

    /// <summary>Where people give leave.</summary>
    public required string Authorize { get; init; }

    /// <summary>A token must be asked for with its scopes, and only those that there are.</summary>
    public bool IsScopeNeeded { get; init; }

    /// <summary>A secret is no proof: only a signed assertion is.</summary>
    public bool IsSecretRefused { get; init; }

    /// <summary>How assertions may be signed.</summary>
    public string[] Algorithms { get; init; } = ["RS384", "ES384"];

    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Bodies of athenaNet may be JSON, searches have a path of their own, and visits are posted: the guides' form.</summary>
    public bool IsGuide { get; init; }

    public bool IsAthena => Name.StartsWith("athena", StringComparison.Ordinal);

    /// <summary>A little more in a second than a client is told: calls arrive closer together than they left. Twice as many are too many.</summary>
    public required VendorLimits Limits { get; init; }

    /// <exception cref="ArgumentException">There is no such profile.</exception>
    public static VendorProfile Of(string name) =>
        All.FirstOrDefault(profile => profile.Name == name)
        ?? throw new ArgumentException($"no profile is named '{name}': {string.Join(", ", All.Select(profile => profile.Name))} are there.", nameof(name));

    public static IReadOnlyList<VendorProfile> All { get; } =
    [
        new()
        {
            Name = "athena-real",
            Practice = Practice.Athena,
            Rest = "/v1",
            Fhir = "/fhir/r4",
            Token = ["/oauth2/v1/token"],
            Authorize = "/oauth2/v1/authorize",
            IsScopeNeeded = true,
            Limits = new VendorLimits { PerSecond = 150, PerDay = 500_000, TokensPerMinute = 50 },
        },
        new()
        {
            Name = "athena-guide",
            Practice = Practice.Guide,
            Rest = "/v1",
            Fhir = "/fhir/r4",
            Token = ["/oauth2/token", "/v1/oauth2/token"],
            Authorize = "/oauth2/authorize",
            IsGuide = true,
            Limits = new VendorLimits { PerSecond = 10, PerTwoSeconds = 18, PerDay = 100_000, Headers = RateHeaders.XRateLimit, HasRetryAfter = true },
        },
        new()
        {
            Name = "ecw-real",
            Practice = Practice.Guide with { Id = "FFBJCD" },
            Fhir = "/fhir/r4/{}",
            Token = ["/oauth/oauth2/token"],
            Authorize = "/oauth/oauth2/authorize",
            IsScopeNeeded = true,
            IsSecretRefused = true,
            Algorithms = ["RS384"],
            TokenLife = TimeSpan.FromMinutes(5),
            Limits = new VendorLimits { PerMinute = 250 },
        },
        new()
        {
            Name = "ecw-guide",
            Practice = Practice.Guide with { Id = "FFBJCD" },
            Fhir = "/fhir/r4",
            Token = ["/oauth2/token", "/oauth/oauth2/token"],
            Authorize = "/oauth2/authorize",
            IsGuide = true,
            Limits = new VendorLimits { PerSecond = 9, PerTwoSeconds = 16, PerDay = 100_000, Headers = RateHeaders.XRateLimit, HasRetryAfter = true },
        },
    ];
}
