using System.Globalization;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reports;

/// <summary>
/// The specification of a practice's interface (<c>map doc</c>), made of the tables that run: what each message sets, where every field
/// stands, code tables, checks, cells that go one way and why, and what is not mapped.
/// </summary>
public static class PracticeReport
{
    private static readonly MapColumn[] _columns = [MapColumn.Hl7, MapColumn.Csv, MapColumn.AthenaNet, MapColumn.Fhir, MapColumn.As, MapColumn.Rule, MapColumn.When];

    public static Report Of(PracticeMaps maps)
    {
        var practice = maps.Practice;
        List<ReportPart> parts =
        [
            new ReportText($"What the engine makes of this practice's messages and files, and writes into its own. It is made of the mapping tables of {practice.Vendor}, the profile {practice.Profile} and the "
                + $"practice's own, mapping set {maps.Hash}; local times are those of {practice.Zone.Id}. A place in code is written as the tables write it; the mapping guide explains the form."),
            new ReportHeading(2, "Messages"),
            new ReportText("What is taken, and what each does to which record. Under Sets stands what the message itself means."),
            Messages(maps),
            .. maps.Maps.SelectMany(Record),
            .. CodeTables(maps),
            .. References(maps),
            .. Filters(maps),
        ];
        return new Report(practice.Name.Contains(practice.Id, StringComparison.Ordinal) ? practice.Name : $"{practice.Name} ({practice.Id})", parts);
    }

    private static ReportTable Messages(PracticeMaps maps)
    {
        var rules = maps.Maps.SelectMany(map => map.Messages.Select(rule => (map.Type, rule))).ToList();
        var order = rules.Select(one => one.rule.Message).Distinct().ToList();

        // The formulas of one cell have its whole text.
        return new(["Message", "Record", "Does", "Sets"],
        [
            .. rules.OrderBy(one => one.rule.Format).ThenBy(one => order.IndexOf(one.rule.Message)).Select((ReportCell[] (one) =>
                [ReportCell.Code(one.rule.Message), one.Type, Does(one.rule.Verb), ReportCell.Code(one.rule.Sets.Count > 0 ? one.rule.Sets[0].Value.Text : "")])),
        ]);
    }

    private static IEnumerable<ReportPart> Record(RecordMap map)
    {
        yield return new ReportHeading(2, map.Type);
        yield return new ReportText(Made(map));
        yield return new ReportTable(["Field", .. _columns.Select(column => column.Title()), "Notes"],
            [.. map.Rows.Select(row => (ReportCell[])[ReportCell.Code(MapViewRow.Of(row).Name), .. _columns.Select(column => ReportCell.Code(TextOf(row, column))), row.Notes])]);
        foreach (var (title, header, rows) in new (string, string[], IReadOnlyList<IReadOnlyList<ReportCell>>)[]
        {
            ("What differs from the vendor's own tables", ["Field", "Column", "Here", "Instead of", "By", "Notes"], Differences(map)),
            ("Cells that go one way", ["Field", "Format", "Cell", "Goes", "Notes"], OneWay(map)),
            ("Checks", ["Must hold", "If not", "Says"], [.. map.Checks.Select((ReportCell[] (check) => [ReportCell.Code(check.MustHold.Text), check.IfNot.ToString().ToLowerInvariant(), check.Say]))]),
            ("Equations", ["Equation"], [.. map.Equations.Select((ReportCell[] (equation) => [ReportCell.Code($"{equation.Sum.Name} = {equation.Left.Name} + {equation.Right.Name}")]))]),
            ("Shortcuts", ["Name", "Stands for"], [.. map.Shortcuts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select((ReportCell[] (pair) => [ReportCell.Code(pair.Key), ReportCell.Code(pair.Value)]))]),
            ("Not mapped", ["Format", "Source", "Why"], [.. map.NotMapped.Select((ReportCell[] (one) => [one.Format.Title(), ReportCell.Code(one.Source), one.Why]))]),
        })
        {
            if (rows.Count > 0)
            {
                yield return new ReportHeading(3, title);
                yield return new ReportTable(header, rows);
            }
        }
    }

    /// <summary>Of what a record is made and what tells it from another.</summary>
    private static string Made(RecordMap map)
    {
        var key = map.Rows.FirstOrDefault(row => row.IsKey)?.Name;
        var made = map.Each is { } each ? $"One record for each {each}" : "One record for each message or row";
        made += string.Concat(map.Parts.Select(part => $", and for each of {string.Join(", ", part.Value)} of {part.Key.Title()}"));
        var condition = map.When is { } when ? $", if {when.Text}" : "";
        var known = map.Key.Count > 0 ? $" Told apart by {string.Join(", ", map.Key)}{(map.NumbersRepeats ? " and their order" : "")}." : key is not null ? $" Known by {key}." : "";
        var list = map.Lists.Where(list => list.Value == ListKind.Full).Select(list => list.Key.Title()).ToList();
        var full = list.Count > 0 ? $" What a full list in {Suggestion.Or(list)} no longer names has ended." : "";
        return $"{made}{condition}.{known}{full}{(map.IsReadOnly ? " It is only read, never written." : "")}";
    }

    private static IReadOnlyList<IReadOnlyList<ReportCell>> Differences(RecordMap map) =>
    [
        .. map.Rows.Select(MapViewRow.Of).SelectMany(row => row.Cells.Where(cell => cell.IsOverride && cell.Column != MapColumn.Notes).Select((ReportCell[] (cell) =>
            [ReportCell.Code(row.Name), cell.Column.Title(), ReportCell.Code(cell.Text), ReportCell.Code(cell.Overridden is [var other, ..] ? other.Text : ""), cell.Layer, row[MapColumn.Notes]?.Text ?? ""]))),
    ];

    private static IReadOnlyList<IReadOnlyList<ReportCell>> OneWay(RecordMap map) =>
    [
        .. map.Rows.SelectMany(row => row.Cells.Where(cell => !cell.Value.IsRead || !cell.Value.IsWritten).OrderBy(cell => cell.Key).Select((ReportCell[] (cell) =>
            [ReportCell.Code(MapViewRow.Of(row).Name), cell.Key.Title(), ReportCell.Code(TextOf(row, MapColumns.Of(cell.Key))), cell.Value.IsRead ? "in" : "out", row.Notes]))),
    ];

    private static IEnumerable<ReportPart> CodeTables(PracticeMaps maps)
    {
        var used = maps.Maps.SelectMany(map => map.Rows.Where(row => row.As.Codes is not null).Select(row => (map.Type, row))).ToLookup(one => one.row.As.Codes!.Name, one => $"{one.Type} {one.row.Name}");
        yield return new ReportHeading(2, "Code tables");
        yield return new ReportText("The first code of a cell is the one that is written; the others are read as the same. A dash means that the format has no such code.");
        foreach (var table in maps.Codes.Values.OrderBy(table => table.Name, StringComparer.Ordinal))
        {
            yield return new ReportHeading(3, table.Name);
            var places = used[table.Name].Distinct().ToList();
            yield return new ReportText($"{(places.Count > 0 ? $"Of {string.Join(", ", places)}. " : "Used in formulas only. ")}{Unknown(table.Unknown)}{(table.IgnoresCase ? " Letter case and blanks do not count." : "")}");
            yield return new ReportTable(["Code", .. MapFormats.All.Select(format => format.Title()), "Display"],
                [.. table.Codes.Select(code => (ReportCell[])[ReportCell.Code(code.Value), .. MapFormats.All.Select(format => Spellings(code, format)), code.Display])]);
        }
    }

    private static ReportCell Spellings(Code code, MapFormat format) =>
        !code.Spellings.TryGetValue(format, out var spellings) ? "" : spellings.Count == 0 ? "-" : ReportCell.Code(string.Join(", ", spellings));

    private static string Unknown(UnknownPolicy policy) => policy.Kind switch
    {
        UnknownCode.Reject => "A code that is not listed is refused, and its message with it.",
        UnknownCode.Keep => "A code that is not listed is stored as it came.",
        UnknownCode.Replace => $"For a code that is not listed {policy.Code} is stored{(policy.IsDefault ? ", where nothing is known" : "")}.",
        _ => $"A code that is not listed is put before a person{(policy.Code is { } code ? $"; where nothing is known {code} is stored" : "")}.",
    };

    private static IEnumerable<ReportPart> References(PracticeMaps maps)
    {
        foreach (var table in maps.References.Values.Where(table => table.Rows.Count > 0).OrderBy(table => table.Kind, StringComparer.Ordinal))
        {
            yield return new ReportHeading(2, CultureInfo.InvariantCulture.TextInfo.ToTitleCase(table.Kind) + "s");
            yield return new ReportTable(["Practice Studio", maps.Practice.Vendor, "User name", "NPI", "Name", "Zone"],
                [.. table.Rows.Select(row => (ReportCell[])[ReportCell.Code(row.Id), ReportCell.Code(row.VendorId), ReportCell.Code(row.UserName), ReportCell.Code(row.Npi), row.Name, row.Zone?.Id ?? ""])]);
        }
    }

    private static IEnumerable<ReportPart> Filters(PracticeMaps maps)
    {
        if (maps.Filters.Count > 0)
        {
            yield return new ReportHeading(2, "Messages that are not for this practice");
            yield return new ReportTable(["When", "Reason"], [.. maps.Filters.Select(filter => (ReportCell[])[ReportCell.Code(filter.When), filter.Reason])]);
        }
    }

    private static string TextOf(FieldRow row, MapColumn column) => row.Written.TryGetValue(column, out var chain) ? chain[^1].Text : "";

    private static string Does(Verb verb) => verb == Verb.CreateOrUpdate ? "create or update" : verb.ToString().ToLowerInvariant();
}
