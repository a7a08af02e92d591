using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake;
using NodaTime;

namespace InterfaceEngine.Control;

/// <summary>What is free at a vendor who has Slots of FHIR, and one that somebody chose.</summary>
internal static class FhirSlotQuestions
{
    /// <summary>So many open slots show which types the vendor's have.</summary>
    private const int SampleMax = 50;

    public static async Task<EhrSlotsAnswer> FindAsync(
        EhrConnection connection, EhrSlotsRequest request, VisitNames names, LocalDate from, LocalDate until, int limit, CancellationToken cancellationToken)
    {
        var location = (request.Department ?? connection.Options.DefaultDepartment) is { } department ? VisitNames.NumberIn(names.Locations, department) : null;
        var zone = ZoneOf(names, location);
        var provider = (request.Provider ?? connection.Options.DefaultProvider) is { } practitioner ? VisitNames.NumberIn(names.Providers, practitioner) : null;
        Task<(IReadOnlyList<FhirSlot> Slots, bool HasMore)> OpenAsync(string? type, int max) => new FhirSlots(connection.Fhir(), request.Actor).OpenAsync(
            provider, location, type, zone.AtStartOfDay(from).ToInstant(), zone.AtStartOfDay(until.PlusDays(1)).ToInstant(), max, cancellationToken);
        var (slots, hasMore) = await OpenAsync(request.Type is { } type ? names.NumberOfType(type, MapFormat.Fhir) : null, limit);
        if (slots.Count == 0)
        {
            // A server finds nothing at a place that it does not know, which is something else than a full one.
            await CheckAsync(connection, "Location", location, request.Department, names.Locations, "department", "locations.ref.md", cancellationToken);
            var asked = request.Provider is { } who ? VisitNames.NumberIn(names.Providers, who) : null;
            await CheckAsync(connection, "Practitioner", asked, request.Provider, names.Providers, "provider", "providers.ref.md", cancellationToken);
            if (request.Type is { } ours && names.Types?.Find(ours) is not null)
            {
                CheckTypes(ours, (await OpenAsync(type: null, SampleMax)).Slots, names);
            }
        }

        var first = slots.Select(slot => Of(slot, names).View(names)).OrderBy(slot => slot.Start).ThenBy(slot => slot.Id, StringComparer.Ordinal).Take(limit);
        return new EhrSlotsAnswer(connection.Options.Id, [.. first]) { HasMore = hasMore || slots.Count > limit };
    }

    /// <summary>What somebody wants of a visit, with what the vendor says of the slot; what was said stays as it was said.</summary>
    /// <exception cref="RequestException">The slot is not free.</exception>
    public static async Task<AppointmentChange> ChosenAsync(
        EhrConnection connection, AppointmentChange wanted, string actor, string id, VisitNames names, AppointmentDesk desk, CancellationToken cancellationToken)
    {
        var slot = await new FhirSlots(connection.Fhir(), actor).ReadAsync(id, cancellationToken);
        return await (Of(slot, names) with { Id = id }).ChosenAsync(wanted, connection.Options.Id, isNumberedLater: true, names, desk, cancellationToken);
    }

    /// <summary>The shipped table spells some types as the standard does. A server that has words of its own for all finds nothing by them.</summary>
    /// <exception cref="RequestException">The table knows none of the types that the vendor's slots have.</exception>
    private static void CheckTypes(string said, IReadOnlyList<FhirSlot> open, VisitNames names)
    {
        var theirs = open.Select(slot => slot.Type).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        if (theirs.Count > 0 && theirs.TrueForAll(type => names.TypeOf(type, MapFormat.Fhir) is null))
        {
            throw RequestException.Refused(
                $"The vendor has slots, and none of a type that the code table {names.Types!.Name} knows, so {said} ({names.NumberOfType(said, MapFormat.Fhir)}) can't be told from a full calendar: add its codes ({string.Join(", ", theirs)}) to the practice's {names.Types.Name}.codes.md.");
        }
    }

    /// <param name="said">As whoever asked has it; null asks for nothing.</param>
    /// <exception cref="RequestException">The vendor has none of this id.</exception>
    private static async Task CheckAsync(EhrConnection connection, string type, string? id, string? said, ReferenceTable? table, string word, string file, CancellationToken cancellationToken)
    {
        if (id is null || said is null)
        {
            return;
        }

        try
        {
            await connection.Fhir().ReadAsync(type, id, CallPriority.Interactive, cancellationToken);
        }
        catch (EhrException fault) when (fault.Fault is EhrFault.NotFound or EhrFault.Invalid or EhrFault.Forbidden)
        {
            // A server that does not let us look says nothing against what the practice itself lists.
            if (fault.Fault is EhrFault.NotFound || table?.Find(said) is null)
            {
                throw RequestException.NotFound(table?.Find(said) is null
                    ? $"There is no such {word}: {string.Join(", ", table?.Rows.Select(row => row.Id) ?? [])} are in {file}; the vendor's number does as well."
                    : $"The vendor has no {word} of the id that {file} gives: see 'ehr references {connection.Options.Id}'.");
            }
        }
    }

    private static VendorSlot Of(FhirSlot slot, VisitNames names) => VendorSlot.Of(slot, ZoneOf(names, slot.Location));

    private static DateTimeZone ZoneOf(VisitNames names, string? location) => (location is null ? null : names.Locations?.Find(location)?.Zone) ?? names.Practice.Zone;
}
