using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>Cases as failures show them.</summary>
public static class LawText
{
    /// <summary>A generated record: <c>external_id = 1; last_name = a</c>.</summary>
    public static string Of(StoredRecord record) => string.Join("; ", record.Fields
        .Where(field => field.Value is not null)
        .Select(field => $"{field.Name} = {field.Value!.Replace(FieldValue.ListSeparator, ',').ReplaceLineEndings("\\n")}"));

    /// <summary>The cell of a field in a format; of several rows with a <c>When</c> the first. Null when the field has none there.</summary>
    public static CellReference? Cell(RecordMap map, string? field, MapFormat format) =>
        map.Rows.Where(row => row.Name == field).Select(row => row.Cells.GetValueOrDefault(format)?.Reference).FirstOrDefault(reference => reference is not null);
}
