using System.Text;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>Rows of a file as text (RFC 4180): a cell with a comma, a quote, a line break or blanks round it is quoted.</summary>
internal static class CsvText
{
    public static void Add(StringBuilder file, IEnumerable<string> cells) => file.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    private static string Cell(string text) => text.Length > 0 && (text.AsSpan().ContainsAny(",\"\r\n") || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
