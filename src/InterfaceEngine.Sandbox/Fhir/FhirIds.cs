namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>How a vendor numbers resources.</summary>
/// <param name="Practice">The practice's number.</param>
/// <param name="IsAthena">As athenahealth has it, <c>a-195900.E-1</c>; else plain.</param>
public sealed record FhirIds(string Practice, bool IsAthena)
{
    /// <summary>The extension that tells an athenahealth department.</summary>
    public const string DepartmentExtension = "https://fhir.athena.io/StructureDefinition/ah-department";

    public string Patient(string id) => Of("E", id, "");

    public string Provider(string id) => Of("Provider", id, "");

    public string Department(string id) => Of("Department", id, "");

    /// <summary>Of a kind of which several share a number space.</summary>
    public string Piece(string kind, string id) => Of(kind, id, $"{kind}-");

    public string Organization => IsAthena ? $"a-1.Practice-{Practice}" : Practice;

    /// <summary>The vendor's own number of what an id stands for; null where it is of another practice or another form.</summary>
    public string? NumberOf(string kind, string id)
    {
        var start = IsAthena ? $"a-{Practice}.{kind}-" : "";
        return id.Length > start.Length && id.StartsWith(start, StringComparison.Ordinal) ? id[start.Length..] : null;
    }

    private string Of(string kind, string id, string plainPrefix) => IsAthena ? $"a-{Practice}.{kind}-{id}" : plainPrefix + id;
}
