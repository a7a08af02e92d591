using InterfaceEngine.Sandbox.Vendors.Fhir;
using InterfaceEngine.Sandbox.Vendors.OAuth;

namespace InterfaceEngine.Sandbox.Vendors.Bulk;

/// <summary>The calls of exports.</summary>
internal static class BulkRoutes
{
    private const string Job = "job";

    public static IEnumerable<VendorRoute> Of(VendorProfile profile) =>
        FhirRoutes.BasesOf(profile).SelectMany(root => Below(profile, root)).Append(
            new VendorRoute("GET file", "GET", "/files/{secret}/{job}/{name}", request => request.Vendor.Bulk.File(request.Part(Job), request.Part("name"), request.Part("secret"), request)) { IsLimited = false });

    private static IEnumerable<VendorRoute> Below(VendorProfile profile, string root)
    {
        var needs = FhirRoutes.Needs("Group", TokenScopes.Reads);
        yield return new VendorRoute("GET Group/{id}/$export", "GET", $"{root}/Group/{{id}}/$export", request => Begin(request, request.Part("id"))) { Needs = needs };
        if (profile.IsGuide)
        {
            yield return new VendorRoute("GET Patient/$export", "GET", $"{root}/Patient/$export", request => Begin(request, null)) { Needs = needs };
        }

        var (path, idOf) = profile.IsGuide ? ($"{root}/bulkstatus/{{job}}", (Func<VendorRequest, string>)(request => request.Part(Job)))
            : profile.IsAthena ? ($"{root}/$export-status/{{job}}", request => request.Part(Job))
            : ($"{root}/$export-poll-location", request => request.Query["job_id"].ToString());
        yield return new VendorRoute("GET export status", "GET", path, request => request.Vendor.Bulk.Poll(idOf(request))) { Needs = needs };
        yield return new VendorRoute("DELETE export status", "DELETE", path, request => request.Vendor.Bulk.Cancel(idOf(request))) { Needs = needs };
        yield return new VendorRoute("GET file", "GET", $"{root}/bulkdata/{{job}}/{{name}}", request => request.Vendor.Bulk.File(request.Part(Job), request.Part("name"), null, request)) { Needs = needs };
    }

    private static VendorAnswer Begin(VendorRequest request, string? group)
    {
        // A group's id names its practice at athenahealth, so the search's own parameter is not needed.
        var practice = FhirRoutes.PracticeOf(request);
        return practice is null ? FhirAnswers.Outcome(404, "not-found", "Group: there is none of this id.") : request.Vendor.Bulk.Begin(new FhirRequest(request, practice, "Group"), group);
    }
}
