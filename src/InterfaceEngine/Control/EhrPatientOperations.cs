using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Store;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Control;

/// <summary>Patients as the vendor knows them. Nothing is stored; who looked, and whom that showed, is, before anybody is shown.</summary>
internal sealed class EhrPatientOperations(EngineParts parts)
{
    private const int LimitMax = 200;

    /// <summary>From here on the vendor itself calls it a strong match of name and birth; it gives weaker ones, too.</summary>
    private const double ScoreMin = 23;

    public async Task<EhrPatientsAnswer> FindAsync(EhrPatientsRequest request, CancellationToken cancellationToken)
    {
        var connection = parts.ConnectionOf(request);
        var client = connection.AthenaNet(request.Actor);
        var born = Born(request.BirthDate);
        (string Name, string? Value)[] filters =
        [
            ("firstname", request.FirstName),
            ("lastname", request.LastName),
            ("dob", born is { } day ? AthenaValues.Of(day) : null),
            ("anyphone", request.Phone is { } phone ? AthenaValues.Phone(phone) : null),
            ("email", request.Email),
            ("zip", request.PostalCode),
        ];
        if (filters.All(filter => string.IsNullOrWhiteSpace(filter.Value)))
        {
            throw RequestException.Usage("Say whom you look for: a name, a date of birth, a telephone number, a mail address or a postal code.");
        }

        var said = string.Join(", ", filters.Where(filter => !string.IsNullOrWhiteSpace(filter.Value)).Select(filter => $"{filter.Name} {(filter.Name == "firstname" ? filter.Value : "***")}"));
        await parts.Store.AskAsync(request.Audit("ehr patients", connection.Options.Practice, $"{connection.Options.Id}: {said}"), _ => 0, cancellationToken);
        var answer = await VendorConnections.AskedAsync(async () =>
        {
            var limit = Math.Clamp(request.Limit, 1, LimitMax);
            var scored = await ScoredAsync(client, request, born, cancellationToken);
            var found = scored.Count > 0 ? new AthenaList([.. scored.Take(limit)], scored.Count > limit) : await client.Patients.SearchAsync(filters, limit, cancellationToken);
            return new EhrPatientsAnswer(connection.Options.Id, [.. found.Rows.Select(View)]) { HasMore = found.HasMore };
        });
        await AuditShownAsync(request, connection.Options, answer, cancellationToken);
        return answer;
    }

    /// <summary>Whom it showed, by the vendor's numbers, and linked to our own records of them.</summary>
    private async Task AuditShownAsync(EhrPatientsRequest request, ConnectionOptions connection, EhrPatientsAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Patients.Count == 0)
        {
            return;
        }

        var records = new RecordOperations(parts);
        await parts.Store.AskAsync(
            request.Audit("ehr patients shown", connection.Practice, $"{connection.Id}: {string.Join(", ", answer.Patients.Select(patient => patient.Id))}"),
            reader =>
            {
                foreach (var patient in answer.Patients)
                {
                    if (records.Find(reader, connection.Practice, RecordDefinition.Patient, patient.Id) is { } known)
                    {
                        reader.Shown(known);
                    }
                }

                return 0;
            },
            cancellationToken);
    }

    /// <summary>Where name and birth are known, the vendor's own measure of how well somebody fits; the guides do not know it.</summary>
    private static async Task<IReadOnlyList<JsonElement>> ScoredAsync(AthenaNetClient client, EhrPatientsRequest request, LocalDate? born, CancellationToken cancellationToken) =>
        request is { FirstName.Length: > 0, LastName.Length: > 0, Phone: null, Email: null, PostalCode: null } && born is { } day && client.Dialect.PatientSearch == "/patients"
            ? [.. (await client.Patients.BestMatchAsync(request.FirstName, request.LastName, day, [], cancellationToken)).Where(row => Score(row) >= ScoreMin).OrderByDescending(Score)]
            : [];

    private static EhrPatientView View(JsonElement row) => new(
        row.Text("patientid") ?? "", row.Text("firstname"), row.Text("lastname"), row.Day("dob") is { } born ? LocalDatePattern.Iso.Format(born) : null, row.Text("sex"))
    {
        Phone = row.Text("mobilephone") ?? row.Text("homephone"),
        Email = row.Text("email"),
        Score = Score(row),
    };

    private static double? Score(JsonElement row) => double.TryParse(row.Text("score"), NumberStyles.Float, CultureInfo.InvariantCulture, out var score) ? score : null;

    private static LocalDate? Born(string? said) => string.IsNullOrWhiteSpace(said) ? null
        : AthenaValues.ReadDay(said.Trim()) ?? throw RequestException.Usage("A date of birth is written 1980-05-15 or 05/15/1980.");
}
