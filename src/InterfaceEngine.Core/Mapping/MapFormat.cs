namespace InterfaceEngine.Core.Mapping;

/// <summary>The formats that have a column in the mapping tables.</summary>
public enum MapFormat
{
    Hl7,
    Csv,
    AthenaNet,
    Fhir,
}

/// <summary>The formats' names as people read them and as the tables' headers write them.</summary>
public static class MapFormats
{
    /// <summary>Every format in the order of the columns.</summary>
    public static IReadOnlyList<MapFormat> All { get; } = [MapFormat.Hl7, MapFormat.Csv, MapFormat.AthenaNet, MapFormat.Fhir];

    /// <summary><c>HL7 v2</c>, <c>CSV</c>, <c>athenaNet</c> or <c>FHIR R4</c>.</summary>
    public static string Title(this MapFormat format) => format switch
    {
        MapFormat.Hl7 => "HL7 v2",
        MapFormat.Csv => "CSV",
        MapFormat.AthenaNet => "athenaNet",
        _ => "FHIR R4",
    };
}
