using System.Text.RegularExpressions;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>Reads what the merged header says.</summary>
internal sealed partial class HeaderCompiler(MergedMap map, ProblemList problems)
{
    /// <summary>In <c>key:</c>, the number of an item among those that say the same.</summary>
    private const string Repeats = "repeat";

    /// <summary><c>zone: location, practice</c>.</summary>
    public bool UsesLocationZone()
    {
        if (map.Find("zone") is not { } zone)
        {
            return false;
        }

        var words = zone.Split(",").Select(part => part.Text).ToList();
        if (words is not (["practice"] or ["location"] or ["location", "practice"]) && !(words is ["location", var named, "practice"] && ZoneNamed().IsMatch(named)))
        {
            problems.Error(zone, MappingFileCodes.HeaderValue, $"zone: can't be '{zone.Text}'.", "Write zone: practice, or zone: location, practice, or with athenaNet's member that names a zone between them: zone: location, athenaNet timezonename, practice.");
        }

        return words is ["location", ..];
    }

    /// <summary>The <c>timezonename</c> of <c>zone: location, athenaNet timezonename, practice</c>; null when the header names none.</summary>
    public string? ZoneMember() => map.Find("zone")?.Split(",").Select(part => ZoneNamed().Match(part.Text)).FirstOrDefault(match => match.Success)?.Groups[1].Value;

    /// <summary><c>offset: written</c>.</summary>
    public bool WritesOffset()
    {
        if (map.Find("offset") is { Text: not ("written" or "left out") } offset)
        {
            problems.Error(offset, MappingFileCodes.HeaderValue, $"offset: can't be '{offset.Text}'.", "Write offset: written where the receiver wants it with every time, or offset: left out.");
        }

        return map.Find("offset")?.Text == "written";
    }

    public string Region()
    {
        if (map.Find("region") is not { } region)
        {
            return "US";
        }

        if (!Country().IsMatch(region.Text))
        {
            problems.Error(region, MappingFileCodes.HeaderValue, $"region: can't be '{region.Text}'.", "It is a country of two capital letters, e.g. US.");
        }

        return region.Text;
    }

    /// <summary><c>each: OBX</c>: the segment; null when the header names none.</summary>
    public string? Each() => map.Find("each")?.Split(",").Select(part => part.Text).FirstOrDefault(text => Segment().IsMatch(text));

    /// <summary><c>each: OBX, FHIR R4 component</c>: by format, the lists in its documents; of FHIR, whose documents are of one kind, one. What is neither is reported.</summary>
    public IReadOnlyDictionary<MapFormat, IReadOnlyList<string>> Parts()
    {
        var parts = new Dictionary<MapFormat, IReadOnlyList<string>>();
        var segments = 0;
        foreach (var part in map.Find("each")?.Split(",") ?? [])
        {
            var at = part.Text.LastIndexOf(' ');
            MapFormat? format = at > 0 && MapColumns.TryFind(part.Text[..at].Trim(), out var column) ? column.Format() : null;
            var isSegment = Segment().IsMatch(part.Text) && ++segments == 1;
            var list = part.Text[(at + 1)..];
            var known = format is { } one ? parts.GetValueOrDefault(one, []) : [];
            var isList = format is MapFormat.AthenaNet or MapFormat.Fhir && Property().IsMatch(list) && !known.Contains(list) && !(format == MapFormat.Fhir && known.Count > 0);
            if (isList)
            {
                parts[format!.Value] = [.. known, list];
            }
            else if (!isSegment)
            {
                problems.Error(part, MappingFileCodes.HeaderValue, $"each: can't be '{part.Text}'.", "It is a segment, and for a document its format and a list: each: OBX, FHIR R4 component.");
            }
        }

        return parts;
    }

    /// <summary>The fields of <c>key:</c>, which must exist.</summary>
    public IReadOnlyList<string> Key() => Key("key");

    /// <summary>The fields of <c>other key:</c>, which must exist.</summary>
    public IReadOnlyList<string> OtherKey() => Key("other key");

    private IReadOnlyList<string> Key(string header)
    {
        var fields = map.Rows.Select(row => row.Field).ToHashSet(StringComparer.Ordinal);
        var key = (map.Find(header)?.Split(",") ?? []).Where(part => part.Text != Repeats).ToList();
        foreach (var part in key.Where(part => !fields.Contains(part.Text)))
        {
            problems.Error(part, MappingFileCodes.NoSuchField, $"{part.Text} is not a field of {map.Type}.", Suggestion.DidYouMean(part.Text, fields));
        }

        return [.. key.Select(part => part.Text)];
    }

    /// <summary>
    /// <c>joins: order_number, service_code?, code = other_code, sub_id? by value</c>: a stored field that is looked up, what of the key may be unsaid, what says the
    /// same, and by what several are told from each other.
    /// </summary>
    public JoinRule? Join(IReadOnlyList<FieldDefinition> stored, FormerUnit? former)
    {
        if (map.Find("joins") is not { } joins)
        {
            return null;
        }

        var key = Key().ToList();
        var number = stored.FirstOrDefault(field => field.Name == joins.Split(",")[0].Text);
        var unsaid = new List<int>();
        (int, string)? named = null;
        JoinValue? value = null;
        foreach (var part in joins.Split(",").Skip(1))
        {
            var said = JoinPart().Match(part.Text);
            var (place, other, unit) = (key.IndexOf(said.Groups["field"].Value), said.Groups["other"].Value, said.Groups["unit"].Value);
            if (place < 1)
            {
                RefuseJoin(part, "");
            }
            else if (other.Length > 0 && named is null && stored.Any(one => one.Name == other))
            {
                named = (place, other);
            }
            else if (unit.Length > 0 && value is null && former?.Unit == unit)
            {
                value = new JoinValue(place, [.. former.Members.Select(member => member.Field)], [.. stored.Where(field => field.Unit == unit && field.IgnoresUnitSystem).Select(field => field.Name)]);
            }
            else if (other.Length == 0 && unit.Length == 0)
            {
                unsaid.Add(place);
            }
            else
            {
                RefuseJoin(part, unit.Length > 0 ? " The header former: names the unit and says which of its fields make it another value." : "");
            }
        }

        if (number is not { LookUp: LookUpKind.Value } || key.Count == 0)
        {
            problems.Error(joins, MappingFileCodes.HeaderValue, $"joins: can't be '{joins.Text}'.", "It begins with a stored field that has the rule look up, and stands beside a header key:.");
            return null;
        }

        return new JoinRule(number.Name, key.Count, unsaid, named, value);
    }

    private void RefuseJoin(SourceText part, string more) => problems.Error(part, MappingFileCodes.HeaderValue, $"joins: can't be '{part.Text}'.",
        $"Behind the number stand fields of key:, but for its first: service_code? may be left out by one of two, for code = other_code one may have the other code, and with sub_id? by value it may be left out where the value is the same.{more}");

    /// <summary>The word <c>repeat</c> among the fields of <c>key:</c>.</summary>
    public bool NumbersRepeats() => map.Find("key")?.Split(",").Any(part => part.Text == Repeats) == true;

    /// <summary><c>run: OBX-3, OBX-4 when HL7:OBX-2 in ('TX', 'FT')</c>: places of the segment of <c>each:</c>.</summary>
    /// <param name="condition">Reads the condition; null after a problem was reported.</param>
    public SegmentRun? Run(Func<SourceText, Expression?> condition)
    {
        if (map.Find("run") is not { } run)
        {
            return null;
        }

        var each = Each();
        var at = run.Text.IndexOf(" when ", StringComparison.Ordinal);
        if (each is null || at < 0)
        {
            problems.Error(run, MappingFileCodes.HeaderValue, each is null ? "run: needs each:, the segment that makes one record each." : $"run: can't be '{run.Text}'.",
                "For example: run: OBX-3, OBX-4 when HL7:OBX-2 in ('TX', 'FT').");
            return null;
        }

        var places = new List<Hl7Path>();
        foreach (var part in run.Trimmed(0, at).Split(","))
        {
            if (Hl7Path.TryParse(part.Text, out var path, out _) && path is { Opener: null, Field: > 0 } && path.Segment == each && Hl7Places.Check(path) is null)
            {
                places.Add(path);
            }
            else
            {
                problems.Error(part, MappingFileCodes.HeaderValue, $"{part.Text} is not a field of {each}.", $"For example: {each}-3.");
            }
        }

        return condition(run.Trimmed(at + 6, run.Text.Length - at - 6)) is { } when ? new SegmentRun(places, when) : null;
    }

    /// <summary><c>list: full</c>, or for one format otherwise: <c>list: full, CSV partial</c>.</summary>
    public IReadOnlyDictionary<MapFormat, ListKind> Lists()
    {
        var isList = map.Find("each") is not null || map.Find("list") is not null;
        var lists = MapFormats.All.ToDictionary(format => format, _ => isList ? ListKind.Partial : ListKind.None);
        foreach (var part in map.Find("list")?.Split(",") ?? [])
        {
            var at = part.Text.LastIndexOf(' ');
            var word = part.Text[(at + 1)..];
            MapFormat? format = at > 0 && MapColumns.TryFind(part.Text[..at].Trim(), out var column) ? column.Format() : null;
            if (word is not ("full" or "partial") || (at > 0 && format is null))
            {
                problems.Error(part, MappingFileCodes.HeaderValue, $"list: can't be '{part.Text}'.", "Write list: full, list: partial, or for one format otherwise: list: full, CSV partial.");
                continue;
            }

            // A document is one item, so it names them all only where the map says so by the format's name.
            foreach (var one in format is { } only ? [only] : new[] { MapFormat.Hl7, MapFormat.Csv })
            {
                lists[one] = word == "full" ? ListKind.Full : ListKind.Partial;
            }
        }

        return lists;
    }

    /// <summary><c>former: value in former_value</c>: two units, of which the second has some of the first's fields.</summary>
    public FormerUnit? Former(IReadOnlyList<FieldDefinition> fields)
    {
        if (map.Find("former") is not { } former)
        {
            return null;
        }

        if (former.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var unit, "in", var kept] || unit == kept)
        {
            problems.Error(former, MappingFileCodes.HeaderValue, $"former: can't be '{former.Text}'.", "It is a unit and the unit that keeps what it held before: former: value in former_value.");
            return null;
        }

        var names = fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        var members = fields
            .Where(field => field.Name.StartsWith(kept + ".", StringComparison.Ordinal))
            .Select(field => (Field: unit + field.Name[kept.Length..], Former: field.Name))
            .ToList();
        if (members.Count == 0)
        {
            problems.Error(former, MappingFileCodes.NoSuchField, $"{map.Type} has no fields {kept}.…", $"Add a row {kept}.… for each field of {unit} that is to be kept.");
        }

        foreach (var (field, name) in members.Where(member => !names.Contains(member.Field)))
        {
            problems.Error(former, MappingFileCodes.NoSuchField, $"{name} would keep {field}, which is not a field of {map.Type}.", Suggestion.DidYouMean(field, names));
        }

        return new FormerUnit(unit, members);
    }

    /// <summary><c>HL7 v2: read only</c>.</summary>
    public bool IsReadOnly()
    {
        if (map.Find("HL7 v2") is { Text: not "read only" } said)
        {
            problems.Error(said, MappingFileCodes.HeaderValue, $"HL7 v2: can't be '{said.Text}'.", "Write HL7 v2: read only where its messages only come in.");
        }

        return map.Find("HL7 v2") is not null;
    }

    public bool ClearsEmptyCsv()
    {
        if (map.Find("CSV empty") is { Text: not ("clear" or "keep") } empty)
        {
            problems.Error(empty, MappingFileCodes.HeaderValue, $"CSV empty: can't be '{empty.Text}'.", "Write CSV empty: keep, or CSV empty: clear where every file is a full picture.");
        }

        return map.Find("CSV empty")?.Text == "clear";
    }

    [GeneratedRegex("^athenaNet ([A-Za-z][A-Za-z0-9_]*)$")]
    private static partial Regex ZoneNamed();

    [GeneratedRegex("^(?:(?<field>[^ ?]+) = (?<other>[^ ]+)|(?<field>[^ ?]+)[?](?: by (?<unit>[^ ]+))?)$")]
    private static partial Regex JoinPart();

    [GeneratedRegex("^[A-Z]{2}$")]
    private static partial Regex Country();

    [GeneratedRegex("^[A-Z][A-Z0-9]{2}$")]
    private static partial Regex Segment();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*$")]
    private static partial Regex Property();
}
