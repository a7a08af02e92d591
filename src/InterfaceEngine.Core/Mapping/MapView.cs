using System.Text;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping;

/// <summary>A merged table for people: every cell with the file it comes from and what it overrides (<c>map show</c>).</summary>
/// <param name="Type">The record type.</param>
/// <param name="Practice">The practice, or null for a vendor pack by itself.</param>
/// <param name="Versions">The version of every file that took part.</param>
public sealed record MapView(string Type, string? Practice, IReadOnlyList<string> Versions, IReadOnlyList<MapViewRow> Rows)
{
    internal static MapView Of(RecordMap map, string? practice) => new(map.Type, practice, map.Versions, [.. map.Rows.Select(MapViewRow.Of)]);
}

/// <summary>One row of the merged table.</summary>
/// <param name="Name">As written, <c>[]</c> or brackets included.</param>
/// <param name="Cells">The cells that say something, in the order of the columns.</param>
public sealed record MapViewRow(string Name, CellReference Origin, IReadOnlyList<MapViewCell> Cells)
{
    /// <summary>The cell of a column, or null when the row has none.</summary>
    public MapViewCell? this[MapColumn column] => Cells.FirstOrDefault(cell => cell.Column == column);

    /// <summary>
    /// One line: <c>phone_mobile  HL7 v2: PID-14 (practices/1959/patient.map.md:11)  athenaNet: mobilephone (athenahealth/patient.map.md:24)</c>.
    /// </summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name);
        foreach (var cell in Cells.Where(cell => cell.Column.Format() is not null))
        {
            text.Append("  ").Append(cell.Column.Title()).Append(": ").Append(cell.Text).Append(" (").Append(cell.Reference.File).Append(':').Append(cell.Reference.Line).Append(')');
        }

        return text.ToString();
    }

    internal static MapViewRow Of(FieldRow row)
    {
        var field = row.Definition.IsList ? $"{row.Name}[]" : row.Name;
        var name = row.IsTransient ? $"({field})" : field;
        return new MapViewRow(name, row.Origin, [.. row.Written.OrderBy(pair => pair.Key).Select(pair => MapViewCell.Of(pair.Key, pair.Value))]);
    }
}

/// <summary>One cell of the merged table.</summary>
/// <param name="Text">As written; <c>-</c> where an override removes the place.</param>
/// <param name="Reference">Where it stands.</param>
/// <param name="Overridden">What it overrides, the nearest first.</param>
public sealed record MapViewCell(MapColumn Column, string Text, CellReference Reference, IReadOnlyList<MapViewCell> Overridden)
{
    /// <summary>Who says it: the vendor pack by its name, <c>profile guide</c> or <c>practice 1959</c>.</summary>
    public string Layer => MappingPath.Parse(Reference.File) switch
    {
        { Practice: { } practice } => $"practice {practice}",
        { Profile: { } profile } => $"profile {profile}",
        var pack => pack.Vendor ?? "",
    };

    /// <summary>A profile or a practice says it.</summary>
    public bool IsOverride => MappingPath.Parse(Reference.File) is { Practice: not null } or { Profile: not null };

    internal static MapViewCell Of(MapColumn column, IReadOnlyList<SourceText> chain) =>
        new(column, chain[^1].Text, chain[^1].Reference, [.. chain.SkipLast(1).Reverse().Select(cell => new MapViewCell(column, cell.Text, cell.Reference, []))]);
}

/// <summary>How much of a record each format carries (<c>map check</c>).</summary>
/// <param name="Fields">Stored fields.</param>
/// <param name="Carried">By format, how many fields have a place.</param>
/// <param name="OneWay">Cells that can only be read or only be written.</param>
/// <param name="Equations">How many equations the table has.</param>
public sealed record MapSummary(string Type, int Fields, IReadOnlyDictionary<MapFormat, int> Carried, int OneWay, int Equations)
{
    public static MapSummary Of(RecordMap map)
    {
        var fields = map.Rows.Where(row => !row.IsTransient).GroupBy(row => row.Name).ToList();
        return new MapSummary(
            map.Type,
            fields.Count,
            MapFormats.All.ToDictionary(format => format, format => fields.Count(rows => rows.Any(row => row.Cells.ContainsKey(format)))),
            map.Rows.Sum(row => row.Cells.Values.Count(cell => !cell.IsRead || !cell.IsWritten)),
            map.Equations.Count);
    }
}
