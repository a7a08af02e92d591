using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>Who wrote a layer. A later one overrides an earlier one.</summary>
internal enum LayerKind
{
    /// <summary>A vendor pack: the athenahealth pack defines the record types, others extend it.</summary>
    Pack,

    /// <summary>How some of a vendor's practices lay out their messages.</summary>
    Profile,

    /// <summary>What one practice does differently. It may not touch a sealed row.</summary>
    Practice,
}

/// <summary>The files of one folder.</summary>
internal sealed class MapLayer(LayerKind kind, string folder, string title)
{
    public LayerKind Kind { get; } = kind;

    /// <summary>Relative to the mapping folder, e.g. <c>athenahealth/profiles/guide</c>.</summary>
    public string Folder { get; } = folder;

    /// <summary>For people, e.g. <c>athenahealth</c>, <c>profile guide</c>, <c>practice 1959</c>.</summary>
    public string Title { get; } = title;

    /// <summary>By record type.</summary>
    public Dictionary<string, MapFile> Maps { get; } = new(StringComparer.Ordinal);

    /// <summary>By table name.</summary>
    public Dictionary<string, CodesFile> Codes { get; } = new(StringComparer.Ordinal);

    /// <summary>By kind; only a practice has them.</summary>
    public Dictionary<string, ReferenceTable> References { get; } = new(StringComparer.Ordinal);

    /// <summary>In the order they are written; only a practice has them.</summary>
    public IReadOnlyList<FilterRow> Filters { get; set; } = [];
}
