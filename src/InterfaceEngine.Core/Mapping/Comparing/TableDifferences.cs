using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>What two versions of a table say differently beside the rows of its fields.</summary>
internal static class TableDifferences
{
    /// <summary>Everything that holds for the whole table.</summary>
    public static IEnumerable<Cause> All(RecordMap old, RecordMap young, MapFormat format) =>
        Headers(old, young).Concat(Events(old, young, format)).Concat(Equations(old, young)).Concat(Checks(old, young));

    /// <summary>Events and files that one of them reads otherwise.</summary>
    public static IEnumerable<Cause> Events(RecordMap? old, RecordMap? young, MapFormat format) => Rows(
        old?.Messages.Where(rule => rule.Format == format), young?.Messages.Where(rule => rule.Format == format), $"{(young ?? old)?.Type} messages",
        rule => $"{rule.Message} {rule.Verb}{string.Concat(rule.Sets.Select(set => $", {set.Field.Name} = {set.Value.Text}"))}", rule => rule.Reference, rule => rule.Message);

    public static IEnumerable<Cause> Checks(RecordMap? old, RecordMap? young) => Rows(
        old?.Checks, young?.Checks, $"{(young ?? old)?.Type} checks", check => $"{check.MustHold.Text}, else {check.IfNot}", check => check.Reference, check => check.MustHold.Text);

    /// <summary>What an event itself says of a field.</summary>
    public static IEnumerable<Cause> Sets(RecordMap old, RecordMap young, string field, MapFormat format) => Rows(
        SetsOf(old, field, format), SetsOf(young, field, format), "sets", one => $"{one.Event}: {field} = {one.Set.Value.Text}", one => one.Set.Reference, one => one.Event);

    /// <summary>Rows of a code table that are read otherwise in a format, and what becomes of a code that is in none.</summary>
    public static IEnumerable<Cause> Codes(CodeTable? old, CodeTable? young, MapFormat format)
    {
        if (old is null || young is null || ReferenceEquals(old, young))
        {
            yield break;
        }

        foreach (var cause in Rows(old.Codes, young.Codes, $"codes {young.Name}, {format.Title()}", code => $"{code.Value} = {Spelled(code, format)}", code => code.Reference, code => code.Value))
        {
            yield return cause;
        }

        if (Text(old.Unknown) != Text(young.Unknown))
        {
            yield return new Cause(young.Unknown.Reference, $"codes {young.Name}, unknown", Text(old.Unknown), Text(young.Unknown));
        }
    }

    public static IEnumerable<Cause> Filters(IReadOnlyList<FilterRow> old, IReadOnlyList<FilterRow> young) =>
        Rows(old, young, "filters", filter => filter.When, filter => filter.Cell, filter => filter.When);

    public static IEnumerable<Cause> References(ReferenceTable? old, ReferenceTable? young)
    {
        var differ = (old?.Rows ?? []).Except(young?.Rows ?? []).Count() + (young?.Rows ?? []).Except(old?.Rows ?? []).Count();
        return differ == 0 ? [] : [new Cause(null, $"{(young ?? old)!.Kind} references", $"{old?.Rows.Count ?? 0} rows", $"{young?.Rows.Count ?? 0} rows, {differ} added, gone or changed")];
    }

    private static IEnumerable<(string Event, SetClause Set)> SetsOf(RecordMap map, string field, MapFormat format) =>
        map.Messages.Where(rule => rule.Format == format).SelectMany(rule => rule.Sets.Where(set => set.Field.Name == field).Select(set => (rule.Message, set)));

    private static IEnumerable<Cause> Equations(RecordMap old, RecordMap young) => Rows(
        old.Equations, young.Equations, "equations", one => $"{one.Sum} = {one.Left} + {one.Right}", one => one.Reference, one => one.Sum.Name);

    private static IEnumerable<Cause> Headers(RecordMap old, RecordMap young) =>
        from header in (IEnumerable<(string Name, Func<RecordMap, string?> Says)>)
        [
            ("each", map => map.Each), ("key", map => string.Join(", ", map.NumbersRepeats ? [.. map.Key, "repeat"] : map.Key)), ("other key", map => string.Join(", ", map.OtherKey)),
            ("run", map => map.Run?.ToString()), ("when", map => map.When?.Text), ("region", map => map.Region),
            ("zone", map => !map.UsesLocationZone ? "practice" : map.ZoneMember is { } member ? $"location, athenaNet {member}, practice" : "location, practice"), ("CSV empty", map => map.ClearsEmptyCsv ? "clear" : "keep"),
            ("list", map => string.Join(", ", map.Lists.OrderBy(list => list.Key).Select(list => $"{list.Key.Title()} {list.Value}"))),
        ]
        let said = header.Says(old) ?? ""
        let says = header.Says(young) ?? ""
        where said != says
        select new Cause(null, $"{young.Type} header {header.Name}", said.Length == 0 ? Cause.None : said, says.Length == 0 ? Cause.None : says);

    /// <summary>Rows of two lists that are known by a name and do not say the same.</summary>
    private static IEnumerable<Cause> Rows<T>(IEnumerable<T>? old, IEnumerable<T>? young, string what, Func<T, string> text, Func<T, CellReference?> where, Func<T, string> name)
    {
        var (said, says) = ((old ?? []).ToLookup(name), (young ?? []).ToLookup(name));
        foreach (var known in said.Select(one => one.Key).Union(says.Select(one => one.Key)))
        {
            var (before, after) = (string.Join("; ", said[known].Select(text)), string.Join("; ", says[known].Select(text)));
            if (before != after)
            {
                yield return new Cause(where(says[known].Concat(said[known]).First()), what, before.Length == 0 ? Cause.None : before, after.Length == 0 ? Cause.None : after);
            }
        }
    }

    private static string Spelled(Code code, MapFormat format) =>
        code.Spellings.TryGetValue(format, out var spellings) && spellings.Count > 0 ? string.Join(", ", spellings) : "-";

    private static string Text(UnknownPolicy policy) => $"{policy.Kind}{(policy.Code is { } code ? $" {code}" : "")}{(policy.IsDefault ? " by default" : "")}";
}
