using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>Times, codes and references as FHIR writes them.</summary>
internal static class FhirText
{
    public const string Loinc = "http://loinc.org";
    public const string Cpt = "http://www.ama-assn.org/go/cpt";
    public const string Icd10 = "http://hl7.org/fhir/sid/icd-10-cm";
    public const string RxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
    public const string Cvx = "http://hl7.org/fhir/sid/cvx";
    public const string Ucum = "http://unitsofmeasure.org";
    public const string Terminology = "http://terminology.hl7.org/CodeSystem/";

    public static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A moment of a department's clock, as everybody's.</summary>
    public static DateTimeOffset Moment(DateTime local, Department department)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(department.Zone);

        // In the hour that a clock skips nobody has an appointment; what is said of it is an hour later.
        var real = zone.IsInvalidTime(local) ? local.AddHours(1) : local;
        return new DateTimeOffset(DateTime.SpecifyKind(real, DateTimeKind.Unspecified), zone.GetUtcOffset(real));
    }

    public static JsonObject Concept(string system, string code, string text) =>
        new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code, ["display"] = text }), ["text"] = text };

    /// <summary>One of the codes that FHIR itself or HL7 has, without words.</summary>
    public static JsonObject Code(string system, string code) =>
        new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = Terminology + system, ["code"] = code }) };

    public static JsonObject Reference(string type, string id) => new() { ["reference"] = $"{type}/{id}" };

    public static JsonObject Quantity(decimal value, string unit, string code) => new() { ["value"] = value, ["unit"] = unit, ["system"] = Ucum, ["code"] = code };

    public static JsonArray List(params IEnumerable<JsonNode?> items) => new([.. items]);
}
