namespace InterfaceEngine.Store.Sql;

/// <summary>One step of the schema. Never edited once released.</summary>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>The first schema that keeps what files said again.</summary>
    public const int FilesSince = 20;

    /// <summary>
    /// The schema of the oldest engine that can go on with the store once this step is done: that of the version before, for a step
    /// only adds, and what it makes superfluous is removed by a step of the version after. Null for the steps before it was kept.
    /// </summary>
    public int? ReadableFrom { get; init; }
}
