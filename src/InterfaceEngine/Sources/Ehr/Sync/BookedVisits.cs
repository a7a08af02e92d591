using System.Runtime.CompilerServices;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using NodaTime;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>
/// Visits of a vendor that has them by athenaNet's list alone. That is asked by day: so each run takes all of a window of days, since a visit that was booked long ago
/// comes into the window without anybody changing it.
/// </summary>
/// <param name="client">athenaNet's calls.</param>
/// <param name="window">How many days.</param>
/// <param name="zone">The practice's: its day is the window's middle.</param>
/// <param name="time">The clock.</param>
internal sealed class BookedVisits(AthenaNetClient client, SyncOptions window, DateTimeZone zone, TimeProvider time)
{
    public static string DocumentKind => AthenaAppointments.DocumentKind;

    public IAsyncEnumerable<SyncPage> OfPatientAsync(string patient, DateTimeOffset? since, CancellationToken cancellationToken) => PagesAsync(null, patient, since, cancellationToken);

    public IAsyncEnumerable<SyncPage> OfDepartmentAsync(string department, DateTimeOffset? since, CancellationToken cancellationToken) => PagesAsync(department, null, since, cancellationToken);

    /// <summary>The numbers of the practice's departments.</summary>
    /// <exception cref="EhrException">They can't be asked for.</exception>
    public async Task<IReadOnlyList<string>> DepartmentsAsync(CancellationToken cancellationToken) =>
        [.. (await client.Practice.DepartmentsAsync(cancellationToken)).Select(department => department.Text("departmentid")).OfType<string>().Distinct()];

    private async IAsyncEnumerable<SyncPage> PagesAsync(string? department, string? patient, DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var today = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(zone).Date;
        var booked = client.Appointments.BookedAsync(today.PlusDays(-window.AppointmentsBack.Days), today.PlusDays(window.AppointmentsAhead.Days), department, patient, since, cancellationToken);
        await foreach (var page in booked)
        {
            yield return new SyncPage(page.Documents, page.Documents.Count, page.ServerTime);
        }
    }
}
