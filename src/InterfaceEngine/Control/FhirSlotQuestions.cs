using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Control;

/// <summary>What is free at a vendor who has Slots of FHIR, and one that somebody chose.</summary>
internal static class FhirSlotQuestions
{
    private static readonly OffsetDateTimePattern _asPeopleWrite = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mmo<m>");

    public static async Task<EhrSlotsAnswer> FindAsync(EhrConnection connection, EhrSlotsRequest request, VisitNames names, LocalDate from, LocalDate until, int limit, CancellationToken cancellationToken)
    {
        var location = (request.Department ?? connection.Options.DefaultDepartment) is { } department ? VisitNames.NumberIn(names.Locations, department) : null;
        var zone = ZoneOf(names, location);
        var (slots, hasMore) = await new FhirSlots(connection.Fhir(), request.Actor).OpenAsync(
            (request.Provider ?? connection.Options.DefaultProvider) is { } provider ? VisitNames.NumberIn(names.Providers, provider) : null,
            location,
            request.Type is { } type ? names.NumberOfType(type, MapFormat.Fhir) : null,
            zone.AtStartOfDay(from).ToInstant(),
            zone.AtStartOfDay(until.PlusDays(1)).ToInstant(),
            limit,
            cancellationToken);
        return new EhrSlotsAnswer(connection.Options.Id, [.. slots.Select(slot => View(slot, names)).OrderBy(slot => slot.Start).ThenBy(slot => slot.Id, StringComparer.Ordinal).Take(limit)])
        {
            HasMore = hasMore || slots.Count > limit,
        };
    }

    /// <summary>What somebody wants of a visit, with what the vendor says of the slot; what was said stays as it was said.</summary>
    /// <exception cref="RequestException">The slot is not free.</exception>
    public static async Task<AppointmentChange> ChosenAsync(EhrConnection connection, AppointmentChange wanted, string actor, string id, VisitNames names, CancellationToken cancellationToken)
    {
        var slot = await new FhirSlots(connection.Fhir(), actor).ReadAsync(id, cancellationToken);
        if (!slot.IsFree)
        {
            throw EhrSlotOperations.NotOpen();
        }

        return wanted with
        {
            Slot = id,
            SlotServer = connection.Options.Id,
            IsNumberedLater = true,
            Start = wanted.Start ?? _asPeopleWrite.Format(slot.Start.InZone(ZoneOf(names, slot.Location)).ToOffsetDateTime()),
            Minutes = wanted.Minutes ?? slot.Minutes,
            Provider = wanted.Provider ?? slot.Provider,
            Location = wanted.Location ?? slot.Location,
            Type = wanted.Type ?? names.TypeOf(slot.Type, MapFormat.Fhir),
        };
    }

    private static EhrSlotView View(FhirSlot slot, VisitNames names) => new(
        slot.Id,
        slot.Start.InZone(ZoneOf(names, slot.Location)).ToDateTimeOffset(),
        slot.Minutes,
        slot.Location is { } location ? VisitNames.NameIn(names.Locations, location) : null,
        slot.Provider is { } provider ? VisitNames.NameIn(names.Providers, provider) : null,
        names.TypeOf(slot.Type, MapFormat.Fhir) ?? slot.Type,
        slot.TypeName)
    {
        DepartmentName = VisitNames.SpokenIn(names.Locations, slot.Location),
        ProviderName = VisitNames.SpokenIn(names.Providers, slot.Provider),
    };

    private static DateTimeZone ZoneOf(VisitNames names, string? location) => (location is null ? null : names.Locations?.Find(location)?.Zone) ?? names.Practice.Zone;
}
