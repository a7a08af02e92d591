using InterfaceEngine.Sandbox.Vendors.OAuth;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>FHIR's calls.</summary>
internal static class FhirRoutes
{
    private const string Tenant = "Organization/a-1.Practice-";

    public static IEnumerable<VendorRoute> Of(VendorProfile profile) =>
        BasesOf(profile).SelectMany(root => Below(profile, root));

    /// <summary>Where FHIR is, with the practice as a part of the address where it is one.</summary>
    public static IEnumerable<string> BasesOf(VendorProfile profile)
    {
        yield return profile.Fhir.Replace("{}", "{practice}", StringComparison.Ordinal);
        if (profile is { IsAthena: true, IsGuide: true })
        {
            yield return "/fhir/v1";
        }
    }

    /// <summary>What a token needs, by what is done with which type.</summary>
    public static Func<VendorRequest, TokenNeed> Needs(string type, Func<IReadOnlyList<string>, string, bool> allows) => request =>
        new(scopes => IsMet(request.Vendor.Profile, scopes, type, allows), (status, reason) => FhirAnswers.Outcome(status, status == 401 ? "login" : "forbidden", reason));

    /// <summary>The practice that a call is about: of the address, of the search, of the id; null where it can't be told.</summary>
    public static VendorPractice? PracticeOf(VendorRequest request)
    {
        var practices = request.Vendor.Practices;
        if (request.Vendor.Profile.Fhir.Contains("{}", StringComparison.Ordinal))
        {
            return practices.GetValueOrDefault(request.Part("practice"));
        }

        if (request.Vendor.Profile is not { IsAthena: true, IsGuide: false })
        {
            return practices.Values.First();
        }

        var tenant = request.Query["ah-practice"].ToString();
        var id = request.TryPart("id") ?? "";
        return tenant.StartsWith(Tenant, StringComparison.Ordinal) ? practices.GetValueOrDefault(tenant[Tenant.Length..])
            : id.StartsWith("a-1.", StringComparison.Ordinal) ? practices.Values.FirstOrDefault(practice => id.EndsWith($"-{practice.House.Id}", StringComparison.Ordinal))
            : id.StartsWith("a-", StringComparison.Ordinal) ? practices.GetValueOrDefault(id[2..].Split('.')[0])
            : null;
    }

    private static IEnumerable<VendorRoute> Below(VendorProfile profile, string root)
    {
        yield return new VendorRoute("GET metadata", "GET", $"{root}/metadata", request => FhirAnswers.Json(FhirStatements.Capabilities(request.Vendor)));
        yield return new VendorRoute("GET smart-configuration", "GET", $"{root}/.well-known/smart-configuration", request => VendorAnswer.Json(FhirStatements.Smart(request.Vendor)));
        foreach (var type in FhirTypes.Of(profile))
        {
            yield return new VendorRoute($"GET {type}", "GET", $"{root}/{type}", request => With(request, type, FhirSearch.Answer)) { Needs = Needs(type, TokenScopes.Searches) };
            yield return new VendorRoute($"GET {type}/{{id}}", "GET", $"{root}/{type}/{{id}}", request => With(request, type, Read)) { Needs = Needs(type, TokenScopes.Reads) };
            if (FhirTypes.IsWritten(profile, type))
            {
                yield return new VendorRoute($"POST {type}", "POST", $"{root}/{type}", request => With(request, type, FhirWriting.Create)) { Needs = Needs(type, TokenScopes.Writes) };
                yield return new VendorRoute($"PUT {type}/{{id}}", "PUT", $"{root}/{type}/{{id}}", request => With(request, type, FhirWriting.Update)) { Needs = Needs(type, TokenScopes.Writes) };
            }
        }

        yield return new VendorRoute("GET Binary/{id}", "GET", $"{root}/Binary/{{id}}", request => With(request, "Binary", File)) { Needs = Needs("Binary", (_, _) => true) };
        yield return new VendorRoute("unknown type", "GET", $"{root}/{{type}}", request => FhirAnswers.Outcome(404, "not-supported", $"{request.Part("type")} is not supported."));
    }

    private static VendorAnswer With(VendorRequest request, string type, Func<FhirRequest, VendorAnswer> handle) => PracticeOf(request) is { } practice
        ? handle(new FhirRequest(request, practice, type))
        : request.TryPart("id") is not null ? NotFound(type)
        : FhirAnswers.Outcome(400, "required", "We could not determine what practice this request is for: ah-practice is required.");

    private static VendorAnswer Read(FhirRequest request) =>
        (FhirHouse.Find(request, request.Call.Part("id")) ?? request.Chart.Find(request.Type, request.Call.Part("id"))) is { } found ? FhirAnswers.One(found) : NotFound(request.Type);

    private static VendorAnswer File(FhirRequest request) => request.Chart.File(request.Call.Part("id")) is { } bytes
        ? new VendorAnswer(200) { Body = bytes, ContentType = "application/pdf" }
        : NotFound("Binary");

    private static VendorAnswer NotFound(string type) => FhirAnswers.Outcome(404, "not-found", $"{type}: there is none of this id.");

    /// <summary>The guides ask for tokens without saying what for: such a one is for everything, and one that was asked for by scopes is for those. eClinicalWorks keeps tokens for exports apart from those for single patients.</summary>
    private static bool IsMet(VendorProfile profile, IReadOnlyList<string> scopes, string type, Func<IReadOnlyList<string>, string, bool> allows)
    {
        if (profile.IsGuide)
        {
            return scopes.Count == 0 || type is "Group" or "Binary" || allows(scopes, type);
        }

        var isForExports = TokenScopes.Reads(scopes, "Group") && !scopes.Any(scope => scope.Contains('*', StringComparison.Ordinal));
        return allows(scopes, type) && (profile.IsAthena || type is "Group" or "Binary" || !isForExports);
    }
}
