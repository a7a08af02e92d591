using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Canonical;

/// <summary>What a kind of mapping file has: its header's keys and its tables, with their names in JSON.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Key">The header key that every file of the kind has, and that tells the kinds apart: <c>map</c>.</param>
/// <param name="Keys">All header keys, as files write them.</param>
/// <param name="Tables">The first is the one that stands under no section's heading.</param>
internal sealed record CanonicalShape(MappingFileKind Kind, string Key, IReadOnlyList<string> Keys, IReadOnlyList<CanonicalTable> Tables)
{
    /// <summary>The lines under <c>Equations</c>, which are no table.</summary>
    public const string Equations = "equations";

    public static IReadOnlyList<CanonicalShape> All { get; } =
    [
        new(MappingFileKind.Map, "map", MapFileReader.Keys,
        [
            new("fields", null,
            [
                new("Practice Studio", "field"), new("HL7 v2", "hl7"), new("CSV", "csv"), new("athenaNet", "athenaNet"), new("FHIR R4", "fhir"),
                new("As", "as"), new("Rule", "rule", CanonicalForm.Rules), new("When", "when"), new("Notes", "notes"),
            ]),
            new("messages", "Messages", [new("Message", "message", CanonicalForm.List), new("Does", "does"), new("Sets", "sets")]),
            new("checks", "Checks", [new("Must hold", "mustHold"), new("If not", "ifNot"), new("Say", "say")]),
            new(Equations, "Equations", []),
            new("notMapped", "Not mapped", [new("Source", "source"), new("Why", "why")]),
            new("shortcuts", "Shortcuts", [new("Name", "name"), new("Stands for", "standsFor")]),
        ]),
        new(MappingFileKind.Codes, "codes", CodesFile.Keys,
        [
            new("rows", null,
            [
                new("Practice Studio", "code", CanonicalForm.Code), new("HL7 v2", "hl7", CanonicalForm.Codes), new("CSV", "csv", CanonicalForm.Codes),
                new("athenaNet", "athenaNet", CanonicalForm.Codes), new("FHIR R4", "fhir", CanonicalForm.Codes), new("Display", "display"), new("Notes", "notes"),
            ]),
        ]),
        new(MappingFileKind.References, "references", ReferencesFile.Keys,
        [
            new("rows", null,
            [
                new("Practice Studio", "id"), new("Vendor", "vendor"), new("User name", "userName"), new("NPI", "npi"), new("Name", "name"), new("Zone", "zone"), new("Notes", "notes"),
            ]),
        ]),
        new(MappingFileKind.Filters, "filters", FiltersFile.Keys, [new("rows", null, [new("When", "when"), new("Reason", "reason"), new("Notes", "notes")])]),
    ];

    /// <summary>A header key in JSON: <c>CSV empty</c> is <c>csvEmpty</c>.</summary>
    public static string Property(string key)
    {
        var words = key.Split(' ');
        return string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]).Prepend(words[0].ToLowerInvariant()));
    }

    /// <summary>How a header's value is said.</summary>
    public static CanonicalForm FormOf(string key) => key switch
    {
        "version" => CanonicalForm.Number,
        "zone" or "key" or "other key" or "joins" => CanonicalForm.List,
        _ => CanonicalForm.Text,
    };

    /// <summary>The table that stands under this heading; null for one that means nothing.</summary>
    public CanonicalTable? TableOf(MarkdownSection section, MarkdownTable table) =>
        Kind != MappingFileKind.Map || MapColumns.IsFieldTable(table) ? Tables[0]
        : Tables.FirstOrDefault(known => known.Section?.Equals(section.Title.Text, StringComparison.OrdinalIgnoreCase) == true && known.Property != Equations);

    /// <summary>The column of a title, by any of the names that the kind's reader takes for it.</summary>
    public CanonicalColumn? ColumnOf(CanonicalTable table, string title, IReadOnlyCollection<string> vendors)
    {
        var known = table.Columns.FirstOrDefault(column => column.Title.Equals(title, StringComparison.OrdinalIgnoreCase));
        if (known is not null || table.Section is not null)
        {
            return known;
        }

        return Kind == MappingFileKind.References
            ? ReferencesFile.Column(title, vendors) is { } column ? table.Columns[Array.IndexOf(ReferencesFile.Columns, column)] : null
            : MapColumns.TryFind(title, out var mapped) ? table.Columns.FirstOrDefault(one => one.Title == mapped.Title()) : null;
    }
}

/// <param name="Property">Its name in JSON.</param>
/// <param name="Section">The heading above it; null for the file's main table.</param>
/// <param name="Columns">The first names the row.</param>
internal sealed record CanonicalTable(string Property, string? Section, IReadOnlyList<CanonicalColumn> Columns);

/// <param name="Title">As the table's header has it.</param>
internal sealed record CanonicalColumn(string Title, string Property, CanonicalForm Form = CanonicalForm.Text);
