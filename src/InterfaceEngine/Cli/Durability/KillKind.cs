namespace InterfaceEngine.Cli.Durability;

/// <summary>What is done to a system under test.</summary>
internal enum KillKind
{
    /// <summary>One engine is ended without warning and started again.</summary>
    Node,

    /// <summary>The database server is stopped at once, without tidying up, and started again.</summary>
    Database,

    /// <summary>The database's primary is ended without warning, and its synchronous replica takes its place.</summary>
    Primary,

    /// <summary>One engine stands still for longer than its leases last, with its connections open, and goes on as if nothing had been.</summary>
    Freeze,
}

/// <summary>The kinds' names on the command line.</summary>
internal static class KillKinds
{
    public static IReadOnlyList<KillKind> All { get; } = Enum.GetValues<KillKind>();

    public static string NameOf(KillKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Reads names between commas; <c>all</c> is each of them.</summary>
    /// <exception cref="FormatException">Which is none.</exception>
    public static IReadOnlyList<KillKind> Parse(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(name =>
            name == "all" ? All
            : All.Where(kind => NameOf(kind) == name).ToList() is [var kind] ? [kind]
            : throw new FormatException($"'{name}' is no kind of kill: expected all, {string.Join(", ", All.Select(NameOf))}")),
    ];
}
