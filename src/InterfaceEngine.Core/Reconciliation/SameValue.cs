using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>Whether two tell one value, in whatever words each has for it.</summary>
internal static class SameValue
{
    /// <summary>Whether anything is said of the value.</summary>
    public static bool IsSaid(JoinValue value, Func<string, string?> told) => value.Fields.Any(field => told(field) is not null);

    /// <summary>The fields that make a value another one are the same, or its number with the unit is. What says no value is the same as nothing.</summary>
    public static bool Is(JoinValue value, Func<string, string?> one, Func<string, string?> other) =>
        IsSaid(value, one) && (value.Fields.All(field => one(field) == other(field)) || value.Quantities.Any(field => IsOneQuantity(one(field), other(field))));

    /// <summary><c>102 mg/dL</c> and <c>102 mg/dL|http://unitsofmeasure.org</c>: a feed says the unit alone, FHIR whose code it is as well. Told by turns, neither corrects the other.</summary>
    public static bool IsOnlyUnitSystem(string? before, string? after)
    {
        if (before is null || after is null || before == after)
        {
            return false;
        }

        var (longer, shorter) = before.Length > after.Length ? (before, after) : (after, before);
        return longer.StartsWith(shorter, StringComparison.Ordinal) && longer[shorter.Length] == '|' && shorter.Contains(' ', StringComparison.Ordinal) && !shorter.Contains('|', StringComparison.Ordinal);
    }

    private static bool IsOneQuantity(string? one, string? other) => one is not null && (one == other || IsOnlyUnitSystem(one, other));
}
