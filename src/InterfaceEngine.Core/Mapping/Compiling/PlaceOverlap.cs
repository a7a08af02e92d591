using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>
/// Whether two rows would write one place. A selector makes an element that fits it where none does, so two rows
/// are apart when what the one makes does not fit the other, and the other way round (mapping design §7.2).
/// </summary>
internal static class PlaceOverlap
{
    public static bool IsSame(FieldRow first, FieldRow second, MapFormat format) =>
        first.Name != second.Name && (Target(first, format), Target(second, format)) switch
        {
            (Hl7Place one, Hl7Place other) => one.Paths.Any(left => other.Paths.Any(right => IsSame(left, right, first.As, second.As))),
            (CsvPlace one, CsvPlace other) => one.Columns.Intersect(other.Columns, StringComparer.OrdinalIgnoreCase).Any(),
            (JsonPlace one, JsonPlace other) => one.Paths.Any(left => other.Paths.Any(right => Plain(left).SequenceEqual(Plain(right)))),
            _ => false,
        };

    /// <summary>Whether a cell reads what is listed as not mapped: a path, a whole segment or a column.</summary>
    public static bool Reads(FormatCell cell, NotMapped listed) => cell.IsRead && cell.Alternatives.Any(place => place switch
    {
        Hl7Place hl7 => hl7.Paths.Any(path => path.Segment == listed.Source || path.ToString() == listed.Source || (Hl7Path.TryParse(listed.Source, out var whole, out _)
            && whole is { Component: 0, FieldSelector: null } && whole.Segment == path.Segment && whole.Field == path.Field)),
        CsvPlace csv => csv.Columns.Contains(listed.Source, StringComparer.OrdinalIgnoreCase),
        JsonPlace json => json.Paths.Any(path => path.Text == listed.Source),
        _ => false,
    });

    /// <summary>A place for the second row that can't fit the first.</summary>
    public static string Apart(FieldRow first, FieldRow second, MapFormat format)
    {
        if (format != MapFormat.Hl7 || Target(first, format) is not Hl7Place one || Target(second, format) is not Hl7Place other)
        {
            return "name[use=home]";
        }

        var selector = second.As.Type switch
        {
            "phone" when second.Name.Contains("mobile", StringComparison.Ordinal) || second.Name.Contains("cell", StringComparison.Ordinal) => "3=CP",
            "phone" when second.Name.Contains("work", StringComparison.Ordinal) => "2=WPN",
            "phone" when second.Name.Contains("home", StringComparison.Ordinal) => "2=PRN",
            "email" => "2=NET",
            _ => one.Path.FieldSelector?.Conditions is [var condition, ..] ? $"{condition.Key}!={condition.Value}" : "#2",
        };
        var component = other.Path.Component == 0 ? "" : $".{other.Path.Component}";
        return $"{other.Path.Segment}-{other.Path.Field}[{selector}]{component}";
    }

    private static CellPlace? Target(FieldRow row, MapFormat format) => row.Cells[format].Target is AssignedPlace assigned ? assigned.Place : row.Cells[format].Target;

    /// <summary>The path without its <c>:int</c> or <c>:bool</c>.</summary>
    private static ReadOnlySpan<char> Plain(JsonPath path) => path.Kind == JsonKind.Text ? path.Text : path.Text.AsSpan(0, path.Text.LastIndexOf(':'));

    private static bool IsSame(Hl7Path left, Hl7Path right, AsClause leftAs, AsClause rightAs) =>
        left.Segment == right.Segment
        && Equals(left.Opener, right.Opener)
        && left.Field == right.Field
        && Meets(left.SegmentSelector, right.SegmentSelector)
        && Meets(left.FieldSelector, right.FieldSelector)
        && SharesPart(left, right, leftAs, rightAs);

    private static bool SharesPart(Hl7Path left, Hl7Path right, AsClause leftAs, AsClause rightAs)
    {
        var (one, other) = (Component(left, leftAs), Component(right, rightAs));
        return one == 0 || other == 0 || (one == other && (left.SubComponent == right.SubComponent || left.SubComponent == 0 || right.SubComponent == 0));
    }

    /// <summary>The component that is written; 0 where a type writes several.</summary>
    private static int Component(Hl7Path path, AsClause clause) =>
        path.Component > 0 ? path.Component : clause.Type is "phone" or "quantity" or "attachment" ? 0 : 1;

    private static bool Meets(Hl7Selector? left, Hl7Selector? right)
    {
        if (left is null || right is null)
        {
            // No selector is the first: it meets everything but another number.
            return (left?.Ordinal ?? right?.Ordinal ?? 0) <= 1;
        }

        if (left.Ordinal > 0 || right.Ordinal > 0)
        {
            return left.Ordinal == right.Ordinal || left.Ordinal == 0 || right.Ordinal == 0;
        }

        return Fits(Made(left), right) || Fits(Made(right), left);
    }

    /// <summary>What the element that a selector makes says.</summary>
    private static Dictionary<string, string> Made(Hl7Selector selector) =>
        selector.Conditions.Where(condition => condition.Kind != Hl7ConditionKind.IsNot).GroupBy(condition => condition.Key).ToDictionary(group => group.Key, group => group.First().Value);

    private static bool Fits(Dictionary<string, string> made, Hl7Selector selector) => selector.Conditions.All(condition =>
    {
        var said = made.GetValueOrDefault(condition.Key);
        return condition.Kind switch
        {
            Hl7ConditionKind.Is => said == condition.Value,
            Hl7ConditionKind.IsOrUnsaid => said is null || said == condition.Value,
            Hl7ConditionKind.IsNot => said != condition.Value,
            Hl7ConditionKind.StartsWith => said?.StartsWith(condition.Value, StringComparison.Ordinal) == true,
            _ => true,
        };
    });
}
