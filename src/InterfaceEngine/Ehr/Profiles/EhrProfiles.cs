namespace InterfaceEngine.Ehr.Profiles;

/// <summary>The profiles by name, and which hosts are for practice and not for earnest.</summary>
internal static class EhrProfiles
{
    /// <summary>In the order in which they are named to people.</summary>
    public static IReadOnlyList<EhrProfile> All { get; } = [AthenaProfiles.Real, AthenaProfiles.Guide, EcwProfiles.Real, EcwProfiles.Guide, new EhrProfile { Name = "custom", System = "" }];

    private static readonly HashSet<string> _sandboxHosts = new(
        Hosts(profile => profile.Sandbox).Except(Hosts(profile => profile.Production)), StringComparer.OrdinalIgnoreCase);

    public static EhrProfile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);

    /// <summary>Whether an address is of a vendor's host for practice.</summary>
    public static bool IsOfSandbox(Uri? address) => address is not null && _sandboxHosts.Contains(address.IdnHost);

    /// <summary>
    /// Whether it reaches people's real charts, as far as can be known: every host but this machine and the vendors' own for practice. It then needs
    /// its switch and the date of the agreement.
    /// </summary>
    public static bool IsProduction(ConnectionOptions connection) =>
        new[] { connection.Rest, connection.Fhir }.OfType<Uri>().Any(address => !address.IsLoopback && !IsOfSandbox(address));

    /// <summary>Why a connection is off, and what to do; null when it is not.</summary>
    /// <param name="today">The day, UTC.</param>
    public static string? WhyOff(ConnectionOptions connection, DateOnly today)
    {
        var path = $"Connections:{connection.Id}";
        if (connection.Client.Missing is { } missing)
        {
            return $"{connection.Id} can't prove who it is: {missing}. Set it and start the engine anew.";
        }

        return (IsProduction(connection), connection.IsEnabled, connection.AgreementOn) switch
        {
            (false, _, _) => null,
            (_, false, _) => $"{connection.Id} reaches a production host and is off. Once it may be used, set {path}:Enabled to true (or FEATURE_EHR_ATHENA=true for athenahealth).",
            (_, _, null) => $"{connection.Id} reaches a production host, and no agreement is known. Set {path}:AgreementOn to the date of the business associate agreement.",
            (_, _, { } on) when on > today => $"{connection.Id} reaches a production host, and the business associate agreement begins on {on:yyyy-MM-dd} ({path}:AgreementOn).",
            _ => null,
        };
    }

    private static IEnumerable<string> Hosts(Func<EhrProfile, EhrPlace> place) => All
        .SelectMany(profile => new[] { place(profile).Base, place(profile).Fhir }).OfType<string>()
        .Select(address => new Uri(address.Replace("{practice}", "0", StringComparison.Ordinal)).IdnHost);
}
