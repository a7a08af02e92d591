using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>Searches: what must be asked, what fits, and one page of it.</summary>
internal static class FhirSearch
{
    /// <summary>So many are on a page, however many are asked for.</summary>
    public const int PageMax = 25;

    private static readonly string[][] _patientCombinations = [["_id"], ["identifier"], ["name"], ["family", "birthdate"], ["family", "gender"], ["family", "given"]];

    public static VendorAnswer Answer(FhirRequest request)
    {
        if (Refuse(request) is { } refused)
        {
            return refused;
        }

        var found = Found(request).Where(resource => Fits(request, resource)).ToList();
        var size = int.TryParse(request["_count"], out var asked) && asked > 0 ? Math.Min(asked, PageMax) : PageMax;
        var page = found.Skip(request.Skipped).Take(size).ToList();
        var links = new JsonArray(Link("self", request.Call.Vendor.Address + request.Call.Path + request.Call.QueryText));
        if (request.Skipped + size < found.Count)
        {
            links.Add(Link("next", Next(request, request.Skipped + size)));
        }

        return FhirAnswers.Json(new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "searchset",
            ["total"] = found.Count,
            ["link"] = links,
            ["entry"] = new JsonArray([.. page.Select(resource => new JsonObject
            {
                ["fullUrl"] = $"{request.Base}/{resource.Type}/{resource.Id}",
                ["resource"] = resource.Body,
                ["search"] = new JsonObject { ["mode"] = "match" },
            })]),
        });
    }

    /// <summary>The vendor's own rules of what may be asked; null where it may.</summary>
    private static VendorAnswer? Refuse(FhirRequest request)
    {
        var profile = request.Profile;
        if (profile.IsGuide || request.Has("_id"))
        {
            return null;
        }

        switch (request.Type)
        {
            case "Patient":
                return !profile.IsAthena || _patientCombinations.Any(combination => combination.All(request.Has)) ? null
                    : Forbidden($"One of these combinations is required: {string.Join("; ", _patientCombinations.Select(combination => string.Join(" + ", combination)))}.");
            case "Appointment" or "Practitioner" or "PractitionerRole" or "Organization" or "Location":
                return profile.IsAthena ? Forbidden("_id is required.") : null;
            default:
                return request.PatientNumber is null ? Forbidden("One of these is required: patient; _id.") : null;
        }
    }

    private static VendorAnswer Forbidden(string text) => FhirAnswers.Outcome(403, "forbidden", text);

    private static IEnumerable<FhirResource> Found(FhirRequest request)
    {
        if (request.Has("_id"))
        {
            return request["_id"].Split(',').Select(id => FhirHouse.Find(request, id) ?? request.Chart.Find(request.Type, id)).OfType<FhirResource>();
        }

        return request.PatientNumber is { } number
            ? request.Practice.Patient(number) is { MergedInto: null } patient ? request.Chart.Of(request.Type, patient) : []
            : FhirHouse.All(request) ?? request.Chart.Of(request.Type);
    }

    private static bool Fits(FhirRequest request, FhirResource resource) =>
        FitsPatient(request, resource) && FitsCodes(request, resource) && FitsTime(request["_lastUpdated"], resource.Updated) && DateOf(request, resource) is var date
        && (!request.Has("date") || (date is { } at && request.Call.Query["date"].All(bound => FitsTime(bound ?? "", at))))
        && (!request.Has("status") || request["status"].Split(',').Contains((string?)resource.Body["status"]))
        && FhirSchedule.Fits(request, resource)
        && (!request.Has("identifier") || request.Type == "Patient" || FhirWriting.IsCalled(resource, request["identifier"]))
        && (!request.Has("encounter") || ((string?)resource.Body["encounter"]?["reference"])?.EndsWith(request["encounter"].Split('/')[^1], StringComparison.Ordinal) == true);

    private static bool FitsPatient(FhirRequest request, FhirResource resource)
    {
        if (request.Type != "Patient")
        {
            return true;
        }

        var names = resource.Body["name"]!.AsArray();
        bool Name(string parameter, params string[] elements) => !request.Has(parameter)
            || names.SelectMany(name => elements.SelectMany(element => Texts(name![element]))).Any(text => text.StartsWith(request[parameter], StringComparison.OrdinalIgnoreCase));
        bool Telecom(string system, string parameter) => !request.Has(parameter)
            || resource.Body["telecom"]?.AsArray().Any(one => (string?)one!["system"] == system && ((string?)one["value"])?.Equals(request[parameter], StringComparison.OrdinalIgnoreCase) == true) == true;
        return Telecom("phone", "phone") && Telecom("email", "email")
            && (!request.Has("address-postalcode") || ((string?)resource.Body["address"]?[0]?["postalCode"])?.StartsWith(request["address-postalcode"], StringComparison.Ordinal) == true)
            && Name("name", "family", "given") && Name("family", "family") && Name("given", "given")
            && (!request.Has("birthdate") || (string?)resource.Body["birthDate"] == request["birthdate"]) && (!request.Has("gender") || (string?)resource.Body["gender"] == request["gender"])
            && (!request.Has("identifier") || FhirWriting.IsCalled(resource, request["identifier"]));
    }

    private static bool FitsCodes(FhirRequest request, FhirResource resource)
    {
        bool Code(string name) => !request.Has(name) || request[name].Split(',').Select(code => code.Split('|')[^1]).Any(code => CodesOf(resource.Body[name]).Contains(code, StringComparer.OrdinalIgnoreCase));
        return Code("category") && Code("code");
    }

    private static IEnumerable<string> CodesOf(JsonNode? concept) => concept switch
    {
        JsonArray several => several.SelectMany(CodesOf),
        JsonObject one => one["coding"]?.AsArray().Select(coding => (string?)coding!["code"] ?? "") ?? [],
        JsonValue text => [text.ToString()],
        _ => [],
    };

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonArray several => several.Select(one => one!.ToString()),
        JsonValue one => [one.ToString()],
        _ => [],
    };

    private static DateTimeOffset? DateOf(FhirRequest request, FhirResource resource)
    {
        var body = resource.Body;
        var text = (string?)(body["effectiveDateTime"] ?? body["start"] ?? body["period"]?["start"] ?? body["date"] ?? body["occurrenceDateTime"] ?? body["performedDateTime"] ?? body["sent"] ?? body["authoredOn"]);
        return text is not null && request.Has("date") ? Parse(text) : null;
    }

    /// <summary>With a prefix: <c>ge gt le lt</c>, none for the same.</summary>
    internal static bool FitsTime(string bound, DateTimeOffset at)
    {
        if (bound.Length == 0)
        {
            return true;
        }

        var (prefix, text) = char.IsAsciiLetter(bound[0]) ? (bound[..2], bound[2..]) : ("eq", bound);
        var start = Parse(text);
        var end = text.Length == 10 ? start.AddDays(1) : start.AddSeconds(1);
        return prefix switch { "ge" => at >= start, "gt" => at >= end, "le" => at < end, "lt" => at < start, _ => at >= start && at < end };
    }

    internal static DateTimeOffset Parse(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : DateTimeOffset.MinValue;

    private static JsonObject Link(string relation, string address) => new() { ["relation"] = relation, ["url"] = address };

    private static string Next(FhirRequest request, int skipped)
    {
        var query = request.Call.Query.Where(one => one.Key != "cursor").SelectMany(one => one.Value.Select(value => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(value ?? "")}"));
        return $"{request.Call.Vendor.Address}{request.Call.Path}?{string.Join('&', [.. query, $"cursor=c{skipped.ToString("x8", CultureInfo.InvariantCulture)}"])}";
    }
}
