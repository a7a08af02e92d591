namespace InterfaceEngine.Core.Csv;

/// <summary>The first line of a file: the names of its columns.</summary>
public sealed class CsvHeader
{
    private readonly Dictionary<string, int> _indexes = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="CsvFormatException">A column has no name, or two have the same.</exception>
    internal CsvHeader(IReadOnlyList<string> columns)
    {
        Columns = [.. columns.Select(column => column.Trim())];
        if (Columns.Count == 0)
        {
            throw new CsvFormatException(1, "there is no header.");
        }

        for (var index = 0; index < Columns.Count; index++)
        {
            if (Columns[index].Length == 0)
            {
                throw new CsvFormatException(1, $"column {index + 1} has no name.");
            }

            if (!_indexes.TryAdd(Columns[index], index))
            {
                throw new CsvFormatException(1, $"column {index + 1} has the name of an earlier one.");
            }
        }
    }

    /// <summary>The names in the order of the file, trimmed.</summary>
    public IReadOnlyList<string> Columns { get; }

    internal int IndexOf(string column) => _indexes.GetValueOrDefault(column, -1);
}
