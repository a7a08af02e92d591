namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>
/// How much a mapping file may hold. Each is many times what people write; beyond it a file is a stray export or a mistake, and is refused
/// at once instead of being worked on.
/// </summary>
public static class MapLimits
{
    /// <summary>Characters of a table's row or a header's line.</summary>
    public const int RowLengthMax = 20_000;

    /// <summary>Rows of a table, of codes for instance.</summary>
    public const int RowsMax = 50_000;

    /// <summary>Rows of fields in a map.</summary>
    public const int FieldsMax = 2_000;

    /// <summary>Providers or locations of a practice.</summary>
    public const int ReferencesMax = 5_000;

    /// <summary>Problems of one severity that are listed of a file.</summary>
    public const int ProblemsMax = 500;

    /// <summary>Characters of a pattern.</summary>
    public const int PatternLengthMax = 500;

    /// <summary>How often a pattern may repeat one of its parts; counts within counts multiply.</summary>
    public const int PatternRepeatsMax = 999;

    /// <summary>The highest number in a selector such as <c>[#2]</c>: as many elements may have to be written before it.</summary>
    public const int OrdinalMax = 9_999;
}
