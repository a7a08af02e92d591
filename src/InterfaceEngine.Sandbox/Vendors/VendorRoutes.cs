using InterfaceEngine.Sandbox.Vendors.Bulk;
using InterfaceEngine.Sandbox.Vendors.Events;
using InterfaceEngine.Sandbox.Vendors.Fhir;
using InterfaceEngine.Sandbox.Vendors.Rest;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>Everything that a vendor can be asked.</summary>
internal static class VendorRoutes
{
    /// <summary>A token, wherever a profile has it.</summary>
    public static VendorRoute Token { get; } = new("POST token", "POST", "", request => request.Vendor.Tokens.Answer(request)) { IsLimited = false };

    /// <summary>What there is not.</summary>
    public static VendorRoute Unknown { get; } = new("unknown", "", "", _ => VendorAnswer.Text(404, "Service not registered with API gateway.")) { IsLimited = false };

    public static IEnumerable<VendorRoute> Of(VendorProfile profile) =>
    [
        .. profile.Token.Select(path => Token with { Method = "POST", Path = path, IsLimited = !profile.IsAthena }),
        new VendorRoute("GET authorize", "GET", profile.Authorize, request => request.Vendor.Tokens.Authorize(request)) { IsLimited = false },
        .. profile.Rest is { } rest ? RestRoutes.Of(profile, rest) : [],
        .. FhirRoutes.Of(profile),
        .. BulkRoutes.Of(profile),
        .. EventRoutes.Of(profile),
    ];

    /// <summary>It is on the other host too.</summary>
    public static bool IsFile(VendorRoute route) => route.Name == "GET file";
}
