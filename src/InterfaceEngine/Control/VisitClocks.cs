using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Ehr;
using NodaTime;

namespace InterfaceEngine.Control;

/// <summary>
/// By which clock the times of a visit are that somebody books, changes or looks for: by the same rule as those that a vendor brings. The table's of its location,
/// then the one that athenaNet names for the department, then the practice's; and where the practice's locations have several, none is guessed.
/// </summary>
internal sealed class VisitClocks(EngineParts parts)
{
    private AppointmentDesk Desk => parts.Appointments!;

    /// <summary>The clock of a department's slots.</summary>
    /// <param name="client">The vendor.</param>
    /// <param name="names">The practice's tables.</param>
    /// <param name="department">The vendor's number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestException">Nobody knows it.</exception>
    /// <exception cref="EhrException">The vendor can't say it now.</exception>
    public async Task<DateTimeZone> OfSlotsAsync(AthenaNetClient client, VisitNames names, string department, CancellationToken cancellationToken)
    {
        var listed = names.Locations?.Find(department);
        return listed?.Zone ?? await ToldAsync(client, department, cancellationToken) ?? (listed is null ? await ToldOfOneAsync(client, department, cancellationToken) : null)
            ?? (listed is null && names.Locations?.HasZonesBeside(names.Practice.Zone) == true
                ? throw RequestException.Refused(AppointmentFields.UnknownClock("department", department))
                : names.Practice.Zone);
    }

    /// <summary>A change of a visit with the clock of its place, where the practice's table leaves it open and athenaNet is told of the visit.</summary>
    /// <exception cref="RequestException">The vendor can't say it now: by another clock the visit would be at a wrong time.</exception>
    public async Task<AppointmentChange> WithClockAsync(AppointmentChange wanted, AppointmentRequest request, CancellationToken cancellationToken)
    {
        var names = Desk.NamesOf(wanted.Practice);
        var known = wanted.Visit is { } visit ? await parts.Store.ReadAsync(reader => Desk.Find(reader, wanted.Practice, visit), cancellationToken) : null;
        var place = wanted.Location ?? known?["location_id"];
        if (place is null || names.Locations?.Find(place) is { Zone: not null } || ToldOver(wanted, request.Destination) is not { } connection)
        {
            return wanted;
        }

        var client = connection.AthenaNet(request.Actor);
        try
        {
            return wanted with { Clock = await VendorConnections.AskedAsync(() => ToldAsync(client, VisitNames.NumberIn(names.Locations, place), cancellationToken)) };
        }
        catch (RequestException) when (request is CancelAppointmentRequest && known?.Aliases.Any(alias => alias.System == connection.Options.System) == true)
        {
            // A visit is cancelled by its number, whatever its time is.
            return wanted;
        }
    }

    /// <summary>The connection whose athenaNet is told of it; null where none is.</summary>
    private EhrConnection? ToldOver(AppointmentChange wanted, string? destination) => Desk.Outbound.For(wanted.Practice, destination, AppointmentDesk.Type)
        .Where(address => address.Form is OutboundForm.AthenaNet && (wanted.SlotServer is null || address.Connection == wanted.SlotServer))
        .Select(address => parts.Connections.GetValueOrDefault(address.Connection!))
        .FirstOrDefault(connection => connection is { Options.Rest: not null });

    private Task<DateTimeZone?> ToldAsync(AthenaNetClient client, string department, CancellationToken cancellationToken) =>
        (parts.Clocks?.Invoke(client.Connection) ?? new DepartmentClocks(client.Connection, parts.Time)).OfAsync(department, client, cancellationToken);

    /// <summary>What no list has may be new, or a number that somebody mistyped: which of them, the vendor says.</summary>
    /// <exception cref="EhrException">There is no such department.</exception>
    private static async Task<DateTimeZone?> ToldOfOneAsync(AthenaNetClient client, string department, CancellationToken cancellationToken)
    {
        var call = AthenaCalls.Get("/departments/{departmentid}").With("departmentid", department);
        try
        {
            var answer = await client.SendAsync(call, cancellationToken);
            return DepartmentZones.Of(EhrBody.ReadOne(call, answer), Instant.FromDateTimeOffset(answer.ServerTime));
        }
        catch (EhrException fault) when (fault.Fault is EhrFault.Forbidden)
        {
            return null;
        }
    }
}
