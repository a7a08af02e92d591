using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Api;

/// <summary>Looking for patients: at the vendor, or among our own records.</summary>
internal static class PatientEndpoints
{
    private const string Vendor = "vendor";
    private const string Store = "store";
    private const int Shown = 20;
    private const int ShownMax = 100;

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("GET", "/api/patients/search", Roles.Readers, ApiScope.OnePractice, "Looks patients up: at the vendor (nothing is stored), or among our own records by name and birth date together.", SearchAsync)
        {
            Group = "Patients",
            Parameters =
            [
                ApiParameter.Query("source", "Where: vendor, which is the default, or store.") with { Choices = [Vendor, Store] },
                AppointmentEndpoints.Connection, RecordEndpoints.Practice,
                ApiParameter.Query("firstname", "First name."),
                ApiParameter.Query("lastname", "Last name."),
                ApiParameter.Query("dob", "Birth date, YYYY-MM-DD or MM/DD/YYYY."),
                ApiParameter.Query("phone", "Telephone number; at the vendor alone."),
                ApiParameter.Query("email", "E-mail address; at the vendor alone."),
                ApiParameter.Query("zip", "Postal code; at the vendor alone."),
                ApiParameter.Query("number", "The vendor's number of the patient; at the vendor alone."),
                ApiParameter.Number("limit", $"The most that are given, 1 to {ShownMax}; {Shown} when it is not said."),
            ],
            Result = ApiJson.Camel.PatientsResult,
            ResultExample = """{"source":"vendor","patients":[{"id":"31001","firstName":"Ada","lastName":"Sample","birthDate":"1980-05-15","sex":"F"}],"hasMore":false}""",
        },
    ];

    private static Task SearchAsync(ApiCall call) => call.Query("source") switch
    {
        null or Vendor => AtVendorAsync(call),
        Store => InStoreAsync(call),
        _ => throw ApiException.BadRequest($"source is neither {Vendor} nor {Store}."),
    };

    private static async Task AtVendorAsync(ApiCall call)
    {
        if (call.Parts.Connections.Count == 0)
        {
            throw ApiException.NotFound($"There is no connection to a vendor; source={Store} looks among our own records.");
        }

        var request = new EhrPatientsRequest(call.OneConnection(call.Query("connection")).Id)
        {
            Actor = call.Actor,
            Practices = call.Practices,
            FirstName = call.Query("firstname"),
            LastName = call.Query("lastname"),
            BirthDate = call.Query("dob"),
            Phone = call.Query("phone"),
            Email = call.Query("email"),
            PostalCode = call.Query("zip"),
            Number = call.Query("number"),
            Limit = (int)call.Number("limit", Shown, 1, ShownMax),
        };
        if (request is { FirstName: null, LastName: null, BirthDate: null, Phone: null, Email: null, Number: null })
        {
            throw ApiException.BadRequest("Say whom to look for: lastname, firstname, dob, phone, email or number.");
        }

        var answer = await call.AskAsync(request);
        await call.AnswerAsync(new PatientsResult(Vendor, answer.Patients, answer.HasMore), ApiJson.Camel.PatientsResult);
    }

    private static async Task InStoreAsync(ApiCall call)
    {
        if (call.Query("lastname") is not { } last || call.Query("firstname") is not { } first || call.Query("dob") is not { } born)
        {
            throw ApiException.BadRequest("Among our own records patients are found by lastname, firstname and dob together: names are stored as keyed hashes.");
        }

        var limit = (int)call.Number("limit", Shown, 1, ShownMax);
        var question = new RecordQuestion(call.OnePractice(call.Query("practice")), RecordDefinition.Patient, call.Actor);
        var (found, hasMore) = await call.Parts.Records.PersonsAsync(question, last, first, Day(born), limit, call.Aborted);
        await call.AnswerAsync(new PatientsResult(Store, [.. found.Select(View)], hasMore), ApiJson.Camel.PatientsResult);
    }

    private static string Day(string text) => DateOnly.TryParseExact(text, ["yyyy-MM-dd", "MM/dd/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : throw ApiException.BadRequest("dob is not a day such as 1980-05-15 or 05/15/1980.");

    private static EhrPatientView View(StoredRecord patient) => new(RecordJson.Readable(patient.ExternalId), patient["first_name"], patient["last_name"], patient["date_of_birth"], patient["gender"])
    {
        Phone = patient["phone_mobile"] ?? patient["phone_home"],
        Email = patient["email"],
    };
}

/// <param name="Source"><c>vendor</c> or <c>store</c>.</param>
/// <param name="HasMore">There are more.</param>
internal sealed record PatientsResult(string Source, IReadOnlyList<EhrPatientView> Patients, bool HasMore);
