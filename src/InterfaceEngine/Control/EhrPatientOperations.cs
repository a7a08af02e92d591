using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
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
        var born = Born(request.BirthDate);
        (string Name, string? Value)[] filters =
        [
            ("firstname", request.FirstName),
            ("lastname", request.LastName),
            ("dob", born is { } day ? AthenaValues.Of(day) : null),
            ("anyphone", request.Phone is { } phone ? AthenaValues.Phone(phone) : null),
            ("email", request.Email),
            ("zip", request.PostalCode),
            ("patientid", request.Number),
        ];
        if (filters.All(filter => string.IsNullOrWhiteSpace(filter.Value)))
        {
            throw RequestException.Usage("Say whom you look for: a name, a date of birth, a telephone number, a mail address, a postal code or a number.");
        }

        var said = string.Join(", ", filters.Where(filter => !string.IsNullOrWhiteSpace(filter.Value)).Select(filter => $"{filter.Name} {(filter.Name == "firstname" ? filter.Value : "***")}"));
        await parts.Store.AskAsync(request.Audit("ehr patients", connection.Options.Practice, $"{connection.Options.Id}: {said}"), _ => 0, cancellationToken);
        var limit = Math.Clamp(request.Limit, 1, LimitMax);
        var answer = await VendorConnections.AskedAsync(() => connection.Options.Rest is null
            ? ByFhirAsync(connection, request, born, limit, cancellationToken)
            : ByAthenaNetAsync(connection.AthenaNet(request.Actor), request, [.. filters.SkipLast(1)], born, limit, cancellationToken));
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

    private static async Task<EhrPatientsAnswer> ByAthenaNetAsync(
        AthenaNetClient client, EhrPatientsRequest request, IReadOnlyList<(string Name, string? Value)> filters, LocalDate? born, int limit, CancellationToken cancellationToken)
    {
        var connection = client.Connection.Options.Id;
        if (request.Number is { Length: > 0 } number)
        {
            return new EhrPatientsAnswer(connection, await client.Patients.FindAsync(number.Trim(), cancellationToken) is { } one ? [View(one)] : []);
        }

        var scored = await ScoredAsync(client, request, born, cancellationToken);
        var found = scored.Count > 0 ? new AthenaList([.. scored.Take(limit)], scored.Count > limit) : await client.Patients.SearchAsync(filters, limit, cancellationToken);
        return new EhrPatientsAnswer(connection, [.. found.Rows.Select(View)]) { HasMore = found.HasMore };
    }

    /// <summary>Where there is no athenaNet.</summary>
    private static async Task<EhrPatientsAnswer> ByFhirAsync(EhrConnection connection, EhrPatientsRequest request, LocalDate? born, int limit, CancellationToken cancellationToken)
    {
        var (found, hasMore) = await new FhirPatients(connection.Fhir(), request.Actor).SearchAsync(
            new FhirPersonQuery
            {
                Family = request.LastName,
                Given = request.FirstName,
                BirthDate = born is { } day ? LocalDatePattern.Iso.Format(day) : null,
                Phone = request.Phone is { } phone ? AthenaValues.Phone(phone) : null,
                Email = request.Email,
                PostalCode = request.PostalCode,
                Identifier = request.Number,
            },
            limit,
            cancellationToken);
        return new EhrPatientsAnswer(connection.Options.Id, [.. found.Select(one => View(one, connection.Options))]) { HasMore = hasMore };
    }

    /// <summary>Its id is the number by which HL7 and files know the patient, without FHIR's frame.</summary>
    private static EhrPatientView View(FhirPerson person, ConnectionOptions options) => new(
        FhirIds.NumberOf(options, person.Id) ?? person.Id, person.FirstName, person.LastName, person.BirthDate, person.Gender switch { "female" => "F", "male" => "M", _ => null })
    {
        Phone = person.Phone,
        Email = person.Email,
    };

    /// <summary>Where name and birth are known, the vendor's own measure of how well somebody fits; the guides do not know it.</summary>
    private static async Task<IReadOnlyList<JsonElement>> ScoredAsync(AthenaNetClient client, EhrPatientsRequest request, LocalDate? born, CancellationToken cancellationToken)
    {
        var isByNameAlone = request is { FirstName.Length: > 0, LastName.Length: > 0, Phone: null, Email: null, PostalCode: null };
        if (!isByNameAlone || born is not { } day || !client.Dialect.HasBestMatch)
        {
            return [];
        }

        var matches = await client.Patients.BestMatchAsync(request.FirstName!, request.LastName!, day, [], cancellationToken);
        return [.. matches.Where(row => AthenaPatients.ScoreOf(row) >= ScoreMin).OrderByDescending(AthenaPatients.ScoreOf)];
    }

    private static EhrPatientView View(JsonElement row) => new(
        row.Text("patientid") ?? "", row.Text("firstname"), row.Text("lastname"), row.Day("dob") is { } born ? LocalDatePattern.Iso.Format(born) : null, row.Text("sex"))
    {
        Phone = row.Text("mobilephone") ?? row.Text("homephone"),
        Email = row.Text("email"),
        Score = AthenaPatients.ScoreOf(row),
    };

    private static LocalDate? Born(string? said) => string.IsNullOrWhiteSpace(said) ? null
        : AthenaValues.ReadDay(said.Trim()) ?? throw RequestException.Usage("A date of birth is written 1980-05-15 or 05/15/1980.");
}
