using System.Text.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using NodaTime;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>
/// The clocks of a vendor's departments. athenaNet's visits name no zone, and a practice's table may not have every department: such a visit is given the zone of
/// its department, as <c>GET /departments</c> names it, before it is taken in. So the stored document says itself how its times were read, today and when it is
/// read again. The vendor is asked once a day, and only where a table leaves a zone open.
/// </summary>
/// <param name="connection">Whose departments.</param>
/// <param name="time">The clock.</param>
internal sealed class DepartmentClocks(EhrConnection connection, TimeProvider time)
{
    /// <summary>athenaNet's own name of a department's zone, which the header <c>zone:</c> of appointment.map.md reads.</summary>
    public const string Member = "timezonename";

    /// <summary>A department that is new at the vendor is known after that.</summary>
    private static readonly TimeSpan _unknownFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan _knownFor = TimeSpan.FromDays(1);

    private volatile Known _known = new(DateTimeOffset.MinValue, new Dictionary<string, DateTimeZone>());

    /// <summary>Visits with the zones of their departments, where the practice's table does not say them.</summary>
    /// <param name="visits">As athenaNet answered.</param>
    /// <param name="locations">The practice's table; null where it has none.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="EhrException">The vendor can't say it now: what came is to be brought again, for by another clock it would be wrong.</exception>
    public async Task<IReadOnlyList<EhrDocument>> NameAsync(IReadOnlyList<EhrDocument> visits, ReferenceTable? locations, CancellationToken cancellationToken)
    {
        var (named, client) = (new List<EhrDocument>(visits.Count), new AthenaNetClient(connection));
        foreach (var visit in visits)
        {
            using var row = JsonDocument.Parse(visit.Json);
            var department = row.RootElement.ValueKind is JsonValueKind.Object ? row.RootElement.Text("departmentid") : null;
            named.Add(department is not null && locations?.Find(department)?.Zone is null && await OfAsync(department, client, cancellationToken) is { } zone
                ? AthenaAppointments.Document(row.RootElement, (Member, zone.Id))
                : visit);
        }

        return named;
    }

    /// <summary>The zone of a department; null when the vendor does not name one.</summary>
    /// <param name="department">The vendor's number.</param>
    /// <param name="client">Asks the vendor, in the name of whoever wants to know.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="EhrException">The vendor can't say it now.</exception>
    public async Task<DateTimeZone?> OfAsync(string department, AthenaNetClient client, CancellationToken cancellationToken)
    {
        var (known, now) = (_known, time.GetUtcNow());
        var zone = known.Zones.GetValueOrDefault(department);
        if (now - known.At < (zone is null ? _unknownFor : _knownFor))
        {
            return zone;
        }

        try
        {
            var rows = await client.Practice.DepartmentsAsync(cancellationToken);
            known = new Known(now, rows
                .Select(row => (Id: row.Text("departmentid"), Zone: DepartmentZones.Of(row, Instant.FromDateTimeOffset(now))))
                .Where(row => row is { Id: not null, Zone: not null })
                .DistinctBy(row => row.Id)
                .ToDictionary(row => row.Id!, row => row.Zone!));
        }
        catch (EhrException fault) when (zone is not null || !fault.IsTransient)
        {
            // What it said yesterday is better than nothing; and where it never says it, the tables decide what becomes of the visit.
            known = known with { At = now };
        }

        _known = known;
        return known.Zones.GetValueOrDefault(department);
    }

    /// <summary>What the vendor said, and when.</summary>
    private sealed record Known(DateTimeOffset At, IReadOnlyDictionary<string, DateTimeZone> Zones);
}
