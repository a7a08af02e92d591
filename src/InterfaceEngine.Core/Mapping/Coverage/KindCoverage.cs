namespace InterfaceEngine.Core.Mapping.Coverage;

/// <summary>One kind of message: the tables that take it, and what they read of it.</summary>
internal abstract class KindCoverage
{
    protected KindCoverage(PracticeMaps maps, MapFormat format, string kind)
    {
        Taking = [.. maps.Maps.Where(map => map.Messages.Any(rule => rule.Format == format && rule.Message.Equals(kind, StringComparison.OrdinalIgnoreCase)))];
        Listed = [.. Taking.SelectMany(map => map.NotMapped).Where(listed => listed.Format == format)];
        Cells =
        [
            .. Taking.SelectMany(map => map.Rows.Where(row => row.Cells.ContainsKey(format))
                .SelectMany(row => Places(row.Cells[format]).Select(place => new ReadPlace(place, row.As.Type, row.Definition.IsList || row.As.Type is "lines" or "attachment")))),
            .. Taking.SelectMany(map => Formulas(map, format)).SelectMany(formula => formula.Paths).Where(path => path.Format == format && path.Place is not null)
                .Select(path => new ReadPlace(path.Place!, Whole, IsEach: true)),
        ];
    }

    /// <summary>The type of what a formula reads: all of it.</summary>
    protected const string Whole = "";

    /// <summary>The tables that take it; none when nobody does.</summary>
    public IReadOnlyList<RecordMap> Taking { get; }

    protected IReadOnlyList<NotMapped> Listed { get; }

    /// <summary>Every place that a cell or formula reads.</summary>
    protected IReadOnlyList<ReadPlace> Cells { get; }

    private static IEnumerable<CellPlace> Places(FormatCell cell) =>
        cell.Alternatives.Concat(cell.Target is { } target ? [target] : []).Select(place => place is AssignedPlace assigned ? assigned.Place : place);

    private static IEnumerable<Expression> Formulas(RecordMap map, MapFormat format) => new[] { map.When, map.Run?.When }
        .Concat(map.Checks.Select(check => check.MustHold))
        .Concat(map.Messages.SelectMany(rule => rule.Sets).Select(set => set.Value))
        .Concat(map.Rows.Select(row => row.When))
        .Concat(map.Rows.SelectMany(row => row.Cells.TryGetValue(format, out var cell) ? cell.Alternatives.OfType<ExpressionPlace>().Select(place => place.Expression) : []))
        .OfType<Expression>();

    /// <summary>A place and how much of it is read.</summary>
    /// <param name="Type">The <c>As</c> of its row.</param>
    /// <param name="IsEach">Every element that fits is read, not the first alone.</param>
    protected sealed record ReadPlace(CellPlace Place, string Type, bool IsEach);
}

/// <summary>A place of one message that says something no cell reads.</summary>
/// <param name="Place">The place.</param>
/// <param name="Text">What stands there; looked at, never kept.</param>
/// <param name="Listed">The line that lists it as not mapped, or null.</param>
/// <param name="IsBeside">Something else of the same field is read.</param>
internal readonly record struct UnreadPlace(string Place, string Text, NotMapped? Listed, bool IsBeside = false);
