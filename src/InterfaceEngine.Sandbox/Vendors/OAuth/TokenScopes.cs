namespace InterfaceEngine.Sandbox.Vendors.OAuth;

/// <summary>What scopes there are and what each allows.</summary>
internal static class TokenScopes
{
    private static readonly string[] _contexts = ["system", "patient", "user"];
    private static readonly string[] _launches = ["launch/patient", "openid", "fhirUser", "offline_access"];

    /// <summary>Whether a client may have a scope. A wildcard is not granted at athenahealth's real interface.</summary>
    public static bool IsGranted(VendorProfile profile, string scope) =>
        (profile.IsAthena && scope == VendorProfile.AthenaScope)
        || (profile.IsGuide && _launches.Contains(scope))
        || (Parse(scope) is var (type, _, _, _) && (type != "*" || profile.IsGuide || !profile.IsAthena));

    public static bool Reads(IEnumerable<string> scopes, string type) => Allows(scopes, type, can => can.Read);

    public static bool Searches(IEnumerable<string> scopes, string type) => Allows(scopes, type, can => can.Search);

    public static bool Writes(IEnumerable<string> scopes, string type) => Allows(scopes, type, can => can.Write);

    private static bool Allows(IEnumerable<string> scopes, string type, Func<(string Type, bool Read, bool Search, bool Write), bool> can) =>
        scopes.Any(scope => Parse(scope) is { } parsed && (parsed.Type == type || parsed.Type == "*") && can((parsed.Type, parsed.Read, parsed.Search, parsed.Write)));

    /// <summary>Of the first version (<c>.read</c>) and of the second (<c>.rs</c>); null where it is none.</summary>
    private static (string Type, bool Read, bool Search, bool Write)? Parse(string scope)
    {
        var slash = scope.IndexOf('/', StringComparison.Ordinal);
        var dot = scope.LastIndexOf('.');
        if (slash < 0 || dot < slash || !_contexts.Contains(scope[..slash]))
        {
            return null;
        }

        var (type, rights) = (scope[(slash + 1)..dot], scope[(dot + 1)..].Split('?')[0]);
        return rights switch
        {
            "read" => (type, true, true, false),
            "write" => (type, false, false, true),
            "*" => (type, true, true, true),
            { Length: > 0 } when rights.All("cruds".Contains) => (type, rights.Contains('r'), rights.Contains('s'), rights.Contains('c') || rights.Contains('u') || rights.Contains('d')),
            _ => null,
        };
    }
}
