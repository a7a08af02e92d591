using System.Runtime.CompilerServices;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>
/// A patient and what is in the chart, by athenaNet's calls, each under the name of the type that FHIR has for it. athenaNet does not tell what of a chart changed, so a part is
/// asked for as a whole each time.
/// </summary>
/// <param name="client">athenaNet's calls.</param>
/// <param name="time">The clock.</param>
internal sealed class RestChart(AthenaNetClient client, TimeProvider time)
{
    public const string Patient = "Patient";

    /// <summary>What FHIR calls observations are two lists: vital signs, and the values of results, which come with theirs.</summary>
    public const string Vitals = "Observation";

    public const string Results = "DiagnosticReport";

    private const string PatientKind = "GET /patients/{patientid}";

    private static readonly Dictionary<string, Part> _parts = new(StringComparer.Ordinal)
    {
        [Vitals] = new(AthenaChart.KindOf("vitals"), (of, patient, department, stop) => of.Chart.VitalsAsync(patient, department, stop)),
        [Results] = new(AthenaChart.KindOf("labresults"), (of, patient, department, stop) => of.Chart.LabResultsAsync(patient, department, stop)),
        ["Condition"] = new(AthenaChart.KindOf("problems"), (of, patient, department, stop) => of.Chart.ProblemsAsync(patient, department, stop)),
        ["MedicationRequest"] = new(AthenaChart.KindOf("medications"), (of, patient, department, stop) => of.Chart.MedicationsAsync(patient, department, stop)),
        ["AllergyIntolerance"] = new(AthenaChart.KindOf("allergies"), (of, patient, department, stop) => of.Chart.AllergiesAsync(patient, department, stop)),
        ["Immunization"] = new(AthenaChart.KindOf("vaccines"), (of, patient, department, stop) => of.Chart.VaccinesAsync(patient, department, stop)),
        ["Encounter"] = new(AthenaChart.EncounterKind, (of, patient, department, stop) => of.Chart.EncountersAsync(patient, department, stop)),
        ["DocumentReference"] = new(AthenaDocuments.ListKind, (of, patient, department, stop) => of.Documents.ListAsync(patient, department, stop)),
    };

    private readonly PatientDepartments _departments = new(client, time);

    /// <summary>The call by which the maps list a type; null when it does not come so.</summary>
    public static string? KindOf(string type) => type == Patient ? PatientKind : _parts.GetValueOrDefault(type)?.Kind;

    /// <summary>What of a patient is of a type.</summary>
    /// <param name="type">One that comes so (<see cref="KindOf"/>).</param>
    /// <param name="patient">The vendor's number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EhrException">It could not be asked for, in no department in which the chart is.</exception>
    public IAsyncEnumerable<SyncPage> OfPatientAsync(string type, string patient, CancellationToken cancellationToken) =>
        type == Patient ? PatientAsync(patient, cancellationToken) : PartAsync(_parts[type], patient, cancellationToken);

    private async IAsyncEnumerable<SyncPage> PatientAsync(string patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (row, at) = await client.Patients.ReadTimedAsync(patient, cancellationToken);
        _departments.Learn(patient, row);
        yield return new SyncPage([AthenaPatients.Document(row)], 1, at);
    }

    private async IAsyncEnumerable<SyncPage> PartAsync(Part part, string patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (departments, refused) = (await _departments.OfAsync(patient, cancellationToken), new List<EhrException>());
        foreach (var department in departments)
        {
            await using var pages = part.Pages(client, patient, department, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(pages, refused))
            {
                yield return new SyncPage(pages.Current.Documents, pages.Current.Count, pages.Current.ServerTime);
            }
        }

        // A group of departments that does not know the patient has no chart of theirs; another one may.
        if (refused.Count == departments.Count)
        {
            throw refused[0];
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<AthenaDocumentPage> pages, List<EhrException> refused)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (EhrException fault) when (fault.Fault is EhrFault.NotFound or EhrFault.Forbidden or EhrFault.Invalid or EhrFault.Refused)
        {
            refused.Add(fault);
            return false;
        }
    }

    /// <param name="Kind">The call by which the maps list it.</param>
    /// <param name="Pages">Asks for it, of a patient in a department.</param>
    private sealed record Part(string Kind, Func<AthenaNetClient, string, string, CancellationToken, IAsyncEnumerable<AthenaDocumentPage>> Pages);
}
