using System.Collections.Concurrent;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>
/// Finds what two versions of a practice's tables say differently of a field: its own cells and code table first, then the rows it
/// depends on, then what holds for the whole table. Each answer is worked out once; used by all threads.
/// </summary>
internal sealed class CauseFinder(PracticeMaps before, PracticeMaps after)
{
    private readonly ConcurrentDictionary<(string Type, string Field, MapFormat Format), Causes> _found = new();
    private readonly ConcurrentDictionary<(string Field, CellReference? Cell, string Segment), string?> _types = new();

    /// <summary>Why a field of a record that comes in a format differs.</summary>
    public Causes Of(string type, string field, MapFormat format) => _found.GetOrAdd((type, field, format), key => Find(key.Type, key.Field, key.Format));

    /// <summary>Why a record is made or not, or an event is read or not: its events, its identity and what holds for the table.</summary>
    public Causes OfTable(string type, MapFormat format) => _found.GetOrAdd((type, "", format), key => Table(key.Type, key.Format));

    /// <summary>Why an event is read or not.</summary>
    public Causes OfEvents(MapFormat format) => _found.GetOrAdd(("", "", format), key => new Causes(
        [.. before.Maps.Concat(after.Maps).Select(map => map.Type).Distinct().SelectMany(type => TableDifferences.Events(before.Find(type), after.Find(type), key.Format))]));

    /// <summary>Why a check that holds for no field differs.</summary>
    public Causes OfChecks() => _found.GetOrAdd(("", "checks", default), _ => new Causes(
        [.. before.Maps.Concat(after.Maps).Select(map => map.Type).Distinct().SelectMany(type => TableDifferences.Checks(before.Find(type), after.Find(type)))]));

    /// <summary>Everything that the two say differently, once each.</summary>
    public IEnumerable<Cause> Everything() => before.Maps.Concat(after.Maps).Select(map => map.Type).Distinct().SelectMany(Everything)
        .Concat(TableDifferences.Filters(before.Filters, after.Filters)).Distinct();

    /// <summary>
    /// The record type whose row a note speaks of; null when no table has such a field. Several have a <c>phone_home</c>: the deciding cell
    /// tells them apart, and where that is one of a code table, the segment that the note names.
    /// </summary>
    public string? TypeOf(MappingNote note) =>
        note.Field is null ? null : _types.GetOrAdd((note.Field, note.Cell, note.Path.Split('-', '[')[0]), key => FindType(key.Field, key.Cell, key.Segment));

    private string? FindType(string field, CellReference? cell, string segment)
    {
        var rows = after.Maps.Concat(before.Maps).SelectMany(map => map.Rows.Where(row => row.Name == field).Select(row => (map.Type, Row: row))).ToList();
        return rows.Find(one => one.Row.Cells.Values.Any(place => place.Reference == cell)).Type
            ?? rows.Find(one => segment.Length > 0 && one.Row.Written.Values.Any(chain => chain[^1].Text.StartsWith(segment, StringComparison.Ordinal))).Type
            ?? rows.FirstOrDefault().Type;
    }

    private IEnumerable<Cause> Everything(string type) => before.Find(type) is { } old && after.Find(type) is { } young
        ? from format in MapFormats.All
          from cause in old.Rows.Concat(young.Rows).Select(row => row.Name).Distinct().SelectMany(field => OfRows(old, young, field, format)).Concat(TableDifferences.All(old, young, format))
          select cause
        : Find(type, "", default).All;

    private Causes Find(string type, string field, MapFormat format)
    {
        var (old, young) = (before.Find(type), after.Find(type));
        if (old is null || young is null)
        {
            return new Causes([new Cause((young ?? old)?.Rows[0].Origin, $"table {type}", old is null ? Cause.None : "there", young is null ? Cause.None : "there")]);
        }

        var own = OfRows(old, young, field, format).ToList();
        if (own.Count == 0)
        {
            own = [.. DependsOn(old, field).Union(DependsOn(young, field)).Where(other => other != field).SelectMany(other => OfRows(old, young, other, format))];
        }

        return new Causes(own.Count > 0 ? own : [.. TableDifferences.All(old, young, format)]);
    }

    private Causes Table(string type, MapFormat format)
    {
        var (old, young) = (before.Find(type), after.Find(type));
        if (old is null || young is null)
        {
            return Find(type, "", format);
        }

        var identity = old.Rows.Concat(young.Rows).Where(row => row.IsKey || row.AliasSystem is not null || row.FinderSystem is not null || row.Definition.TellsApart is not null).Select(row => row.Name)
            .Concat(old.Key).Concat(young.Key).Concat(old.OtherKey).Concat(young.OtherKey).Distinct();
        return new Causes([.. TableDifferences.All(old, young, format), .. identity.SelectMany(field => OfRows(old, young, field, format))]);
    }

    /// <summary>What the rows of one field, and the tables they name, say differently.</summary>
    private static IEnumerable<Cause> OfRows(RecordMap old, RecordMap young, string field, MapFormat format)
    {
        var (oldRows, newRows) = (old.Rows.Where(row => row.Name == field).ToList(), young.Rows.Where(row => row.Name == field).ToList());
        for (var index = 0; index < Math.Max(oldRows.Count, newRows.Count); index++)
        {
            var (oldRow, newRow) = (oldRows.ElementAtOrDefault(index), newRows.ElementAtOrDefault(index));
            foreach (var column in (MapColumn[])[MapColumns.Of(format), MapColumn.As, MapColumn.Rule, MapColumn.When])
            {
                var (said, says) = (Written(oldRow, column), Written(newRow, column));
                if ((said?.Text ?? "") != (says?.Text ?? ""))
                {
                    yield return new Cause((says ?? said)!.Reference, column.Title(), said?.Text ?? Cause.None, says?.Text ?? Cause.None);
                }
            }

            foreach (var cause in TableDifferences.Codes(oldRow?.As.Codes, newRow?.As.Codes, format).Concat(TableDifferences.References(oldRow?.As.References, newRow?.As.References)))
            {
                yield return cause;
            }
        }

        foreach (var cause in TableDifferences.Sets(old, young, field, format))
        {
            yield return cause;
        }
    }

    /// <summary>The fields by whose rows a field's value may change though its own row does not.</summary>
    private static IEnumerable<string> DependsOn(RecordMap map, string field)
    {
        var rows = map.Rows.Where(row => row.Name == field).ToList();
        var formulas = rows.SelectMany(row => row.Cells.Values).SelectMany(cell => cell.Alternatives).OfType<ExpressionPlace>().Select(place => place.Expression)
            .Concat(rows.Select(row => row.When).OfType<Expression>())
            .Concat(map.Messages.SelectMany(rule => rule.Sets).Where(set => set.Field.Name == field).Select(set => set.Value));
        var units = rows.Select(row => row.Definition.Unit).ToHashSet();
        return formulas.SelectMany(formula => formula.Fields).Select(used => used.Name)
            .Concat(map.Equations.Select(equation => (FieldRow[])[equation.Sum, equation.Left, equation.Right]).Where(terms => terms.Any(term => term.Name == field)).SelectMany(terms => terms).Select(term => term.Name))
            .Concat(map.Rows.Where(row => units.Contains(row.Definition.Unit)).Select(row => row.Name))
            .Distinct();
    }

    private static SourceText? Written(FieldRow? row, MapColumn column) =>
        row is not null && row.Written.TryGetValue(column, out var chain) && chain.Count > 0 && !chain[^1].IsEmpty ? chain[^1] : null;
}
