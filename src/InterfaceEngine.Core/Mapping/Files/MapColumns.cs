namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>What the columns of the tables are called, the names of the guide's own appendix included.</summary>
public static class MapColumns
{
    private static readonly Dictionary<string, MapColumn> _byTitle = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Practice Studio"] = MapColumn.Name,
        ["Practice Studio Field"] = MapColumn.Name,
        ["Field"] = MapColumn.Name,
        ["HL7 v2"] = MapColumn.Hl7,
        ["HL7"] = MapColumn.Hl7,
        ["CSV"] = MapColumn.Csv,
        ["athenaNet"] = MapColumn.AthenaNet,
        ["athenahealth Field"] = MapColumn.AthenaNet,
        ["FHIR R4"] = MapColumn.Fhir,
        ["FHIR"] = MapColumn.Fhir,
        ["As"] = MapColumn.As,
        ["Rule"] = MapColumn.Rule,
        ["When"] = MapColumn.When,
        ["Notes"] = MapColumn.Notes,
    };

    /// <summary>The names to suggest.</summary>
    public static IReadOnlyList<string> Titles { get; } = ["Practice Studio", "HL7 v2", "CSV", "athenaNet", "FHIR R4", "As", "Rule", "When", "Notes"];

    internal static bool TryFind(string title, out MapColumn column) => _byTitle.TryGetValue(title, out column);

    public static string Title(this MapColumn column) => Titles[(int)column];

    /// <summary>The column of a format.</summary>
    public static MapColumn Of(MapFormat format) => MapColumn.Hl7 + (int)format;

    /// <summary>The format of a column that has one.</summary>
    public static MapFormat? Format(this MapColumn column) =>
        column is >= MapColumn.Hl7 and <= MapColumn.Fhir ? (MapFormat)(column - MapColumn.Hl7) : null;

    /// <summary>True for a table of fields: one of its columns is Practice Studio's.</summary>
    internal static bool IsFieldTable(MarkdownTable table) =>
        table.Header.Any(cell => TryFind(cell.Text, out var column) && column == MapColumn.Name);
}
