using System.Globalization;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>One resource.</summary>
/// <param name="Patient">The vendor's number of whose it is; empty for nobody's.</param>
/// <param name="Updated">Its <c>meta.lastUpdated</c>.</param>
/// <param name="Body">Whole, with <c>resourceType</c>, <c>id</c> and <c>meta</c>.</param>
public sealed record FhirResource(string Type, string Id, string Patient, DateTimeOffset Updated, JsonObject Body)
{
    public static FhirResource Of(string type, string id, string patient, DateTimeOffset updated, int version, JsonObject elements)
    {
        var body = new JsonObject
        {
            ["resourceType"] = type,
            ["id"] = id,
            ["meta"] = new JsonObject { ["versionId"] = version.ToString(CultureInfo.InvariantCulture), ["lastUpdated"] = FhirText.Instant(updated) },
        };
        foreach (var (name, value) in elements)
        {
            if (value is not null && value is not JsonArray { Count: 0 })
            {
                body[name] = value.DeepClone();
            }
        }

        return new FhirResource(type, id, patient, updated, body);
    }
}
