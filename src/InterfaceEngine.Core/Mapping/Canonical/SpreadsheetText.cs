using System.Text;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Canonical;

/// <summary>
/// A mapping file's tables as CSV for a spreadsheet (<c>map export --csv</c>), one below the other. A spreadsheet takes
/// <c>2106-3</c> for a month, <c>01002</c> for a number and <c>=x</c> for a formula, so every cell that could be anything but
/// words is written as a formula that gives exactly its text: <c>="2106-3"</c>.
/// </summary>
public static class SpreadsheetText
{
    /// <summary>The most characters that a text within a formula may have.</summary>
    private const int PieceMax = 255;

    /// <summary>The most characters that a formula may have, with room for the quotes and the joining.</summary>
    private const int FormulaMax = 7_500;

    /// <summary>The tables of a file; a byte order mark tells the spreadsheet that it is UTF-8.</summary>
    public static string Write(MarkdownFile file)
    {
        var text = new StringBuilder("\uFEFF");
        foreach (var (section, table) in file.Sections.SelectMany(section => section.Tables.Select(table => (section, table))))
        {
            if (text.Length > 1)
            {
                text.Append("\r\n").Append(Cell(section.Title.Text)).Append("\r\n");
            }

            foreach (var row in table.Rows.Prepend(table.Header))
            {
                text.AppendJoin(',', row.Select(cell => Cell(cell.Text))).Append("\r\n");
            }
        }

        return text.ToString();
    }

    /// <summary>One cell as a CSV field.</summary>
    public static string Cell(string text)
    {
        if (text.Length == 0 || IsWords(text))
        {
            return Field(text);
        }

        // A formula of this length is no longer one; behind an apostrophe the text is at least nothing else.
        return text.Length > FormulaMax ? Field("'" + text)
            : Field("=" + string.Join('&', text.Chunk(PieceMax).Select(piece => $"\"{new string(piece).Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
    }

    /// <summary>Begins with a letter and holds no digit, so it is no number, date, time or formula in any language; and is neither true nor false.</summary>
    private static bool IsWords(string text) =>
        char.IsLetter(text[0]) && !text.Any(char.IsDigit) && !bool.TryParse(text, out _);

    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(",;\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
