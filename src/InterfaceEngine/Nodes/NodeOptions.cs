namespace InterfaceEngine.Nodes;

/// <summary>Who this engine is among those that share its store, and how they know that it lives.</summary>
internal sealed record NodeOptions
{
    public const int NameLengthMax = 64;

    /// <summary>Shown to people and stored with what this engine began. Default: the machine's name.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>How often it says that it lives. Default 10 seconds.</summary>
    public TimeSpan BeatEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After what silence the others take it for dead, and close the books of what it was receiving. At least two beats fit in.
    /// Default 30 seconds.
    /// </summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromSeconds(30);
}
