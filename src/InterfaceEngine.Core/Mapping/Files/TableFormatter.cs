using System.Buffers;
using System.Globalization;
using System.Text;

namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>
/// Lays out the tables of a mapping file (<c>map fmt</c>). A cell is padded to the width of its column's header and a
/// longer one stands out, so that no row's layout depends on another row and a change is a change of one line. What is no
/// table, and a row that has not its header's cells, is kept byte for byte. Twice is as once.
/// </summary>
public static class TableFormatter
{
    /// <summary>A bar, a blank before and one behind the cell.</summary>
    private const int Frame = 2;

    /// <summary>What <see cref="string.ReplaceLineEndings()"/> takes for the end of a line.</summary>
    internal static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\f\u0085\u2028\u2029");

    /// <summary>The text with its tables laid out; the same text when they are.</summary>
    public static string Format(string text)
    {
        var lines = Lines(text);
        foreach (var table in MarkdownFile.Parse("", text).Sections.SelectMany(section => section.Tables).Where(table => table.Header.Count > 0))
        {
            FormatTable(lines, table);
        }

        return string.Concat(lines.Select(line => line.Before + line.Text + line.End));
    }

    private static void FormatTable(List<Line> lines, MarkdownTable table)
    {
        var header = lines[table.Header[0].Line - 1];
        var widths = MarkdownFile.CellRanges(header.Text).Select(range => Math.Max(Width(header.Text[range.Start..range.End].Trim()), Width(header.Text[range.Start..range.End]) - Frame)).ToList();
        FormatRow(header, widths);
        FormatAlignment(lines[table.Header[0].Line], widths);
        foreach (var row in table.Rows)
        {
            FormatRow(lines[row[0].Line - 1], widths);
        }
    }

    private static void FormatRow(Line line, List<int> widths)
    {
        var row = new StringBuilder(Indent(line.Text));
        foreach (var (range, width) in MarkdownFile.CellRanges(line.Text).Zip(widths))
        {
            var cell = line.Text[range.Start..range.End].Trim();
            row.Append("| ").Append(cell).Append(' ', Math.Max(0, width - Width(cell))).Append(' ');
        }

        line.Text = row.Append('|').ToString();
    }

    /// <summary>The line of dashes; its colons, which say how a column is aligned, are kept.</summary>
    private static void FormatAlignment(Line line, List<int> widths)
    {
        var ranges = MarkdownFile.CellRanges(line.Text);
        if (ranges.Count != widths.Count)
        {
            return;
        }

        var row = new StringBuilder(Indent(line.Text));
        foreach (var (range, width) in ranges.Zip(widths))
        {
            var cell = line.Text[range.Start..range.End].Trim();
            var (left, right) = (cell.StartsWith(':') ? ":" : "", cell.Length > 1 && cell.EndsWith(':') ? ":" : "");
            row.Append('|').Append(left).Append('-', width + Frame - left.Length - right.Length).Append(right);
        }

        line.Text = row.Append('|').ToString();
    }

    private static string Indent(string line) => line[..line.IndexOf('|', StringComparison.Ordinal)];

    /// <summary>As many columns as an editor shows: characters as people count them.</summary>
    internal static int Width(string text) => new StringInfo(text).LengthInTextElements;

    /// <summary>The lines as <see cref="MarkdownFile"/> counts them, each with its own ending.</summary>
    private static List<Line> Lines(string text)
    {
        var lines = new List<Line>();
        var start = text.Length - text.AsSpan().TrimStart('\uFEFF').Length;
        var mark = text[..start];
        while (true)
        {
            var end = text.AsSpan(start).IndexOfAny(LineEnds);
            if (end < 0)
            {
                lines.Add(new Line(mark, text[start..], ""));
                return lines;
            }

            var next = start + end + (text.AsSpan(start + end).StartsWith("\r\n") ? 2 : 1);
            lines.Add(new Line(mark, text[start..(start + end)], text[(start + end)..next]));
            (start, mark) = (next, "");
        }
    }

    /// <param name="Before">The byte order mark of the first line.</param>
    private sealed record Line(string Before, string Text, string End)
    {
        public string Text { get; set; } = Text;
    }
}
