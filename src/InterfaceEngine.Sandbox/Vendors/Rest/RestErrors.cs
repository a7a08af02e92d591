using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>How athenaNet says that something is wrong.</summary>
internal static class RestErrors
{
    public static VendorAnswer Failed(int status, string error, string? detail = null)
    {
        var body = new JsonObject { ["error"] = error };
        if (detail is not null)
        {
            body["detailedmessage"] = detail;
        }

        return VendorAnswer.Json(body, status);
    }

    public static VendorAnswer Missing(params IEnumerable<string> names) => VendorAnswer.Json(
        new JsonObject { ["error"] = "Additional fields are required.", ["missingfields"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) }, 400);

    public static VendorAnswer Wrong(string kind, string value) =>
        Failed(400, "The data provided is invalid.", $"Expecting format {kind}, but value is {value}");

    public static VendorAnswer NotFound(string what) => Failed(404, $"The {what} you requested does not exist or is not available to you.");

    /// <summary>A failure under 200, as business rules fail.</summary>
    public static VendorAnswer NotDone(string message) => VendorAnswer.Json(new JsonObject { ["success"] = false, ["errormessage"] = message });
}
