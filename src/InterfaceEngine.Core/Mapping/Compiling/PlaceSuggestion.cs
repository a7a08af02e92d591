using System.Globalization;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>
/// Advice for an HL7 place that does not exist: fields whose number differs in one digit and whose data type suits
/// the row, or the same as the place that is overridden.
/// </summary>
internal static class PlaceSuggestion
{
    public static string For(MergedRow row, MapFormat format, AsClause clause, string text)
    {
        if (format != MapFormat.Hl7 || !Hl7Path.TryParse(text, out var path, out _))
        {
            return "";
        }

        var inherited = row.Chain(MapColumn.Hl7) is [.., var before, _] && Hl7Path.TryParse(before.Text, out var known, out _) ? known : null;
        var wanted = inherited is null ? null : Hl7Places.TypeOf(inherited.Segment, inherited.Field);
        var near = Hl7Places.FieldsOf(path.Segment)
            .Where(field => Suggestion.Distance(Text(field), Text(path.Field)) == 1 && Suits(Hl7Places.TypeOf(path.Segment, field), wanted, clause))
            .Select(field => inherited?.Segment == path.Segment && inherited.Field == field ? inherited.ToString() : $"{path.Segment}-{field}")
            .Take(3)
            .ToList();
        return near.Count > 0 ? $"Did you mean {Suggestion.Or(near)}?" : "";
    }

    private static bool Suits(string? type, string? wanted, AsClause clause) => type is not null && (wanted is not null ? type == wanted : clause.Type switch
    {
        "phone" => type is "XTN" or "TN",
        "date" or "partial date" or "instant" => type is "DT" or "TS" or "DTM" or "TQ",
        "code" => type is "CE" or "CWE" or "CNE" or "IS" or "ID",
        _ => true,
    });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
