using System.Net;
using System.Text;

namespace InterfaceEngine.Core.Mapping.Reports;

/// <summary>A page for people, written as Markdown or as HTML.</summary>
/// <param name="Title">Its first heading.</param>
public sealed record Report(string Title, IReadOnlyList<ReportPart> Parts)
{
    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:80em;padding:0 1em}table{border-collapse:collapse;margin:1em 0}"
        + "td,th{border:1px solid #bbb;padding:.25em .6em;text-align:left;vertical-align:top}th{background:#eee}code{font-size:.92em}";

    public string ToMarkdown()
    {
        var text = new StringBuilder("# ").Append(Title).Append('\n');
        foreach (var part in Parts)
        {
            text.Append('\n');
            switch (part)
            {
                case ReportHeading heading:
                    text.Append('#', heading.Level).Append(' ').Append(heading.Text).Append('\n');
                    break;
                case ReportText paragraph:
                    text.Append(paragraph.Text).Append('\n');
                    break;
                case ReportTable table:
                    text.Append("| ").AppendJoin(" | ", table.Header).Append(" |\n|").AppendJoin('|', table.Header.Select(title => new string('-', title.Length + 2))).Append("|\n");
                    foreach (var row in table.Rows)
                    {
                        text.Append("| ").AppendJoin(" | ", row.Select(Markdown)).Append(" |\n");
                    }

                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>A page that stands alone: nothing is loaded, nothing runs.</summary>
    public string ToHtml()
    {
        var text = new StringBuilder($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Encode(Title)}</title><style>{Style}</style></head><body>\n<h1>{Encode(Title)}</h1>\n");
        foreach (var part in Parts)
        {
            switch (part)
            {
                case ReportHeading heading:
                    text.Append($"<h{heading.Level}>{Encode(heading.Text)}</h{heading.Level}>\n");
                    break;
                case ReportText paragraph:
                    text.Append($"<p>{Encode(paragraph.Text)}</p>\n");
                    break;
                case ReportTable table:
                    text.Append("<table><tr>").AppendJoin("", table.Header.Select(title => $"<th>{Encode(title)}</th>")).Append("</tr>\n");
                    foreach (var row in table.Rows)
                    {
                        text.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Html(cell)}</td>")).Append("</tr>\n");
                    }

                    text.Append("</table>\n");
                    break;
            }
        }

        return text.Append("</body></html>\n").ToString();
    }

    private static string Markdown(ReportCell cell)
    {
        var text = cell.Text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

        // A backtick inside would end the code.
        return !cell.IsCode || text.Length == 0 || text.Contains('`', StringComparison.Ordinal) ? text : $"`{text}`";
    }

    private static string Html(ReportCell cell) => cell.IsCode && cell.Text.Length > 0 ? $"<code>{Encode(cell.Text)}</code>" : Encode(cell.Text);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A heading, a paragraph or a table.</summary>
public abstract record ReportPart;

/// <param name="Level">2 to 4.</param>
public sealed record ReportHeading(int Level, string Text) : ReportPart;

/// <summary>A paragraph.</summary>
public sealed record ReportText(string Text) : ReportPart;

public sealed record ReportTable(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<ReportCell>> Rows) : ReportPart;

/// <param name="IsCode">It is written as a file writes it: a place, a code, a formula.</param>
public readonly record struct ReportCell(string Text, bool IsCode = false)
{
    public static implicit operator ReportCell(string text) => new(text);

    public static ReportCell Code(string? text) => new(text ?? "", IsCode: true);
}
