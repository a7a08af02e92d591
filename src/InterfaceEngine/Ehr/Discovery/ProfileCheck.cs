using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Ehr.Tokens;

namespace InterfaceEngine.Ehr.Discovery;

/// <summary>Where what a connection is set to and what its server says of itself part. Pure but for the keys' files.</summary>
internal static class ProfileCheck
{
    /// <summary>Disagreements, for people: what is set, what the server says, and what follows.</summary>
    public static IEnumerable<string> Disagreements(ConnectionOptions options, SmartConfiguration? smart, FhirCapabilities capabilities) =>
        [.. OfSignIn(options, smart), .. OfData(options, capabilities)];

    /// <summary>Whether a scope lets resources of a type be read and searched, in SMART's first or second form.</summary>
    public static bool Covers(string scope, string type) => Allows(scope, type, "read", "rs");

    /// <summary>Whether a scope lets resources of a type be made and changed.</summary>
    public static bool CoversWriting(string scope, string type) => Allows(scope, type, "write", "cu");

    /// <param name="scope">Whose rights are looked at.</param>
    /// <param name="type">The type of resource.</param>
    /// <param name="word">The right in SMART's first form.</param>
    /// <param name="letters">The same in its second.</param>
    private static bool Allows(string scope, string type, string word, string letters)
    {
        var (slash, dot) = (scope.IndexOf('/', StringComparison.Ordinal), scope.LastIndexOf('.'));
        if (slash < 0 || dot < slash)
        {
            return false;
        }

        var (of, actions) = (scope[(slash + 1)..dot], scope[(dot + 1)..].Split('?')[0]);
        return (of == "*" || of == type) && (actions == word || actions == "*" || (actions.All("cruds".Contains) && letters.All(actions.Contains)));
    }

    private static IEnumerable<string> OfSignIn(ConnectionOptions options, SmartConfiguration? smart)
    {
        if (smart is null)
        {
            yield return "the server has no smart-configuration, so how to sign in can't be compared";
            yield break;
        }

        if (options.Token is { } token && smart.Token is { } told && token != told)
        {
            yield return $"tokens are had at {token} by the settings, and at {told} as the server says";
        }

        var proof = options.Client.Proof switch { ClientProof.Basic => "client_secret_basic", ClientProof.Post => "client_secret_post", ClientProof.PrivateKey => "private_key_jwt", _ => "none" };
        if (options.Client.Id is not null && smart.Proofs.Count > 0 && !smart.Proofs.Contains(proof))
        {
            yield return $"the client proves itself by {proof}, and the server takes {string.Join(", ", smart.Proofs)}";
        }

        if (smart.Scopes.Count > 0)
        {
            var asked = $"{options.Scopes.Fhir} {(options.Dialect.Booking is BookingForm.Fhir ? $"{options.Scopes.Visits} {options.Scopes.Patients}" : "")}";
            var unknown = asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(scope => !smart.Scopes.Contains(scope) && !IsListed(scope, smart.Scopes)).ToList();
            if (unknown.Count > 0)
            {
                yield return $"the server lists other scopes than are asked for: {string.Join(", ", unknown)}";
            }
        }
    }

    private static IEnumerable<string> OfData(ConnectionOptions options, FhirCapabilities capabilities)
    {
        if (!capabilities.Version.StartsWith("4.0", StringComparison.Ordinal))
        {
            yield return $"the server speaks FHIR {capabilities.Version}, and 4.0 (R4) is expected";
        }

        var dialect = options.Dialect;
        if (dialect.ExportGroup is not null && !capabilities.Exports.Contains("Group"))
        {
            yield return "exports are asked for by group, and the server names no export of groups";
        }
        else if (dialect.ExportGroup is null && !capabilities.Exports.Contains("Patient") && !capabilities.Exports.Contains(FhirCapabilities.System))
        {
            yield return "exports are asked for by Patient/$export, and the server names none";
        }

        if (!dialect.HasNoAppointmentSearch && !capabilities.Can("Appointment", "search-type"))
        {
            yield return "appointments are to be searched by FHIR, and the server can't";
        }

        if (dialect.Booking is BookingForm.Fhir && !capabilities.Can("Appointment", "create"))
        {
            yield return "visits are to be booked by FHIR, and the server does not create appointments";
        }
    }

    /// <summary>Listed by its type and right in another form: <c>system/*.read</c>, <c>system/Patient.rs</c>.</summary>
    private static bool IsListed(string scope, IReadOnlyList<string> listed)
    {
        var (slash, dot) = (scope.IndexOf('/', StringComparison.Ordinal), scope.LastIndexOf('.'));
        if (slash <= 0 || dot < slash)
        {
            return false;
        }

        var (context, type) = (scope[..slash], scope[(slash + 1)..dot]);
        return listed.Any(one => one.StartsWith(context, StringComparison.Ordinal) && (CoversWriting(scope, type) ? CoversWriting(one, type) : Covers(one, type)));
    }
}
