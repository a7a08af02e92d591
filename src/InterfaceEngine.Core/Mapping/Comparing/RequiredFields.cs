using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>
/// What a record must say to be made, by two versions of a practice's tables. A rule that is new refuses records whose every value is as
/// before: reconciliation refuses a new record without a required field.
/// </summary>
internal sealed class RequiredFields(PracticeMaps before, PracticeMaps after)
{
    private readonly HashSet<string> _stricter = [.. after.Maps.Where(map => before.Find(map.Type) is { } old && map.Definition.Fields.Any(field => IsStricter(old.Definition.Find(field.Name), field))).Select(map => map.Type)];

    /// <summary>The required fields that a record lacks by the new set and did not lack by the old one, though it may say the same.</summary>
    /// <param name="old">The record by the old set; null where that made none.</param>
    public static IEnumerable<string> NewlyMissing(IncomingRecord? old, IncomingRecord young) => Missing(young).Except(old is null ? [] : Missing(old));

    /// <summary>Whether records of a type that say the same may lack a field by the new set alone.</summary>
    public bool AreStricter(string type) => _stricter.Contains(type);

    /// <summary>As reconciliation counts for a new record: a default stands in for nothing said, not for what was cleared.</summary>
    private static IEnumerable<string> Missing(IncomingRecord record) => record.Verb is Verb.Cancel or Verb.Merge
        ? []
        : record.Definition.Fields.Where(field => field.IsRequired && !record[field.Name].HasValue && (field.Default is null || record[field.Name].IsCleared)).Select(field => field.Name);

    private static bool IsStricter(FieldDefinition? old, FieldDefinition young) =>
        young.IsRequired && (old is not { IsRequired: true } || (old.Default is not null && young.Default is null));
}
