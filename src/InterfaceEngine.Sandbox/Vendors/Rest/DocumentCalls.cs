using System.Globalization;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>Documents of patients: listed, read page by page, and filed.</summary>
internal static class DocumentCalls
{
    private const string List = "/patients/{patientid}/documents";
    private const int LimitByDefault = 1_000;
    private const int LimitMax = 10_000;
    private const int AttachmentBytesMax = 20_000_000;
    private static readonly string[] _classes = ["admin", "clinicaldocument", "labresult", "imagingresult", "prescription", "order", "encounterdocument", "patientcase", "interpretation", "phonemessage", "letter"];

    public static IEnumerable<RestCall> All(VendorProfile profile) =>
    [
        new("GET", List, request => PatientCalls.Of(request, patient => request.Page("documents", Rows(request, patient, request["documentclass"]), LimitByDefault, LimitMax))),
        new("GET", $"{List}/{{class}}", request => OfClass(request, patient => request.Page("documents", Rows(request, patient, request.Part("class")), LimitByDefault, LimitMax))),
        new("POST", $"{List}/{{class}}", File),
        new("GET", $"{List}/{{class}}/{{documentid}}", request => Of(request, (document, row) => request.One(row))),
        new("GET", $"{List}/{{class}}/{{documentid}}/pages/{{page}}", request => Of(request, (document, _) => new VendorAnswer(200) { Body = document.Content, ContentType = document.ContentType })),
        new("DELETE", $"{List}/{{class}}/{{documentid}}", request => Of(request, (document, _) =>
        {
            document.Status = "DELETED";
            return request.Json(new JsonObject { ["success"] = true });
        })),
        .. profile.IsGuide ? [new RestCall("GET", "/documents", Guide)] : Array.Empty<RestCall>(),
    ];

    private static VendorAnswer Guide(RestRequest request) =>
        request.Missing("patientid") is { Count: > 0 } missing ? RestErrors.Missing(missing)
        : request.Practice.Patient(request["patientid"]) is { MergedInto: null } patient ? request.Page("documents", Rows(request, patient, request["documentclass"]), LimitByDefault, LimitMax)
        : RestErrors.NotFound("patient");

    private static VendorAnswer OfClass(RestRequest request, Func<VendorPatient, VendorAnswer> handle) =>
        _classes.Contains(request.Part("class")) ? PatientCalls.Of(request, handle) : RestErrors.NotFound("document class");

    private static VendorAnswer Of(RestRequest request, Func<VendorDocument, JsonObject, VendorAnswer> handle) => OfClass(request, patient =>
        request.Practice.DocumentsOf(patient).FirstOrDefault(one => one.Id == request.Part("documentid") && IsOf(one, request.Part("class"))) is { } found
            ? handle(found, Row(request, patient, found))
            : RestErrors.NotFound("document"));

    private static VendorAnswer File(RestRequest request) => OfClass(request, patient =>
    {
        if (request.Missing("departmentid", "documentsubclass") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        var bytes = new byte[request["attachmentcontents"].Length];
        if (!Convert.TryFromBase64String(request["attachmentcontents"], bytes, out var count))
        {
            return RestErrors.Wrong("base64", "attachmentcontents");
        }

        if (count > AttachmentBytesMax)
        {
            return RestErrors.Failed(400, "The attachment is too large.");
        }

        var filed = new VendorDocument
        {
            Id = request.Practice.NewDocumentNumber(),
            Class = request.Part("class").ToUpperInvariant(),
            Subclass = request["documentsubclass"],
            Description = request["internalnote"],
            Provider = request["providerid"],
            Created = request.Practice.Now,
            Content = bytes[..count],
            ContentType = request["attachmenttype"] is "PDF" or "" ? "application/pdf" : "application/octet-stream",
        };
        request.Practice.DocumentsOf(patient).Add(filed);
        request.Practice.Tell("documents", "AddDocument", filed.Id, patient.Person.Id, request["departmentid"]);
        return request.Json(new JsonObject { ["documentid"] = filed.Id });
    });

    private static List<JsonObject> Rows(RestRequest request, VendorPatient patient, string documentClass) =>
        [.. request.Practice.DocumentsOf(patient).Where(one => one.Status != "DELETED" && (documentClass.Length == 0 || IsOf(one, documentClass))).Select(one => Row(request, patient, one))];

    private static bool IsOf(VendorDocument document, string documentClass) => string.Equals(document.Class, documentClass, StringComparison.OrdinalIgnoreCase);

    private static JsonObject Row(RestRequest request, VendorPatient patient, VendorDocument document) => new()
    {
        ["documentid"] = document.Id,
        ["patientid"] = patient.Person.Id,
        ["departmentid"] = patient.Department,
        ["documentclass"] = document.Class,
        ["documentsubclass"] = document.Subclass,
        ["documentdescription"] = document.Description,
        ["documenttypeid"] = "0",
        ["documentroute"] = "UPLOAD",
        ["documentsource"] = "UPLOAD",
        ["providerid"] = document.Provider,
        ["status"] = document.Status,
        ["priority"] = "2",
        ["createddatetime"] = RestText.Iso(document.Created),
        ["createddate"] = RestText.Date(DateOnly.FromDateTime(document.Created.UtcDateTime)),
        ["pages"] = new JsonArray(new JsonObject
        {
            ["pageid"] = document.Id,
            ["pageordering"] = 1,
            ["contenttype"] = document.ContentType,
            ["href"] = string.Create(CultureInfo.InvariantCulture, $"{request.Call.Vendor.Profile.Rest}/{request.Practice.House.Id}/patients/{patient.Person.Id}/documents/{document.Class.ToLowerInvariant()}/{document.Id}/pages/1"),
        }),
    };
}
