namespace InterfaceEngine.Store.Sql;

/// <summary>
/// A table of counts by name and state. Changes are gathered in memory and written once for each transaction, so that
/// a busy row is not written for every unit.
/// </summary>
internal sealed class CountTable
{
    private readonly SqlStatement _add;
    private readonly List<(string Name, string State, int Change)> _changes = [];
    private readonly Dictionary<(string Name, string State), int> _sums = [];

    /// <param name="add">Adds ?3 to the row of name ?1 and state ?2.</param>
    public CountTable(SqlStatement add)
    {
        _add = add;
    }

    /// <summary>How many changes were gathered: a unit that is undone takes back what came after.</summary>
    public int Mark => _changes.Count;

    public void Add(string name, string state, int change) => _changes.Add((name, state, change));

    /// <summary>Forgets what was gathered after <paramref name="mark"/>.</summary>
    public void ResetTo(int mark) => _changes.RemoveRange(mark, _changes.Count - mark);

    public void Write()
    {
        _sums.Clear();
        foreach (var (name, state, change) in _changes)
        {
            _sums[(name, state)] = _sums.GetValueOrDefault((name, state)) + change;
        }

        foreach (var ((name, state), sum) in _sums)
        {
            if (sum != 0)
            {
                _add.Bind(1, name).Bind(2, state).Bind(3, sum).Run();
            }
        }
    }
}
