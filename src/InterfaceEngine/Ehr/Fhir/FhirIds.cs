using System.Net;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>Ids in FHIR, and how a vendor numbers a patient there whom its other interfaces know by a plain number: <c>a-195900.E-34772</c>. Pure.</summary>
internal static class FhirIds
{
    /// <summary>The patient's id in FHIR.</summary>
    /// <param name="number">The vendor's number, or the id as it is.</param>
    public static string OfPatient(ConnectionOptions options, string number)
    {
        var (before, behind) = Frame(options);
        return NumberOf(options, number) is null ? $"{before}{number}{behind}" : number;
    }

    /// <summary>The plain number in an id; null when the id is not formed so.</summary>
    public static string? NumberOf(ConnectionOptions options, string id)
    {
        var (before, behind) = Frame(options);
        return id.Length > before.Length + behind.Length && id.StartsWith(before, StringComparison.Ordinal) && id.EndsWith(behind, StringComparison.Ordinal) ? id[before.Length..^behind.Length] : null;
    }

    /// <summary>The id in a reference or an address, <c>…/Observation/12/_history/1</c>; null when it names none of this type.</summary>
    public static string? In(string? reference, string type)
    {
        var parts = reference?.Split('?')[0].Split('/') ?? [];
        var place = Array.LastIndexOf(parts, type);
        return place >= 0 && place + 1 < parts.Length && parts[place + 1].Length > 0 ? WebUtility.UrlDecode(parts[place + 1]) : null;
    }

    private static (string Before, string Behind) Frame(ConnectionOptions options)
    {
        var form = options.Dialect.FhirPatientId.Replace("{practice}", options.VendorPractice, StringComparison.Ordinal);
        var place = form.IndexOf("{}", StringComparison.Ordinal);
        return place < 0 ? ("", "") : (form[..place], form[(place + 2)..]);
    }
}
