using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api;

/// <summary>Patients: looked for at the vendor or among our own records, and registered and changed on our side, of which the practice's destinations are told.</summary>
internal static class PatientEndpoints
{
    private const string Vendor = "vendor";
    private const string Store = "store";
    private const int Shown = 20;
    private const int ShownMax = 100;

    private const string ResultExample = """
        {"id":"01KDRX5Q0G00A","event":"ADT^A28","isRepeat":false,"aliases":[{"system":"Practice Studio","value":"01KDRX5Q0G00A"}],"changes":[{"name":"last_name","after":"Sample"}],"deliveries":[{"destination":"athena-api","event":"registered","id":"01KDRX5Q0G00B"}]}
        """;

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
        new("POST", "/api/patients", Roles.Writers, ApiScope.OnePractice, "Registers a patient. Who got no answer registers again with the same Idempotency-Key and body, and is answered with the patient who is there.", CreateAsync)
        {
            Group = "Patients",
            Status = StatusCodes.Status201Created,
            FurtherStatuses = [(StatusCodes.Status200OK, "Registered by this key before: the patient as it is now. Nothing was changed or sent.")],
            Parameters = [RecordEndpoints.Practice, ApiCall.IdempotencyKey("patient", "intake-2026-11-27-0815")],
            Body = ApiJson.Camel.PatientBody,
            BodyExample = """{"fields":{"last_name":"Sample","first_name":"Ada","date_of_birth":"1980-05-15","gender":"female","phone_mobile":"(217) 555-0101","address.line1":"456 Oak Ave","address.city":"Springfield","address.state":"IL","address.postal_code":"62702"},"location":"1"}""",
            Result = ApiJson.Camel.PatientResult,
            ResultExample = ResultExample.Trim(),
        },
        new("PUT", "/api/patients/{id}", Roles.Writers, ApiScope.OnePractice, "Changes a patient; what is not said stays as it is, null or an empty text clears.", ChangeAsync)
        {
            Group = "Patients",
            Parameters = [ApiParameter.Path("id", "The vendor's number of the patient, or our id."), RecordEndpoints.Practice, ApiCall.IfMatch],
            Body = ApiJson.Camel.PatientChangeBody,
            BodyExample = """{"fields":{"phone_mobile":"(217) 555-0199","email":null},"because":"the patient has a new number"}""",
            Result = ApiJson.Camel.PatientResult,
            ResultExample = ResultExample.Trim(),
        },
    ];

    private static async Task CreateAsync(ApiCall call)
    {
        var key = call.RequiredKey("patient");
        var body = await call.BodyAsync(ApiJson.Camel.PatientBody);
        var made = await call.AskAsync(Said(call, body, new CreatePatientRequest(call.OnePractice(body.Practice ?? call.Query("practice"))) { Actor = call.Actor, Key = key }));
        call.Http.Response.Headers.Location = $"/api/records/patient/{made.Record}";
        await AnswerAsync(call, made, made.IsRepeat ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task ChangeAsync(ApiCall call)
    {
        var body = await call.BodyAsync(ApiJson.Camel.PatientChangeBody);
        var request = new ChangePatientRequest(call.OnePractice(call.Query("practice")), call.Route("id")) { Actor = call.Actor, Number = body.Number, Seen = call.Seen() };
        await AnswerAsync(call, await call.AskAsync(Said(call, body, request)));
    }

    /// <summary>The request with what was said of the patient.</summary>
    private static T Said<T>(ApiCall call, PersonBody body, T request)
        where T : PatientRequest => (T)(request with
        {
            Reason = body.Because ?? call.Because,
            Fields = body.Fields ?? [],
            Location = body.Location,
            IsAnother = body.IsAnother,
            Destination = body.Destination,
        });

    private static Task AnswerAsync(ApiCall call, PatientAnswer made, int status = StatusCodes.Status200OK) =>
        call.AnswerAsync(new PatientResult(made.Record, made.Event, made.IsRepeat, made.Aliases, made.Changes, made.Deliveries), ApiJson.Camel.PatientResult, status);

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

/// <summary>What is said of a patient.</summary>
internal abstract record PersonBody
{
    /// <summary>By the names of the practice's table.</summary>
    public IReadOnlyList<SaidField>? Fields { get; init; }

    /// <summary>Where a patient who is new to the vendor is registered: our name of the location or the vendor's number. Left out, the connection's own department.</summary>
    public string? Location { get; init; }

    /// <summary>The patient is another person than those of the same name and birth date.</summary>
    public bool IsAnother { get; init; }

    /// <summary>Tell only this destination; left out, all of the practice's that take patients are told.</summary>
    public string? Destination { get; init; }

    /// <summary>Why it is wanted: kept in the audit.</summary>
    public string? Because { get; init; }
}

/// <summary>A patient who is to be registered.</summary>
internal sealed record PatientBody : PersonBody
{
    /// <summary>Whose; may be left out where the key speaks of one practice alone.</summary>
    public string? Practice { get; init; }
}

/// <summary>What is to be changed of a patient.</summary>
internal sealed record PatientChangeBody : PersonBody
{
    /// <summary>The number that the patient has at the vendor, where somebody has looked.</summary>
    public string? Number { get; init; }
}

/// <summary>A patient who is on disk, with what tells of it.</summary>
/// <param name="Id">Our id of the patient.</param>
/// <param name="Event">The event that tells of it.</param>
/// <param name="IsRepeat">Registered with this key before: nothing was changed or sent.</param>
/// <param name="Aliases">The numbers that the patient is known by.</param>
/// <param name="Deliveries">One for each destination that takes patients.</param>
internal sealed record PatientResult(
    string Id, string Event, bool IsRepeat, IReadOnlyList<AliasView> Aliases, IReadOnlyList<FieldChangeView> Changes, IReadOnlyList<QueuedDelivery> Deliveries);
