namespace InterfaceEngine;

/// <summary>The environment variables that the vendors' guides name, for a connection of that vendor. The settings go before them.</summary>
/// <param name="environment">All variables.</param>
/// <param name="prefixes">How the vendor's begin; the first that is set counts.</param>
internal sealed class GuideVariables(IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> prefixes)
{
    /// <param name="name">Without its prefix, e.g. <c>CLIENT_ID</c>.</param>
    public string? Find(string name) => prefixes.Select(prefix => environment.GetValueOrDefault(prefix + name)?.Trim()).FirstOrDefault(value => value is { Length: > 0 });

    public static bool IsOn(IReadOnlyDictionary<string, string?> environment, string name) => "true".Equals(environment.GetValueOrDefault(name)?.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether <c>DEBUG</c> names a vendor: <c>athenahealth:*</c>, alone or in a list.</summary>
    public static bool IsDebugged(IReadOnlyDictionary<string, string?> environment, string system) =>
        (environment.GetValueOrDefault("DEBUG") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(one => one == "*" || one == system || one.StartsWith($"{system}:", StringComparison.Ordinal));
}
