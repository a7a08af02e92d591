namespace InterfaceEngine.Core.Csv;

/// <summary>The first line of a file: the names of its columns.</summary>
public sealed class CsvHeader
{
    /// <summary>What a cell must be quoted for, whatever the separator: then a header's own separator can be told from it alone.</summary>
    private static readonly System.Buffers.SearchValues<char> _quoted = System.Buffers.SearchValues.Create("\"\r\n,;\t|");

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

    public bool Has(string column) => _indexes.ContainsKey(column);

    /// <summary>The header as a line without its end.</summary>
    public string Line(char separator) => LineOf(Columns, separator);

    /// <summary>Names of columns as a line without its end.</summary>
    public static string LineOf(IEnumerable<string> columns, char separator) => string.Join(separator, columns.Select(Quoted));

    /// <summary>A cell as it stands in a line, whatever its separator.</summary>
    public static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(_quoted) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    internal int IndexOf(string column) => _indexes.GetValueOrDefault(column, -1);
}
