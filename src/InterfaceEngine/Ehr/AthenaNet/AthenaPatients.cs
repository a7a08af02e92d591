using System.Globalization;
using System.Text.Json;
using NodaTime;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>Patients of athenaNet: searched, matched, read, created and changed.</summary>
internal sealed class AthenaPatients(AthenaNetClient client)
{
    private const string List = "patients";

    /// <summary>Those whom some of their data fit. At least one must be given.</summary>
    /// <param name="filters">Names as athenaNet has them: <c>firstname</c>, <c>lastname</c>, <c>dob</c>, <c>anyphone</c>, <c>email</c>, <c>zip</c>.</param>
    /// <param name="limit">The most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<AthenaList> SearchAsync(IReadOnlyList<(string Name, string? Value)> filters, int limit, CancellationToken cancellationToken) =>
        client.ListAsync(AthenaCalls.Get(client.Dialect.PatientSearch, [.. filters]), List, limit, cancellationToken);

    /// <summary>Those who may be one person, each with the vendor's <c>score</c>: from 26 on athenahealth takes two for one, below a person decides.</summary>
    public async Task<IReadOnlyList<JsonElement>> BestMatchAsync(
        string firstName, string lastName, LocalDate born, IReadOnlyList<(string Name, string? Value)> further, CancellationToken cancellationToken)
    {
        var call = AthenaCalls.Get("/patients/enhancedbestmatch", [("firstname", firstName), ("lastname", lastName), ("dob", AthenaValues.Of(born)), .. further]);
        return AthenaRows.Of(call, await client.SendAsync(call, cancellationToken), List).Rows;
    }

    public async Task<JsonElement> ReadAsync(string patient, CancellationToken cancellationToken) => (await ReadTimedAsync(patient, cancellationToken)).Row;

    /// <summary>One patient, and the server's clock.</summary>
    /// <exception cref="EhrException">There is none (<see cref="EhrFault.NotFound"/>), or the call came to nothing.</exception>
    public async Task<(JsonElement Row, DateTimeOffset ServerTime)> ReadTimedAsync(string patient, CancellationToken cancellationToken)
    {
        var call = One(patient);
        var answer = await client.SendAsync(call, cancellationToken);
        return (EhrBody.ReadOne(call, answer, "patientid"), answer.ServerTime);
    }

    /// <summary>A row that was read, as a document for the intake.</summary>
    public static EhrDocument Document(JsonElement row) => AthenaDocument.Of(One(row.Text("patientid")!), row);

    /// <summary>Where a patient belongs: the primary department, else where she was registered; null where the row has neither.</summary>
    public static string? DepartmentOf(JsonElement row) => row.Text("primarydepartmentid") ?? row.Text("departmentid");

    /// <summary>How well a row fits whom one looks for, by the vendor's own measure; null where it says none.</summary>
    public static double? ScoreOf(JsonElement row) => double.TryParse(row.Text("score"), NumberStyles.Float, CultureInfo.InvariantCulture, out var score) ? score : null;

    /// <summary>Null when the vendor has nobody of this number.</summary>
    public async Task<JsonElement?> FindAsync(string patient, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(patient, cancellationToken);
        }
        catch (EhrException missing) when (missing.Fault is EhrFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Creates a patient and gives the number. athenahealth looks for one who fits first, and gives that number and creates nobody where there is
    /// one, so the same call again makes no second patient.
    /// </summary>
    /// <param name="fields">As the tables write them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<string?> CreateAsync(IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken cancellationToken) =>
        (await client.OneAsync(new EhrCall { Method = HttpMethod.Post, Template = "/patients", Fields = Unmasked(fields) }, cancellationToken)).Text("patientid");

    /// <summary>Changes what is given, and nothing else. The same call again changes nothing more, so it may be repeated.</summary>
    public Task UpdateAsync(string patient, IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken cancellationToken) => client.OneAsync(
        new EhrCall { Method = HttpMethod.Put, Template = "/patients/{patientid}", Fields = Unmasked(fields), MayRepeat = true }.With("patientid", patient), cancellationToken);

    /// <summary>All that pay for a patient, primary first. Cancelled ones are not among them.</summary>
    public async Task<AthenaInsurances> InsurancesAsync(string patient, CancellationToken cancellationToken)
    {
        var call = AthenaCalls.Get(AthenaInsurances.Template).With("patientid", patient);
        var (rows, stated, at) = (new List<JsonElement>(), (long?)null, (DateTimeOffset?)null);
        await foreach (var page in client.PagesAsync(call, AthenaInsurances.List, cancellationToken))
        {
            rows.AddRange(page.Rows);
            (stated, at) = (page.Stated ?? stated, at ?? page.ServerTime);
        }

        return new AthenaInsurances(patient, rows, at!.Value, IsWhole: stated is null || stated == rows.Count);
    }

    /// <summary>Values of the practice's own fields of a patient.</summary>
    public async Task<IReadOnlyList<JsonElement>> CustomFieldsAsync(string patient, string department, CancellationToken cancellationToken) =>
        (await client.ListAsync(AthenaCalls.Get("/patients/{patientid}/customfields", ("departmentid", department)).With("patientid", patient), "customfields", int.MaxValue, cancellationToken)).Rows;

    private static EhrCall One(string patient) => AthenaCalls.Get("/patients/{patientid}").With("patientid", patient);

    /// <summary>A number of which only the end was shown is not known, and would be stored as it was shown.</summary>
    private static List<KeyValuePair<string, string>> Unmasked(IReadOnlyList<KeyValuePair<string, string>> fields) => [.. fields.Where(field => !AthenaValues.IsMasked(field.Value))];
}
