using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>Reads what the merged header says.</summary>
internal sealed partial class HeaderCompiler(MergedMap map, ProblemList problems)
{
    /// <summary><c>zone: location, practice</c>.</summary>
    public bool UsesLocationZone()
    {
        if (map.Find("zone") is not { } zone)
        {
            return false;
        }

        var words = zone.Split(",").Select(part => part.Text).ToList();
        if (words is not (["practice"] or ["location"] or ["location", "practice"]))
        {
            problems.Error(zone, MappingFileCodes.HeaderValue, $"zone: can't be '{zone.Text}'.", "Write zone: practice, or zone: location, practice.");
        }

        return words is ["location", ..];
    }

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

    public string? Each()
    {
        if (map.Find("each") is { } each && !Segment().IsMatch(each.Text))
        {
            problems.Error(each, MappingFileCodes.HeaderValue, $"each: can't be '{each.Text}'.", "It is a segment, e.g. IN1.");
        }

        return map.Find("each")?.Text;
    }

    /// <summary>The fields of <c>key:</c>, which must exist.</summary>
    public IReadOnlyList<string> Key()
    {
        var fields = map.Rows.Select(row => row.Field).ToHashSet(StringComparer.Ordinal);
        var key = map.Find("key")?.Split(",") ?? [];
        foreach (var part in key.Where(part => !fields.Contains(part.Text)))
        {
            problems.Error(part, MappingFileCodes.NoSuchField, $"{part.Text} is not a field of {map.Type}.", Suggestion.DidYouMean(part.Text, fields));
        }

        return [.. key.Select(part => part.Text)];
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

            foreach (var one in format is { } only ? [only] : MapFormats.All)
            {
                lists[one] = word == "full" ? ListKind.Full : ListKind.Partial;
            }
        }

        return lists;
    }

    public bool ClearsEmptyCsv()
    {
        if (map.Find("CSV empty") is { Text: not ("clear" or "keep") } empty)
        {
            problems.Error(empty, MappingFileCodes.HeaderValue, $"CSV empty: can't be '{empty.Text}'.", "Write CSV empty: keep, or CSV empty: clear where every file is a full picture.");
        }

        return map.Find("CSV empty")?.Text == "clear";
    }

    [GeneratedRegex("^[A-Z]{2}$")]
    private static partial Regex Country();

    [GeneratedRegex("^[A-Z][A-Z0-9]{2}$")]
    private static partial Regex Segment();
}
