using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>What the server says of itself: <c>metadata</c> and <c>smart-configuration</c>, open to everybody.</summary>
internal static class FhirStatements
{
    private static readonly string[] _searches = ["_id", "patient", "category", "code", "date", "status", "encounter", "identifier", "_lastUpdated"];

    public static JsonObject Capabilities(VendorContext vendor) => new()
    {
        ["resourceType"] = "CapabilityStatement",
        ["status"] = "active",
        ["date"] = "2026-01-01",
        ["kind"] = "instance",
        ["software"] = new JsonObject { ["name"] = vendor.Profile.IsAthena ? "Sandbox of athenahealth" : "Sandbox of the eCW FHIR Facade", ["version"] = "1" },
        ["implementation"] = new JsonObject { ["description"] = "Invented data", ["url"] = vendor.Address + vendor.Profile.Fhir },
        ["fhirVersion"] = "4.0.1",
        ["format"] = new JsonArray("json"),
        ["rest"] = new JsonArray(new JsonObject
        {
            ["mode"] = "server",
            ["security"] = new JsonObject { ["service"] = new JsonArray(new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/restful-security-service", ["code"] = "SMART-on-FHIR" }) }) },
            ["resource"] = new JsonArray([.. FhirTypes.Of(vendor.Profile).Select(type => Resource(vendor.Profile, type)), .. vendor.Profile.IsGuide ? [] : new[] { new JsonObject { ["type"] = "Group", ["operation"] = Export("group") } }]),
        }),
    };

    public static JsonObject Smart(VendorContext vendor)
    {
        var profile = vendor.Profile;
        return new JsonObject
        {
            ["authorization_endpoint"] = vendor.Address + profile.Authorize,
            ["token_endpoint"] = vendor.Address + profile.Token[0],
            ["token_endpoint_auth_methods_supported"] = profile.IsSecretRefused ? new JsonArray("private_key_jwt") : new JsonArray("client_secret_basic", "client_secret_post", "private_key_jwt"),
            ["token_endpoint_auth_signing_alg_values_supported"] = new JsonArray([.. profile.Algorithms.Select(algorithm => (JsonNode)algorithm)]),
            ["grant_types_supported"] = new JsonArray("client_credentials", "authorization_code", "refresh_token"),
            ["scopes_supported"] = new JsonArray([.. FhirTypes.Of(profile).Append(profile.IsGuide ? "*" : "Group").Select(type => $"system/{type}.read")
                .Concat(FhirTypes.Of(profile).Where(type => FhirTypes.IsWritten(profile, type)).Select(type => $"system/{type}.write")).Select(scope => (JsonNode)scope)]),
            ["response_types_supported"] = new JsonArray("code"),
            ["code_challenge_methods_supported"] = new JsonArray("S256"),
            ["capabilities"] = new JsonArray("launch-standalone", "permission-v1", "permission-v2", "client-confidential-asymmetric", "client-confidential-symmetric"),
        };
    }

    private static JsonObject Resource(VendorProfile profile, string type)
    {
        var interactions = new JsonArray(Interaction("read"), Interaction("search-type"));
        if (FhirTypes.IsWritten(profile, type))
        {
            interactions.Add(Interaction("create"));
            interactions.Add(Interaction("update"));
        }

        var resource = new JsonObject
        {
            ["conditionalCreate"] = type is "Appointment" or "Patient" && FhirTypes.IsWritten(profile, type),
            ["type"] = type,
            ["interaction"] = interactions,
            ["searchParam"] = new JsonArray([.. SearchesOf(type).Select(name => new JsonObject { ["name"] = name, ["type"] = name switch { "date" or "start" or "birthdate" or "_lastUpdated" => "date", "name" or "family" or "given" or "address-postalcode" => "string", "patient" or "encounter" or "schedule" or "actor" => "reference", _ => "token" } })]),
        };
        if (profile.IsGuide && type == "Patient")
        {
            resource["operation"] = Export("patient");
        }

        return resource;
    }

    /// <param name="level">What is exported: the guides' vendors export all patients, the real ones a group.</param>
    private static JsonArray Export(string level) =>
        new(new JsonObject { ["name"] = "export", ["definition"] = $"http://hl7.org/fhir/uv/bulkdata/OperationDefinition/{level}-export" });

    private static string[] SearchesOf(string type) => type switch
    {
        "Slot" => ["_id", "schedule", "start", "status", "appointment-type"],
        "Schedule" => ["_id", "actor"],
        "Patient" => ["_id", "identifier", "name", "family", "given", "birthdate", "gender", "phone", "email", "address-postalcode", "_lastUpdated"],
        _ => _searches,
    };

    private static JsonObject Interaction(string code) => new() { ["code"] = code };
}
