using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Ehr;

namespace InterfaceEngine.Sources.Ehr.References;

/// <summary>What one of a practice's tables has otherwise than the vendor.</summary>
/// <param name="Table"><c>providers</c> or <c>locations</c>.</param>
/// <param name="Change"><c>new</c>, <c>changed</c> or <c>gone</c>.</param>
/// <param name="VendorId">The vendor's.</param>
/// <param name="Name">For people.</param>
/// <param name="Npi">Null where neither says one.</param>
/// <param name="Zone">Null where neither says one.</param>
/// <param name="Was">Of a changed one what the table has.</param>
internal sealed record ReferenceDifference(string Table, string Change, string VendorId, string Name, string? Npi, string? Zone, string? Was);

/// <summary>One table beside the vendor's list.</summary>
/// <param name="Kind"><c>provider</c> or <c>location</c>.</param>
/// <param name="Differences">In the vendor's order; what is gone at the end.</param>
/// <param name="New">What the table lacks.</param>
internal sealed record ReferenceComparison(string Kind, IReadOnlyList<ReferenceDifference> Differences, IReadOnlyList<Reference> New)
{
    /// <summary>Compares by the vendor's ids.</summary>
    /// <param name="kind"><c>provider</c> or <c>location</c>.</param>
    /// <param name="table">The practice's; null where it has none.</param>
    /// <param name="vendor">The vendor's list; null where the vendor has none for us, and then nothing is said of the table.</param>
    public static ReferenceComparison Of(string kind, ReferenceTable? table, IReadOnlyList<VendorRow>? vendor)
    {
        if (vendor is null)
        {
            return new ReferenceComparison(kind, [], []);
        }

        var (differences, added) = (new List<ReferenceDifference>(), new List<Reference>());
        var listed = (table?.Rows ?? []).Where(row => row.VendorId is not null).DistinctBy(row => row.VendorId).ToDictionary(row => row.VendorId!);
        foreach (var (one, isActive) in vendor.DistinctBy(row => row.Row.VendorId))
        {
            if (listed.Remove(one.VendorId!, out var row))
            {
                if (Was(row, one) is { Length: > 0 } was)
                {
                    differences.Add(Difference(kind, "changed", one, was));
                }
            }
            else if (isActive)
            {
                added.Add(one);
                differences.Add(Difference(kind, "new", one, null));
            }
        }

        return new ReferenceComparison(kind, [.. differences, .. listed.Values.Select(row => Difference(kind, "gone", row, null))], added);
    }

    /// <summary>Only what both say can differ: an analyst may leave a cell empty, and the vendor too.</summary>
    private static string Was(Reference listed, Reference vendor) => string.Join(", ", new[]
    {
        Other("NPI", listed.Npi, vendor.Npi), Other("user name", listed.UserName, vendor.UserName), Other("zone", listed.Zone?.Id, vendor.Zone?.Id),
    }.OfType<string>());

    private static string? Other(string what, string? listed, string? vendor) =>
        listed is not null && vendor is not null && !listed.Equals(vendor, StringComparison.OrdinalIgnoreCase) ? $"{what} {listed}" : null;

    private static ReferenceDifference Difference(string kind, string change, Reference row, string? was) => new($"{kind}s", change, row.VendorId!, row.Name, row.Npi, row.Zone?.Id, was);
}
