namespace InterfaceEngine;

/// <summary>Names in the settings and what they stand for. A new kind of source is one line here.</summary>
internal static class Catalog
{
    /// <summary>The words for <c>Kind</c> of a source; the first is the default.</summary>
    public static IReadOnlyList<string> SourceKinds { get; } = ["mllp"];
}
