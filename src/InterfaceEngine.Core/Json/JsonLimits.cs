namespace InterfaceEngine.Core.Json;

/// <summary>How much a JSON document may hold.</summary>
public sealed record JsonLimits
{
    public static JsonLimits Default { get; } = new();

    /// <summary>The most bytes of a document. Default 32 MiB.</summary>
    public int BytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>How deep objects and arrays may stand in one another. Default 64; FHIR's own examples stay below 20.</summary>
    public int DepthMax { get; init; } = 64;

    /// <summary>The most values of a document, objects and arrays included. Default 250,000.</summary>
    public int ItemsMax { get; init; } = 250_000;
}
