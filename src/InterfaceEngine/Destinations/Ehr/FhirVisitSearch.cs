using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using NodaTime.Text;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>Finds out whether a visit that we asked for is there already, so that a lost answer books nothing twice.</summary>
internal sealed class FhirVisitSearch(FhirClient client)
{
    /// <summary>The visit that has our identifier; where the server does not keep those, what the patient has at just this time with this provider. Null when there is none.</summary>
    public async Task<FhirVisit?> FindAsync(WantedResource wanted, CancellationToken cancellationToken)
    {
        if (client.Connection.Options.Dialect.HasNoAppointmentSearch)
        {
            return null;
        }

        var (ours, visit) = (wanted.Identifier, wanted.Resource);
        var byName = (await client.Connection.Discovery.CapabilitiesAsync(cancellationToken))?.Seeks(FhirVisit.Type, "identifier") != false
            ? Best(await SeekAsync(visit, [new("identifier", ours)], cancellationToken), one => one.Identifiers.Contains(ours))
            : null;

        // A day before and behind, since a day is the server's own.
        var day = visit.Start!.Value.InUtc().Date;
        return byName ?? Best(
            await SeekAsync(visit, [new("date", $"ge{LocalDatePattern.Iso.Format(day.PlusDays(-1))}"), new("date", $"le{LocalDatePattern.Iso.Format(day.PlusDays(1))}")], cancellationToken),
            one => one.Identifiers.Contains(ours) || (!one.IsOver && one.Start == visit.Start && (one.Practitioner ?? visit.Practitioner) == visit.Practitioner));
    }

    /// <summary>The condition under which the server makes one, where it takes any; null where it does not.</summary>
    /// <exception cref="HeldException">It makes none, or none can be asked for twice.</exception>
    public async Task<string?> UnlessAsync(WantedResource wanted, CancellationToken cancellationToken)
    {
        var known = await client.Connection.Discovery.CapabilitiesAsync(cancellationToken);
        if (known?.Can(FhirVisit.Type, "create") == false)
        {
            throw new HeldException("no bookings", $"The server says that it makes no Appointment: nothing can be booked over {client.Connection.Options.Id}.");
        }

        return known?.ConditionalCreates.Contains(FhirVisit.Type) == true ? $"identifier={Uri.EscapeDataString(wanted.Identifier)}"
            : client.Connection.Options.Dialect.HasNoAppointmentSearch ? throw new HeldException("no search", "The server seeks no appointments and makes none on a condition: a booking whose answer is lost would be made twice, so none is sent.")
            : null;
    }

    private async Task<List<FhirVisit>> SeekAsync(FhirVisit visit, IEnumerable<KeyValuePair<string, string>> query, CancellationToken cancellationToken)
    {
        var found = new List<FhirVisit>();
        var search = new FhirSearch(FhirVisit.Type, [new("patient", visit.Patient!), .. query]) { Priority = CallPriority.Booking };
        await foreach (var page in client.SearchAsync(search, cancellationToken))
        {
            found.AddRange(page.Resources.Where(one => one.Type == FhirVisit.Type && one.Id.Length > 0).Select(one => FhirVisit.Of(one.Json)).Where(one => one.Patient == visit.Patient));
        }

        return found;
    }

    /// <summary>One that stands goes before one that does not.</summary>
    private static FhirVisit? Best(List<FhirVisit> found, Func<FhirVisit, bool> isMine) => found.Where(isMine).OrderBy(one => one.IsOver).FirstOrDefault();
}
