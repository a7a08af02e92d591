using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>The practice itself: departments, providers, and the lists that others refer to.</summary>
internal static class PracticeCalls
{
    private const int LimitByDefault = 1_500;
    private const int LimitMax = 5_000;
    private static readonly string[] _reasonPaths = ["", "/newpatient", "/existingpatient"];

    public static IEnumerable<RestCall> All(VendorProfile profile) =>
    [
        new("GET", "/ping", request => request.Json(new JsonObject { ["pong"] = "true" })),
        new("GET", "/practiceinfo", request => request.Page("practiceinfo", [new JsonObject { ["practiceid"] = request.Practice.House.Id, ["name"] = request.Practice.House.Name }], LimitByDefault, LimitMax)),
        new("GET", "/departments", request => request.Page("departments", [.. request.Practice.House.Departments.Select(one => Row(one, request.Practice.Now.Year))], LimitByDefault, LimitMax)),
        new("GET", "/departments/{departmentid}", request => Of(request, request.Practice.Department(request.Part("departmentid")), "department", one => Row(one, request.Practice.Now.Year))),
        new("GET", "/providers", request => request.Page("providers", [.. request.Practice.House.Providers.Select(Row)], LimitByDefault, LimitMax)),
        new("GET", "/providers/{providerid}", request => Of(request, request.Practice.Provider(request.Part("providerid")), "provider", Row)),
        new("GET", "/appointmenttypes", request => request.Page("appointmenttypes", [.. request.Practice.House.Bookable.Select(Row)], LimitByDefault, LimitMax)),
        new("GET", "/appointmentcancelreasons", request => request.Page("appointmentcancelreasons", [.. VisitReasons.OfCancelling.Select(one => new JsonObject { ["reasonid"] = one.Code, ["name"] = one.Text, ["noshow"] = one.IsNoShow, ["slotavailable"] = true })], LimitByDefault, LimitMax)),
        new("GET", "/languages", request => request.Json(List([("English", "eng"), ("Spanish", "spa"), ("Polish", "pol")], "name", "iso6392code"))),
        new("GET", "/races", request => request.Json(List([("White", "2106-3"), ("Black or African American", "2054-5"), ("Asian", "2028-9"), ("Other Race", "2131-1")], "name", "raceid"))),
        new("GET", "/ethnicities", request => request.Json(List([("Hispanic or Latino", "2135-2"), ("Not Hispanic or Latino", "2186-5")], "name", "ethnicityid"))),
        .. _reasonPaths.Select(path => new RestCall("GET", "/patientappointmentreasons" + path, Reasons)),
        .. profile.IsGuide ? [new RestCall("GET", "/dictionaries", Dictionary)] : Array.Empty<RestCall>(),
    ];

    private static VendorAnswer Reasons(RestRequest request) =>
        request.Missing("departmentid", "providerid") is { Count: > 0 } missing
            ? RestErrors.Missing(missing)
            : request.Page("patientappointmentreasons", [.. VisitReasons.OfVisits.Select(one => new JsonObject { ["reasonid"] = one.Code, ["reason"] = one.Text, ["reasontype"] = "all", ["schedulinghoursahead"] = "1" })], LimitByDefault, LimitMax);

    /// <summary>The guides' one call for all lists.</summary>
    private static VendorAnswer Dictionary(RestRequest request) => request["name"] switch
    {
        "languages" => request.Json(List([("English", "eng"), ("Spanish", "spa"), ("Polish", "pol")], "name", "iso6392code")),
        "appointmenttypes" => request.Json(new JsonArray([.. request.Practice.House.Bookable.Select(Row)])),
        "" => RestErrors.Missing("name"),
        _ => RestErrors.NotFound("dictionary"),
    };

    private static VendorAnswer Of<T>(RestRequest request, T? found, string what, Func<T, JsonObject> row) where T : class =>
        found is null ? RestErrors.NotFound(what) : request.One(row(found));

    private static JsonObject Row(Department department, int year)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(department.Zone);
        var isSameAllYear = zone.GetUtcOffset(new DateTime(year, 1, 1)) == zone.GetUtcOffset(new DateTime(year, 7, 1));
        return new JsonObject
        {
            ["departmentid"] = department.Id,
            ["name"] = department.Name,
            ["patientdepartmentname"] = department.Name,
            ["address"] = "100 MAIN ST",
            ["city"] = "SPRINGFIELD",
            ["state"] = "IL",
            ["zip"] = "62701",
            ["phone"] = "2175550100",
            ["timezonename"] = department.Zone,
            ["timezone"] = (int)zone.BaseUtcOffset.TotalHours,
            ["timezoneoffset"] = ((int)zone.BaseUtcOffset.TotalHours).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["doesnotobservedst"] = isSameAllYear,
            ["providergroupid"] = "1",
            ["chartsharinggroupid"] = "1",
            ["placeofservicetypeid"] = "11",
            ["servicedepartment"] = true,
        };
    }

    private static JsonObject Row(Provider provider) => new()
    {
        ["providerid"] = provider.Id,
        ["firstname"] = provider.FirstName,
        ["lastname"] = provider.LastName,
        ["displayname"] = $"{provider.FirstName} {provider.LastName}, MD",
        ["schedulingname"] = $"{provider.LastName}_{provider.FirstName}",
        ["npi"] = provider.Npi,
        ["specialty"] = "Family Medicine",
        ["specialtyid"] = "008",
        ["providertype"] = "MD",
        ["providertypeid"] = "MD",
        ["providerusername"] = provider.UserName,
        ["entitytype"] = "Person",
        ["billable"] = true,
        ["hideinportal"] = false,
    };

    private static JsonObject Row(VisitType type) => new()
    {
        ["appointmenttypeid"] = type.Number,
        ["name"] = type.Name,
        ["shortname"] = type.Code,
        ["duration"] = type.Minutes,
        ["patient"] = true,
        ["generic"] = false,
        ["templatetypeonly"] = false,
    };

    private static JsonArray List(IEnumerable<(string Name, string Code)> rows, string name, string code) =>
        new([.. rows.Select(one => new JsonObject { [name] = one.Name, [code] = one.Code })]);
}
