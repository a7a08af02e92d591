using InterfaceEngine.Sandbox.Vendors.Fhir;
using InterfaceEngine.Sandbox.Vendors.OAuth;

namespace InterfaceEngine.Sandbox.Vendors.Events;

/// <summary>The calls about subscriptions. eClinicalWorks has none but as its guide would.</summary>
internal static class EventRoutes
{
    private const string Subscription = "Subscription";

    public static IEnumerable<VendorRoute> Of(VendorProfile profile) =>
        profile.IsAthena || profile.IsGuide ? FhirRoutes.BasesOf(profile).SelectMany(root => Below(profile, root)) : [];

    private static IEnumerable<VendorRoute> Below(VendorProfile profile, string root)
    {
        var (reads, writes) = (FhirRoutes.Needs(Subscription, TokenScopes.Reads), FhirRoutes.Needs(Subscription, TokenScopes.Writes));
        var one = $"{root}/{Subscription}/{{id}}";
        yield return new VendorRoute("GET SubscriptionTopic", "GET", $"{root}/SubscriptionTopic", request => With(request, EventDesk.Topics)) { Needs = FhirRoutes.Needs("SubscriptionTopic", TokenScopes.Reads) };
        yield return new VendorRoute("GET Subscription", "GET", $"{root}/{Subscription}", request => With(request, request.Vendor.Events.List)) { Needs = reads };
        yield return new VendorRoute("POST Subscription", "POST", $"{root}/{Subscription}", request => request.Vendor.Events.Create(request)) { Needs = writes };
        yield return new VendorRoute("GET Subscription/{id}", "GET", one, request => request.Vendor.Events.Read(request)) { Needs = reads };
        yield return new VendorRoute("DELETE Subscription/{id}", "DELETE", one, request => request.Vendor.Events.Delete(request)) { Needs = writes };
        if (profile.IsGuide)
        {
            yield return new VendorRoute("PUT Subscription/{id}", "PUT", one, request => request.Vendor.Events.Update(request)) { Needs = writes };
            yield return new VendorRoute("GET Subscription/{id}/$status", "GET", $"{one}/$status", request => request.Vendor.Events.Status(request)) { Needs = reads };
            yield return new VendorRoute("GET Subscription/{id}/$events", "GET", $"{one}/$events", request => request.Vendor.Events.Events(request)) { Needs = reads };
        }
    }

    private static VendorAnswer With(VendorRequest request, Func<FhirRequest, VendorAnswer> handle) =>
        handle(new FhirRequest(request, FhirRoutes.PracticeOf(request) ?? request.Vendor.Practices.Values.First(), Subscription));
}
