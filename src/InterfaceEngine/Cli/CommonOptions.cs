using System.CommandLine;

namespace InterfaceEngine.Cli;

/// <summary>
/// Options that several commands share: the same word means the same everywhere. Each command gets its own copy,
/// and <see cref="CommandContext"/> reads them by name.
/// </summary>
internal static class CommonOptions
{
    public static Option<string?> Settings => new("--settings")
    {
        Description = "The settings file. Default: appsettings.json here, else the one beside the program.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static Option<string?> Data => new("--data")
    {
        Description = "The data folder, in place of the one in the settings.",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Option<string?> Practice => new("--practice")
    {
        Description = "The practice's id.",
        HelpName = "P",
    };

    public static Option<bool> Json => new("--json") { Description = "Print JSON." };

    public static Option<string?> Reason => new("--reason")
    {
        Description = "Why you look or decide: kept in the audit.",
        HelpName = "TEXT",
    };

    /// <summary>How many rows a listing shows.</summary>
    public static Option<int> Limit(int otherwise) => new("--limit")
    {
        Description = $"How many at most. Default: {otherwise}.",
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
    };
}
