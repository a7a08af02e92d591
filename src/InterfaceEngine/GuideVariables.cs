namespace InterfaceEngine;

/// <summary>The environment variables that the vendors' guides name, for a connection of that vendor. The settings go before them.</summary>
/// <param name="environment">All variables.</param>
/// <param name="prefixes">How the vendor's begin; the first that is set counts.</param>
/// <param name="isOfOnePractice">All connections of the vendor are one practice's: with several, what names one practice's own would name it for all of them.</param>
internal sealed class GuideVariables(IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> prefixes, bool isOfOnePractice)
{
    /// <param name="name">Without its prefix, e.g. <c>CLIENT_ID</c>.</param>
    public string? Find(string name) => NameOf(name) is { } set ? environment[set]!.Trim() : null;

    /// <summary>What is one practice's own, such as the number of a department.</summary>
    public string? FindOwn(string name) => isOfOnePractice ? Find(name) : null;

    /// <summary>The same where it has to be known: the settings must say it for each of several practices.</summary>
    /// <param name="name">Without its prefix.</param>
    /// <param name="section">The connection.</param>
    /// <param name="setting">What it stands in for.</param>
    public string? FindOwn(string name, SettingsSection section, string setting)
    {
        if (!isOfOnePractice && NameOf(name) is { } set)
        {
            section.Problem(setting, $"is missing: {set} in the environment is one practice's, and these settings have connections of several");
        }

        return FindOwn(name);
    }

    private string? NameOf(string name) => prefixes.Select(prefix => prefix + name).FirstOrDefault(full => environment.GetValueOrDefault(full)?.Trim() is { Length: > 0 });

    public static bool IsOn(IReadOnlyDictionary<string, string?> environment, string name) => "true".Equals(environment.GetValueOrDefault(name)?.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether <c>DEBUG</c> names a vendor: <c>athenahealth:*</c>, alone or in a list.</summary>
    public static bool IsDebugged(IReadOnlyDictionary<string, string?> environment, string system) =>
        (environment.GetValueOrDefault("DEBUG") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(one => one == "*" || one == system || one.StartsWith($"{system}:", StringComparison.Ordinal));
}
