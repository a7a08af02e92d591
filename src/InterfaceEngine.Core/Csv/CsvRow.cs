namespace InterfaceEngine.Core.Csv;

/// <summary>One row of a file: its cells by the names of the columns, in any letter case.</summary>
public sealed class CsvRow
{
    private readonly CsvHeader _header;
    private readonly string[] _cells;

    internal CsvRow(CsvHeader header, string[] cells, int number, int line, string? fault)
    {
        _header = header;
        _cells = cells;
        Number = number;
        Line = line;
        Fault = fault;
    }

    /// <summary>Counts the rows below the header, from 1.</summary>
    public int Number { get; }

    /// <summary>The line of the file on which it begins, from 1; the header is on line 1. A quoted cell may hold lines.</summary>
    public int Line { get; }

    /// <summary>Why its cells can't be told apart with certainty; null for a sound row. Says nothing of their content.</summary>
    public string? Fault { get; }

    /// <summary><c>row 4</c>, for reports.</summary>
    public string Part => $"row {Number}";

    /// <summary>The columns of its file.</summary>
    public IReadOnlyList<string> Columns => _header.Columns;

    /// <summary>The cell of a column as it was sent; empty when the row says nothing. False when the file has no such column.</summary>
    public bool TryGet(string column, out string cell)
    {
        var index = _header.IndexOf(column);
        cell = index >= 0 && index < _cells.Length ? _cells[index] : "";
        return index >= 0;
    }
}
