using System.Net;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>Which vendor is stood in for, with whose data, and who may ask.</summary>
public sealed record VendorServerOptions
{
    public const int SeedMax = 2_000;

    /// <summary><c>athena-real</c>, <c>athena-guide</c>, <c>ecw-real</c> or <c>ecw-guide</c>.</summary>
    public required string Profile { get; init; }

    /// <summary>Default: a free port of loopback.</summary>
    public IPEndPoint Listens { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The practices it has. None, the default, takes the profile's own one: 195900, in the guides' profiles 1959, and eClinicalWorks' <c>FFBJCD</c>.</summary>
    public IReadOnlyList<Practice> Practices { get; init; } = [];

    /// <summary>The same seed has the same people as the feeds of that seed. From 1 to 2,000. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many people each practice knows. Default 200, as the feeds have it.</summary>
    public int People { get; init; } = 200;

    /// <summary>The day on which the people are as they are: ages and what happened to them are counted from it. Default: the day of the feeds, 5 January 2026.</summary>
    public DateOnly Day { get; init; } = DateOnly.FromDateTime(new ClinicOptions().Opens);

    public string ClientId { get; init; } = "sandbox-client";

    /// <summary>Empty refuses clients that prove themselves by a secret.</summary>
    public string ClientSecret { get; init; } = "sandbox-secret";

    /// <summary>The client's public keys, a JWKS as text; null for none. They can be changed later: <see cref="VendorServer.Trust"/>.</summary>
    public string? ClientKeys { get; init; }

    /// <summary>How long a token lives. Default: an hour at athenahealth, five minutes at eClinicalWorks.</summary>
    public TimeSpan? TokenLife { get; init; }

    /// <summary>How often it may be asked. Null, the default, takes the profile's limits; <see cref="VendorLimits.None"/> has none.</summary>
    public VendorLimits? Limits { get; init; }

    /// <summary>
    /// Answers of athenaNet look as the real ones do: numbers now as text and now as numbers, keys in any order, empty ones left out, slashes
    /// escaped. Null, the default, does so in the real profile and not in the guide's.
    /// </summary>
    public bool? IsUntidy { get; init; }

    /// <summary>Which calls go wrong by themselves. Default: none.</summary>
    public VendorFaultOptions Faults { get; init; } = VendorFaultOptions.None;

    /// <summary>How exports go.</summary>
    public VendorExport Export { get; init; } = new();

    /// <summary>How long it takes until a subscription to a changed-data feed takes effect; at athenahealth about five minutes. Default: at once.</summary>
    public TimeSpan SubscriptionDelay { get; init; }

    /// <summary>How long a client may take to answer a notification of an event; one that takes longer is notified again. Default 2 s.</summary>
    public TimeSpan NotificationPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many calls are remembered, the last ones. Default 100,000.</summary>
    public int CallsRememberedMax { get; init; } = 100_000;

    /// <summary>The largest body that is taken, in bytes. Default 32 MiB.</summary>
    public int BodyBytesMax { get; init; } = 32 << 20;
}
