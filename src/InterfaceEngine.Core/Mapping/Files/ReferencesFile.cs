using NodaTime;

namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>
/// Reads a practice's <c>providers.ref.md</c> or <c>locations.ref.md</c>: columns <c>Practice Studio</c> (our id),
/// the vendor's name or <c>Vendor</c> (its id), <c>User name</c>, <c>NPI</c>, <c>Name</c>, <c>Zone</c>.
/// </summary>
internal static class ReferencesFile
{
    private const string Titles = "Practice Studio, the vendor's name, User name, NPI, Name, Zone or Notes";

    /// <summary>The header's keys.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["references", "practice", "version"];

    /// <summary>The columns by the names that <see cref="Column"/> gives them, in the order of <see cref="Titles"/>.</summary>
    internal static readonly string[] Columns = ["id", "vendor", "user", "npi", "name", "zone", "notes"];

    /// <param name="kind">What the rows are, from the file's name: <c>provider</c>.</param>
    /// <param name="practice">Whose folder the file is in.</param>
    /// <param name="vendors">The names of the vendor packs, any of which may head the column of the vendor's ids.</param>
    public static ReferenceTable Read(MarkdownFile file, string kind, string practice, IReadOnlyCollection<string> vendors, ProblemList problems)
    {
        var header = HeaderReader.Read(file, Keys, problems);
        HeaderReader.Expect(header, "practice", practice, "the folder says", problems);
        if (header.TryGetValue("references", out var said) && said.Text != kind && said.Text != kind + "s")
        {
            problems.Error(said, MappingFileCodes.Place, $"the header says references: {said.Text}, and the file's name says {kind}s.", "They must agree.");
        }

        var rows = new List<Reference>();
        foreach (var table in file.Sections.SelectMany(section => section.Tables))
        {
            ReadTable(table, vendors, rows, problems);
        }

        return new ReferenceTable(kind, rows);
    }

    private static void ReadTable(MarkdownTable table, IReadOnlyCollection<string> vendors, List<Reference> rows, ProblemList problems)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < table.Header.Count; index++)
        {
            var title = table.Header[index];
            var column = Column(title.Text, vendors);
            if (column is null)
            {
                problems.Error(title, MappingFileCodes.Column, $"a reference table has no column '{title.Text}'.", $"Its columns are {Titles}.");
            }
            else if (!places.TryAdd(column, index))
            {
                problems.Error(title, MappingFileCodes.Column, $"the column {title.Text} stands twice.");
            }
        }

        if (!places.ContainsKey("id"))
        {
            problems.Error(table.Header[0], MappingFileCodes.Column, "the table has no column Practice Studio, which holds our own ids.");
            return;
        }

        if (table.Rows.Count > MapLimits.ReferencesMax)
        {
            problems.Detail(MappingSeverity.Error, table.Rows[MapLimits.ReferencesMax][0], MappingFileCodes.TooMuch, $"the table has {table.Rows.Count} rows; a practice has at most {MapLimits.ReferencesMax} of a kind.", "");
            return;
        }

        foreach (var row in table.Rows.Where(row => row.Any(cell => !cell.IsEmpty)))
        {
            ReadRow(row, places, rows, problems);
        }
    }

    private static void ReadRow(IReadOnlyList<SourceText> row, Dictionary<string, int> places, List<Reference> rows, ProblemList problems)
    {
        SourceText? Cell(string column) => places.TryGetValue(column, out var place) && row[place] is { IsEmpty: false, IsDash: false } cell ? cell : null;

        if (Cell("id") is not { } id)
        {
            problems.Error(row[places["id"]], MappingFileCodes.EmptyCell, "the row has no id of ours.");
            return;
        }

        if (Cell("npi") is { } npi && (npi.Text.Length != 10 || npi.Text.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            problems.Error(npi, MappingFileCodes.Reference, $"'{npi.Text}' is not an NPI: it has 10 digits.");
        }

        DateTimeZone? zone = null;
        if (Cell("zone") is { } zoneCell)
        {
            zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneCell.Text);
            if (zone is null)
            {
                problems.Error(zoneCell, MappingFileCodes.Reference, $"there is no time zone '{zoneCell.Text}'.",
                    Suggestion.DidYouMean(zoneCell.Text, DateTimeZoneProviders.Tzdb.Ids) is { Length: > 0 } near ? near : "Zones are named as in the IANA database, e.g. America/Chicago.");
            }
        }

        var added = new Reference(id.Text, Cell("vendor")?.Text, Cell("user")?.Text, Cell("npi")?.Text, Cell("name")?.Text ?? "", zone) { Cell = id.Reference };
        foreach (var (column, value) in new (string, Func<Reference, string?>)[] { ("vendor", one => one.VendorId), ("user", one => one.UserName), ("npi", one => one.Npi) })
        {
            if (value(added) is { } text && rows.FirstOrDefault(other => string.Equals(value(other), text, StringComparison.OrdinalIgnoreCase)) is { } other)
            {
                problems.Error(Cell(column)!, MappingFileCodes.Reference, $"{text} names both {other.Id} and {added.Id}.", "A name may stand in one row only.");
            }
        }

        rows.Add(added);
    }

    /// <summary>Which column a title heads, or null.</summary>
    internal static string? Column(string title, IReadOnlyCollection<string> vendors) => title.ToUpperInvariant() switch
    {
        "PRACTICE STUDIO" or "OUR ID" or "ID" => "id",
        "VENDOR" or "VENDOR'S ID" or "VENDOR ID" or "ATHENANET" => "vendor",
        "USER NAME" or "USERNAME" => "user",
        "NPI" => "npi",
        "NAME" => "name",
        "ZONE" => "zone",
        "NOTES" => "notes",
        _ => vendors.Contains(title, StringComparer.OrdinalIgnoreCase) ? "vendor" : null,
    };
}
