using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Explaining;

/// <summary>The cell of a mapping table that decided a value.</summary>
/// <param name="Reference">Where it stands.</param>
/// <param name="Title">Its column, or the section it stands in: <c>HL7 v2</c>, <c>Rule</c>, <c>Equations</c>, <c>Sets of SIU^S15</c>.</param>
/// <param name="Text">As written.</param>
/// <param name="Layer">Who says it: the vendor pack by its name, <c>profile guide</c> or <c>practice 1959</c>; empty for what no override can be of.</param>
/// <param name="Overridden">What it overrides, the nearest first.</param>
/// <param name="Notes">The row's Notes.</param>
public sealed record DecidingCell(CellReference Reference, string Title, string Text, string Layer, IReadOnlyList<MapViewCell> Overridden, string Notes)
{
    /// <summary>The title of what stands under <c>Equations</c>.</summary>
    public const string Equations = "Equations";

    /// <summary>How the title of what stands under <c>Sets</c> begins; the message follows.</summary>
    public const string Sets = "Sets of ";

    /// <summary>The row's field, when the cell is another field's: the engine moved this one along with it. Null otherwise.</summary>
    public string? OtherField { get; init; }

    /// <summary>What stands at a place of a map; null when nothing of the map does.</summary>
    /// <param name="map">The map.</param>
    /// <param name="field">The field that was decided.</param>
    /// <param name="reference">The place.</param>
    public static DecidingCell? Find(RecordMap map, string field, CellReference reference)
    {
        foreach (var row in map.Rows.OrderByDescending(row => row.Name == field))
        {
            foreach (var (column, chain) in row.Written)
            {
                if (chain[^1].Reference == reference)
                {
                    return Of(row, column) with { OtherField = row.Name == field ? null : row.Name };
                }
            }
        }

        // What a person says of a field comes through no format: the row as such decides how.
        if (map.Rows.FirstOrDefault(row => row.Origin == reference) is { } whole)
        {
            return new DecidingCell(reference, MapColumn.Name.Title(), whole.ToString(), new MapViewCell(MapColumn.Name, "", reference, []).Layer, [], whole.Notes);
        }

        if (map.Equations.FirstOrDefault(equation => equation.Reference == reference) is { } sum)
        {
            return new DecidingCell(reference, Equations, sum.ToString(), "", [], "");
        }

        // One cell may stand for several messages.
        var sets = map.Messages.SelectMany(rule => rule.Sets.Select(clause => (rule.Message, Clause: clause))).Where(one => one.Clause.Reference == reference).ToList();
        return sets.Count == 0 ? null : new DecidingCell(reference, Sets + string.Join(", ", sets.Select(set => set.Message)), sets[0].Clause.Value.Text, "", [], "");
    }

    /// <summary>The cells by which a field can come, one for each row and format, and the row's default.</summary>
    public static IReadOnlyList<DecidingCell> Of(RecordMap map, string field) =>
        [.. map.Rows.Where(row => row.Name == field).SelectMany(row => row.Cells.Where(cell => cell.Value.IsRead).OrderBy(cell => cell.Key).Select(cell => Of(row, MapColumns.Of(cell.Key))))];

    /// <summary>The cell of the field's rules; null when it has none.</summary>
    public static DecidingCell? RuleOf(RecordMap map, string field) =>
        map.Rows.FirstOrDefault(row => row.Name == field && row.Written.ContainsKey(MapColumn.Rule)) is { } row ? Of(row, MapColumn.Rule) : null;

    private static DecidingCell Of(FieldRow row, MapColumn column)
    {
        var cell = MapViewCell.Of(column, row.Written[column]);
        return new DecidingCell(cell.Reference, column.Title(), cell.Text, cell.Layer, cell.Overridden, row.Notes);
    }
}
