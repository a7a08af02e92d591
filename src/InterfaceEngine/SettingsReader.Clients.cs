using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;
using NodaTime;

namespace InterfaceEngine;

/// <content>Who the engine is to a vendor, what it may do there, and how often.</content>
internal sealed partial class SettingsReader
{
    private static readonly Dictionary<string, ClientProof> _proofs = new()
    {
        ["basic"] = ClientProof.Basic,
        ["post"] = ClientProof.Post,
        ["private-key"] = ClientProof.PrivateKey,
        ["none"] = ClientProof.None,
    };

    private EhrClient ReadClient(SettingsSection section, EhrProfile profile, GuideVariables variables)
    {
        var id = section.Text("Id") ?? variables.Find("CLIENT_ID");
        var (own, missing) = ReadClientSecret(section);
        // Who names a file means no other secret.
        var secret = own ?? (section.Has("SecretFile") ? null : variables.Find("CLIENT_SECRET"));
        missing = secret is null ? missing : null;
        var hasSecret = secret is not null || missing is not null;
        var keys = section.Rows("Keys").Select(ReadClientKey).ToList();
        // Who has keys and no secret proves by them, whatever the profile is used to.
        var usual = keys.Count > 0 && !hasSecret ? ClientProof.PrivateKey : keys.Count == 0 && hasSecret ? (profile.Proof is ClientProof.Post ? ClientProof.Post : ClientProof.Basic) : profile.Proof;
        var proof = section.Choice("Proof", _proofs.Keys) is { } said ? _proofs[said] : usual;
        var grant = section.Choice("Grant", ["client-credentials", "authorization-code"]) == "authorization-code" ? TokenGrant.AuthorizationCode : TokenGrant.ClientCredentials;
        var redirect = ReadAddressText(section, "RedirectUri", section.Text("RedirectUri") ?? variables.Find("REDIRECT_URI"));
        if (id is not null && proof is ClientProof.Basic or ClientProof.Post && !hasSecret && !section.Has("SecretVariable") && !section.Has("SecretFile"))
        {
            section.Problem("SecretVariable", "is missing: the environment variable with the client's secret (or SecretFile, a file that its owner alone can read)");
        }

        if (id is not null && proof is ClientProof.PrivateKey && keys.Count == 0)
        {
            section.Problem("Keys", "is missing: the client proves by a private key, e.g. [ { \"File\": \"keys/vendor.pem\" } ]");
        }

        if (id is null && (section.Has("SecretVariable") || section.Has("SecretFile") || keys.Count > 0))
        {
            section.Problem("Id", "is missing: the client id that the vendor gave");
        }

        if (grant is TokenGrant.AuthorizationCode && redirect is null)
        {
            section.Problem("RedirectUri", "is missing: where a user's consent comes back to, e.g. https://engine.example.org/api/ehr/callback");
        }

        var client = new EhrClient
        {
            Id = id,
            Secret = secret is null ? null : new EhrSecret(secret),
            Missing = missing,
            Proof = proof,
            Grant = grant,
            Keys = keys,
            RedirectUri = redirect,
            Authorize = ReadAddressText(section, "Authorize", section.Text("Authorize")),
        };
        section.Close();
        return client;
    }

    /// <summary>
    /// The secret that the section names, or why this machine does not have it: that puts this connection off, and stops no other. The settings are right, and
    /// the machine is not ready for them.
    /// </summary>
    private (string? Secret, string? Missing) ReadClientSecret(SettingsSection section)
    {
        var (variable, file) = (section.Text("SecretVariable"), FilePath(section, "SecretFile"));
        if (variable is not null && file is not null)
        {
            section.Problem("SecretFile", "and SecretVariable are both there: say one of them");
            return (null, null);
        }

        if (file is not null)
        {
            return ReadSecret(file) is var (text, fault) && fault is not null ? (null, $"{fault} ({section.Path}:SecretFile)") : (text, null);
        }

        return variable is null ? (null, null)
            : string.IsNullOrWhiteSpace(_environment.GetValueOrDefault(variable)) ? (null, $"the environment variable {variable} is not set ({section.Path}:SecretVariable)")
            : (_environment[variable]!.Trim(), null);
    }

    private ClientKeyOptions ReadClientKey(SettingsSection section)
    {
        var key = new ClientKeyOptions(FullPath(section, "File", "the file of a private key, PEM or JWK"), section.Text("Kid"), ReadDay(section, "From"));
        section.Close();
        return key;
    }

    private static EhrScopes ReadScopes(SettingsSection section, EhrScopes profile)
    {
        string Scopes(string name, string otherwise) => section.List(name) is { } list ? string.Join(' ', list) : otherwise;
        var fhir = Scopes(nameof(profile.Fhir), profile.Fhir);
        var scopes = new EhrScopes
        {
            Rest = Scopes(nameof(profile.Rest), profile.Rest),
            Fhir = fhir,
            Visits = Scopes(nameof(profile.Visits), profile.Visits),
            Patients = Scopes(nameof(profile.Patients), profile.Patients),
            References = Scopes(nameof(profile.References), profile.References),
            // Who says other scopes means them for exports as well.
            Export = Scopes(nameof(profile.Export), fhir == profile.Fhir ? profile.Export : fhir),
            Events = Scopes(nameof(profile.Events), profile.Events),
            User = Scopes(nameof(profile.User), profile.User),
        };
        section.Close();
        return scopes;
    }

    private static RateOptions ReadRate(SettingsSection section, RateOptions profile)
    {
        var zone = section.Text(nameof(profile.ResetZone)) is { } name ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) : profile.ResetZone;
        if (zone is null)
        {
            section.Problem(nameof(profile.ResetZone), $"{section.Text(nameof(profile.ResetZone))} is not an IANA time zone.{Spelling.DidYouMean(section.Text(nameof(profile.ResetZone))!, DateTimeZoneProviders.Tzdb.Ids)}");
        }

        var rate = profile with
        {
            PerSecond = section.Number(nameof(profile.PerSecond), profile.PerSecond, 0, 10_000, "a number of calls"),
            Burst = section.Number(nameof(profile.Burst), profile.Burst, 0, 100_000, "a number of calls"),
            BurstWindow = section.Duration(nameof(profile.BurstWindow), profile.BurstWindow, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            PerMinute = section.Number(nameof(profile.PerMinute), profile.PerMinute, 0, 600_000, "a number of calls"),
            PerDay = section.Number(nameof(profile.PerDay), profile.PerDay, 0, 1_000_000_000, "a number of calls"),
            ResetZone = zone ?? DateTimeZone.Utc,
            TokensPerMinute = section.Number(nameof(profile.TokensPerMinute), profile.TokensPerMinute, 0, 10_000, "a number of requests"),
            DayReservePercent = section.Number(nameof(profile.DayReservePercent), profile.DayReservePercent, 0, 100, "a percentage"),
            SlackPercent = section.Number(nameof(profile.SlackPercent), profile.SlackPercent, 0, 100, "a percentage"),
            WaitMax = section.Duration(nameof(profile.WaitMax), profile.WaitMax, TimeSpan.Zero, _hour),
            WaitingMax = section.Number(nameof(profile.WaitingMax), profile.WaitingMax, 1, 1_000_000, "a number of calls"),
            IsBareLimitToTheMinute = section.Flag("BareLimitToTheMinute", profile.IsBareLimitToTheMinute),
            Headers = section.Has(nameof(profile.Headers)) ? [.. section.Rows(nameof(profile.Headers)).Select(ReadRateHeaders)] : profile.Headers,
        };
        section.Close();
        return rate;
    }

    private static RateHeaders ReadRateHeaders(SettingsSection section)
    {
        var headers = new RateHeaders(section.Required("Remaining", "the header that says how much is left"), section.Text("Reset"), section.Text("Allotted"), section.Flag("OfDay", false));
        section.Close();
        return headers;
    }
}
