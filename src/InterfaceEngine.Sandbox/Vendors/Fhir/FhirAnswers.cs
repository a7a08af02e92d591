using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>How FHIR answers.</summary>
internal static class FhirAnswers
{
    public const string ContentType = "application/fhir+json";

    public static VendorAnswer Json(JsonNode node, int status = 200) => VendorAnswer.Json(node, status, ContentType);

    /// <param name="code">Of the issue: <c>forbidden</c>, <c>not-found</c>, <c>required</c>, <c>conflict</c>, <c>transient</c>, ….</param>
    public static VendorAnswer Outcome(int status, string code, string text) => Json(
        new JsonObject
        {
            ["resourceType"] = "OperationOutcome",
            ["issue"] = new JsonArray(new JsonObject { ["severity"] = "error", ["code"] = code, ["diagnostics"] = text, ["details"] = new JsonObject { ["text"] = text } }),
        },
        status);

    public static VendorAnswer One(FhirResource resource, int status = 200) =>
        Json(resource.Body, status).With("ETag", $"W/\"{resource.Body["meta"]!["versionId"]}\"").With("Last-Modified", resource.Updated.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
}
