using System.Globalization;
using System.Runtime.CompilerServices;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using NodaTime;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>The pages of a type, by whichever way it comes. Each is asked for when the one before it was taken.</summary>
/// <param name="connection">To the vendor.</param>
/// <param name="zone">The practice's.</param>
/// <param name="time">The clock.</param>
internal sealed class SyncPages(EhrConnection connection, DateTimeZone zone, TimeProvider time)
{
    private readonly FhirClient _fhir = new(connection);
    private readonly AthenaNetClient _athenaNet = AthenaNet(connection);
    private readonly RestChart _chart = new(AthenaNet(connection), time);

    /// <summary>What athenaNet's list has.</summary>
    public BookedVisits Booked { get; } = new(AthenaNet(connection), connection.Options.Sync, zone, time);

    /// <summary>All of a type that changed, by one search.</summary>
    public IAsyncEnumerable<SyncPage> AllAsync(string type, DateTimeOffset? since, CancellationToken cancellationToken) =>
        FoundAsync(new FhirSearch(type, ChangedSince(since)), cancellationToken);

    /// <summary>What of a patient is of a type, and changed where the vendor can tell.</summary>
    public IAsyncEnumerable<SyncPage> OfPatientAsync(string type, SyncPatient patient, DateTimeOffset? since, CancellationToken cancellationToken) => connection.Options.WayOf(type) switch
    {
        SyncWay.Booked => Booked.OfPatientAsync(patient.Number, since, cancellationToken),
        SyncWay.Insurances => InsuredAsync(patient.Number, cancellationToken),
        SyncWay.Chart => _chart.OfPatientAsync(type, patient.Number, cancellationToken),
        _ when type == "Patient" => FoundAsync(new FhirSearch(type, [new("_id", patient.Id)]), cancellationToken),
        _ => FoundAsync(new FhirSearch(type, [new("patient", patient.Id), .. ChangedSince(since)]), cancellationToken),
    };

    private async IAsyncEnumerable<SyncPage> FoundAsync(FhirSearch search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in _fhir.SearchAsync(search, cancellationToken))
        {
            yield return new SyncPage([.. page.Resources.Select(resource => resource.Document)], page.Resources.Count(resource => resource.Type == search.Type), page.ServerTime);
        }
    }

    private async IAsyncEnumerable<SyncPage> InsuredAsync(string patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var insurances = await _athenaNet.Patients.InsurancesAsync(patient, cancellationToken);
        yield return new SyncPage(insurances.Documents, insurances.Rows.Count, insurances.ServerTime);
    }

    private static AthenaNetClient AthenaNet(EhrConnection connection) => new(connection) { Priority = CallPriority.Sync };

    private static IReadOnlyList<KeyValuePair<string, string>> ChangedSince(DateTimeOffset? since) =>
        since is { } moment ? [new("_lastUpdated", $"ge{moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}")] : [];
}
