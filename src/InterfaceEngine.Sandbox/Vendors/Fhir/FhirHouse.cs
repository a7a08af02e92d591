using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>The practice itself as resources: its providers, its departments, itself, and what its schedule has free.</summary>
internal static class FhirHouse
{
    /// <summary>All of the type that is asked for; null where it is none of these.</summary>
    public static IEnumerable<FhirResource>? All(FhirRequest request)
    {
        var (house, ids) = (request.Practice.House, request.Chart.Ids);
        var since = request.Call.Vendor.Started;
        FhirResource Make(string id, JsonObject elements) => FhirResource.Of(request.Type, id, "", since, 1, elements);
        switch (request.Type)
        {
            case "Practitioner":
                return house.Providers.Select(provider => Make(ids.Provider(provider.Id), new JsonObject
                {
                    ["identifier"] = new JsonArray(new JsonObject { ["system"] = "http://hl7.org/fhir/sid/us-npi", ["value"] = provider.Npi }),
                    ["active"] = true,
                    ["name"] = new JsonArray(new JsonObject { ["family"] = provider.LastName, ["given"] = new JsonArray(provider.FirstName) }),
                }));
            case "PractitionerRole":
                return house.Providers.Select(provider => Make($"role-{provider.Id}", new JsonObject
                {
                    ["active"] = true,
                    ["practitioner"] = new JsonObject { ["reference"] = $"Practitioner/{ids.Provider(provider.Id)}", ["display"] = $"{provider.FirstName} {provider.LastName}" },
                    ["location"] = new JsonArray([.. house.Departments.Select(department => FhirText.Reference("Location", ids.Department(department.Id)))]),
                }));
            case "Organization":
                return house.Departments.Select(department => Make(ids.Department(department.Id), new JsonObject { ["active"] = true, ["name"] = department.Name }))
                    .Append(Make(ids.Organization, new JsonObject { ["active"] = true, ["name"] = house.Name }));
            case "Location":
                return house.Departments.Select(department => Make(ids.Department(department.Id), Place(department, request.Profile)));
            case "Schedule":
                return FhirSchedule.Schedules(request);
            case "Slot":
                return FhirSchedule.Slots(request);
            default:
                return null;
        }
    }

    /// <summary>R4 has no element for a place's zone: the guide's server says it by the standard's extension, the real one not at all.</summary>
    private static JsonObject Place(Department department, VendorProfile profile)
    {
        var place = new JsonObject { ["status"] = "active", ["name"] = department.Name };
        if (profile is { IsAthena: false, IsGuide: true })
        {
            place["extension"] = new JsonArray(new JsonObject { ["url"] = "http://hl7.org/fhir/StructureDefinition/timezone", ["valueCode"] = department.Zone });
        }

        return place;
    }

    public static FhirResource? Find(FhirRequest request, string id) => All(request)?.FirstOrDefault(resource => resource.Id == id);
}
