using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Core.Mapping;

/// <summary>Everything one practice uses of a mapping set: merged, checked, ready to run, immutable.</summary>
public sealed class PracticeMaps
{
    public required Practice Practice { get; init; }

    /// <summary>The maps in the order their records are applied: the patient first, for the others refer to it.</summary>
    public required IReadOnlyList<RecordMap> Maps { get; init; }

    /// <summary>The code tables by name.</summary>
    public required IReadOnlyDictionary<string, CodeTable> Codes { get; init; }

    /// <summary>The reference tables by kind: <c>provider</c>, <c>location</c>.</summary>
    public required IReadOnlyDictionary<string, ReferenceTable> References { get; init; }

    /// <summary>Which messages are not for the practice, in the order they are written.</summary>
    public IReadOnlyList<FilterRow> Filters { get; init; } = [];

    /// <summary>The hash that names the mapping set.</summary>
    public required string Hash { get; init; }

    /// <summary>The map of a record type, or null.</summary>
    public RecordMap? Find(string type)
    {
        foreach (var map in Maps)
        {
            if (map.Type == type)
            {
                return map;
            }
        }

        return null;
    }
}
