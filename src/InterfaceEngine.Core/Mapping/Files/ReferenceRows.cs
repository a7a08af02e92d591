using System.Text;

namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>
/// Adds rows to a practice's <c>providers.ref.md</c> or <c>locations.ref.md</c>. Every line that stands there stays byte for byte, so nothing that an
/// analyst wrote is touched.
/// </summary>
public static class ReferenceRows
{
    private static readonly string[] _providerTitles = ["Practice Studio", "", "User name", "NPI", "Name"];
    private static readonly string[] _locationTitles = ["Practice Studio", "", "Name", "Zone"];

    /// <param name="text">The file; null when there is none yet.</param>
    /// <param name="kind">What the rows are: <c>provider</c>, <c>location</c>.</param>
    /// <param name="practice">Whose.</param>
    /// <param name="vendor">The vendor pack, which heads the column of the vendor's ids.</param>
    /// <param name="rows">What is added, each with an id that no row has.</param>
    /// <returns>The file with the rows behind its last one.</returns>
    public static string Add(string? text, string kind, string practice, string vendor, IReadOnlyList<Reference> rows)
    {
        text ??= NewFile(kind, practice, vendor);
        var table = MarkdownFile.Parse("", text).Sections.SelectMany(section => section.Tables).LastOrDefault(table => table.Header.Count > 0);
        if (table is null)
        {
            text = text.TrimEnd('\r', '\n') + "\n\n" + Table(kind, vendor);
            table = MarkdownFile.Parse("", text).Sections.SelectMany(section => section.Tables).Last(one => one.Header.Count > 0);
        }

        var columns = table.Header.Select(title => ReferencesFile.Column(title.Text, [vendor])).ToList();

        // Behind the last row, or behind the line of dashes of a table that has none.
        var last = table.Rows.Count > 0 ? table.Rows[^1][0].Line : table.Header[0].Line + 1;
        var place = EndOf(text, last);
        var widths = Widths(text, table);
        var added = new StringBuilder();
        foreach (var row in rows)
        {
            added.Append('|').AppendJoin('|', columns.Select((column, index) => $" {Cell(row, column).PadRight(widths[index])} ")).Append("|\n");
        }

        return text[..place] + (place > 0 && text[place - 1] != '\n' ? "\n" : "") + added + text[place..];
    }

    /// <summary>How wide each cell of the head is as it stands, with the blanks that lay it out: so wide <c>map fmt</c> makes the cells below it.</summary>
    private static List<int> Widths(string text, MarkdownTable table)
    {
        var head = text.Split('\n')[table.Header[0].Line - 1].Trim().Trim('|').Split('|');
        return [.. table.Header.Select((title, index) => Math.Max(head.Length == table.Header.Count ? head[index].Length - 2 : title.Text.Length, 1))];
    }

    /// <summary>The rows that a file has, whatever else may be wrong with it.</summary>
    /// <param name="text">The file.</param>
    /// <param name="kind">What the rows are: <c>provider</c>, <c>location</c>.</param>
    /// <param name="practice">Whose.</param>
    /// <param name="vendor">The vendor pack, which heads the column of the vendor's ids.</param>
    public static ReferenceTable Read(string text, string kind, string practice, string vendor) => ReferencesFile.Read(MarkdownFile.Parse("", text), kind, practice, [vendor], new ProblemList());

    /// <summary>
    /// An id for a row of the vendor's: <c>prov-</c> and the last name, <c>loc-</c> and the name, in lower case, what is no letter or digit as a hyphen;
    /// where another row has it, the vendor's number behind it.
    /// </summary>
    /// <param name="kind"><c>provider</c> or <c>location</c>.</param>
    /// <param name="name">The last name, or the department's.</param>
    /// <param name="vendorId">The vendor's number.</param>
    /// <param name="isTaken">Whether a row has an id.</param>
    public static string IdFor(string kind, string name, string vendorId, Func<string, bool> isTaken)
    {
        var word = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                word.Append(letter);
            }
            else if (word.Length > 0 && word[^1] != '-')
            {
                word.Append('-');
            }
        }

        var prefix = kind == "provider" ? "prov-" : "loc-";
        var id = prefix + (word.ToString().Trim('-') is { Length: > 0 } said ? said : vendorId);
        return isTaken(id) ? $"{id}-{vendorId}" : id;
    }

    private static string Cell(Reference row, string? column) => column switch
    {
        "id" => row.Id,
        "vendor" => Clean(row.VendorId),
        "user" => Clean(row.UserName),
        "npi" => row.Npi ?? "",
        "name" => Clean(row.Name),
        "zone" => row.Zone?.Id ?? "",
        _ => "",
    };

    /// <summary>A cell is one line, and a bar would end it.</summary>
    private static string Clean(string? value) => string.Concat((value ?? "").Select(letter => letter == '|' || char.IsControl(letter) ? ' ' : letter)).Trim();

    private static string NewFile(string kind, string practice, string vendor) =>
        $"---\nreferences: {kind}\npractice:   {practice}\n---\n\n# {(kind == "provider" ? "Providers" : "Departments")}\n\n{Table(kind, vendor)}";

    private static string Table(string kind, string vendor)
    {
        var titles = (kind == "provider" ? _providerTitles : _locationTitles).Select(title => title.Length == 0 ? vendor : title).ToList();
        return $"| {string.Join(" | ", titles)} |\n|{string.Join('|', titles.Select(title => new string('-', title.Length + 2)))}|\n";
    }

    /// <summary>The place behind the end of a line, counted from 1.</summary>
    private static int EndOf(string text, int line)
    {
        var place = 0;
        for (var count = 0; count < line; count++)
        {
            var end = text.IndexOf('\n', place);
            if (end < 0)
            {
                return text.Length;
            }

            place = end + 1;
        }

        return place;
    }
}
