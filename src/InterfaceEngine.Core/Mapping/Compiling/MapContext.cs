using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>What the cells of a map can refer to.</summary>
internal sealed class MapContext
{
    /// <summary>The number at its vendor of the practice whose maps are compiled, <c>{practice}</c> in frames; null when a pack is checked by itself.</summary>
    public required string? VendorNumber { get; init; }

    /// <summary>The vendor pack, which is the system of external ids.</summary>
    public required string Vendor { get; init; }

    public required IReadOnlyDictionary<string, CodeTable> Codes { get; init; }

    /// <summary>Where each code table begins, to name it in advice.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<CodesFile>> CodeFiles { get; init; }

    public required IReadOnlyDictionary<string, ReferenceTable> References { get; init; }

    /// <summary>What <c>ref</c> may name: the record types, and whatever has a reference table somewhere.</summary>
    public required IReadOnlySet<string> Kinds { get; init; }

    public required ProblemList Problems { get; init; }

    /// <summary>
    /// The files may have been in use with an earlier version, which did not ask whether FHIR R4 has what a cell names: what it has
    /// not is a warning, in a formula not even that, and reads nothing, as it did then.
    /// </summary>
    public bool IsInUse { get; init; }
}
