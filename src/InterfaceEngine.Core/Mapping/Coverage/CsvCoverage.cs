using InterfaceEngine.Core.Csv;

namespace InterfaceEngine.Core.Mapping.Coverage;

/// <summary>What the tables read of one kind of file.</summary>
internal sealed class CsvCoverage : KindCoverage
{
    private readonly HashSet<string> _columns;

    public CsvCoverage(PracticeMaps maps, string file)
        : base(maps, MapFormat.Csv, file) =>
        _columns = Cells.Select(cell => cell.Place).OfType<CsvPlace>().SelectMany(place => place.Columns).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether any of the columns is one that the tables read. Otherwise the first line may be a patient's row, and is not told.</summary>
    public bool IsHeader(IEnumerable<string> columns) => columns.Any(_columns.Contains);

    /// <summary>The columns that the tables read.</summary>
    public IReadOnlyCollection<string> Columns => _columns;

    /// <summary>Nobody reads it, and no line says that this is meant so.</summary>
    public bool IsUnheardOf(string column) =>
        !_columns.Contains(column) && !Listed.Any(line => line.Source.Equals(column, StringComparison.OrdinalIgnoreCase));

    public void Look(CsvRow row, Action<UnreadPlace> found)
    {
        foreach (var column in row.Columns)
        {
            if (!_columns.Contains(column) && row.TryGet(column, out var text) && !string.IsNullOrWhiteSpace(text))
            {
                found(new UnreadPlace(column, text, Listed.FirstOrDefault(line => line.Source.Equals(column, StringComparison.OrdinalIgnoreCase))));
            }
        }
    }
}
