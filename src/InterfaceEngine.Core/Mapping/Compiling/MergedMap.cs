using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>The files of one record type laid over one another, cells still as written.</summary>
internal sealed class MergedMap(string type)
{
    public string Type { get; } = type;

    public List<MergedRow> Rows { get; } = [];

    /// <summary>Header keys in lower case; the latest layer's value.</summary>
    public Dictionary<string, SourceText> Header { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rows of <c>Messages</c>, those of later layers first taking the place of earlier ones.</summary>
    public List<IReadOnlyList<SourceText>> Messages { get; } = [];

    public List<IReadOnlyList<SourceText>> Checks { get; } = [];

    public List<SourceText> Equations { get; } = [];

    public List<IReadOnlyList<SourceText>> NotMapped { get; } = [];

    /// <summary>By name, with the <c>$</c>.</summary>
    public Dictionary<string, SourceText> Shortcuts { get; } = new(StringComparer.Ordinal);

    public List<string> Versions { get; } = [];

    /// <summary>Formats that have a column somewhere.</summary>
    public HashSet<MapFormat> Formats { get; } = [];

    /// <summary>The header's value, or null when no layer says one.</summary>
    public SourceText? Find(string key) => Header.GetValueOrDefault(key);
}

/// <summary>One row with every layer's cells.</summary>
internal sealed class MergedRow(MapFileRow first)
{
    private readonly Dictionary<MapColumn, List<SourceText>> _chains = [];

    /// <summary>The row that introduced the field.</summary>
    public MapFileRow First { get; } = first;

    public string Field => First.Field;

    public string When => First.When;

    /// <summary>The name cell of the latest layer that says something about the row.</summary>
    public SourceText Latest { get; private set; } = first.Name;

    /// <summary>Every cell that says something, earliest layer first; the last one counts.</summary>
    public IReadOnlyList<SourceText> Chain(MapColumn column) => _chains.TryGetValue(column, out var chain) ? chain : [];

    /// <summary>The cell that counts, or null when there is none or it says <c>-</c>.</summary>
    public SourceText? Cell(MapColumn column) => Chain(column) is { Count: > 0 } chain && !chain[^1].IsDash ? chain[^1] : null;

    /// <summary>Lays another row over this one: empty cells leave what is there.</summary>
    public void Lay(MapFileRow row)
    {
        Latest = row.Name;
        foreach (var (column, cell) in row.Cells.Where(pair => !pair.Value.IsEmpty))
        {
            if (!_chains.TryGetValue(column, out var chain))
            {
                _chains[column] = chain = [];
            }

            chain.Add(cell);
        }
    }

    /// <summary>Takes over what another row says, as the ground this one is laid on.</summary>
    public void Inherit(MergedRow other, params IEnumerable<MapColumn> columns)
    {
        foreach (var column in columns)
        {
            if (other.Chain(column).Count > 0)
            {
                _chains[column] = [.. other.Chain(column)];
            }
        }
    }

    /// <summary>True when the rule <c>sealed</c> stands in the row.</summary>
    public bool IsSealed => Cell(MapColumn.Rule)?.Split(";").Any(rule => rule.Text == "sealed") == true;

    /// <summary>True when the rule <c>key</c> stands in the row.</summary>
    public bool IsKey => Cell(MapColumn.Rule)?.Split(";").Any(rule => rule.Text == "key") == true;
}
