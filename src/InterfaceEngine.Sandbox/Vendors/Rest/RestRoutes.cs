namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>athenaNet's calls.</summary>
internal static class RestRoutes
{
    public static IEnumerable<VendorRoute> Of(VendorProfile profile, string rest) =>
        PracticeCalls.All(profile).Concat(PatientCalls.All(profile)).Concat(AppointmentCalls.All(profile)).Concat(FrontDeskCalls.All)
            .Concat(ChartCalls.All).Concat(InsuranceCalls.All).Concat(CustomFieldCalls.All).Concat(DocumentCalls.All(profile)).Concat(ChangedCalls.All)
            .Select(call => new VendorRoute($"{call.Method} {call.Path}", call.Method, $"{rest}/{{practice}}{call.Path}", request => Answer(request, call)) { Needs = NeedOf });

    private static VendorAnswer Answer(VendorRequest request, RestCall call)
    {
        if (!request.Vendor.Practices.TryGetValue(request.Part("practice"), out var practice))
        {
            return RestErrors.Failed(403, "You do not have access to this practice.");
        }

        // What it can't read is not there for it.
        if (request.IsBodyForeign && call.Method != "GET")
        {
            return RestErrors.Failed(400, "The data provided is invalid.", "The body is to be application/x-www-form-urlencoded.");
        }

        return call.Handle(new RestRequest(request, practice));
    }

    private static TokenNeed NeedOf(VendorRequest request) =>
        new(scopes => request.Vendor.Profile.IsGuide || scopes.Contains(VendorProfile.AthenaScope), (status, reason) => RestErrors.Failed(status, status == 401 ? "Invalid access token." : "Forbidden.", reason));
}

/// <param name="Path">Below the practice, with placeholders.</param>
internal sealed record RestCall(string Method, string Path, Func<RestRequest, VendorAnswer> Handle);
