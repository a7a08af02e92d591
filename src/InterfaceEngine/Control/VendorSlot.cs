using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Control;

/// <summary>A slot of a vendor's calendar, whichever of its interfaces told of it.</summary>
/// <param name="Format">The interface, as the tables name it.</param>
/// <param name="Id">The vendor's.</param>
/// <param name="Start">When it begins, by the clock of its place.</param>
internal sealed record VendorSlot(MapFormat Format, string Id, ZonedDateTime Start)
{
    private static readonly OffsetDateTimePattern _asPeopleWrite = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mmo<m>");

    /// <summary>Nobody has it, and it is not kept back.</summary>
    public bool IsFree { get; init; }

    /// <summary>Null where the vendor does not say.</summary>
    public int? Minutes { get; init; }

    /// <summary>The vendor's number of its place; null where it has none.</summary>
    public string? Location { get; init; }

    /// <summary>The vendor's number of its provider; null where it has none.</summary>
    public string? Provider { get; init; }

    /// <summary>The vendor's code of what it is for; null where it says none.</summary>
    public string? Type { get; init; }

    public string? TypeName { get; init; }

    /// <summary>Null for one without a time.</summary>
    /// <param name="slot">As athenaNet has it.</param>
    /// <param name="zone">Of its department.</param>
    public static VendorSlot? Of(AthenaVisit slot, DateTimeZone zone) => slot.Start is not { } start ? null : new VendorSlot(MapFormat.AthenaNet, slot.Id, start.InZoneLeniently(zone))
    {
        IsFree = slot.Status == AthenaVisit.Open && !slot.IsFrozen,
        Minutes = slot.Minutes,
        Location = slot.Department,
        Provider = slot.Provider,
        Type = slot.Type,
        TypeName = slot.TypeName,
    };

    /// <param name="slot">As the server has it.</param>
    /// <param name="zone">Of its location.</param>
    public static VendorSlot Of(FhirSlot slot, DateTimeZone zone) => new(MapFormat.Fhir, slot.Id, slot.Start.InZone(zone))
    {
        IsFree = slot.IsFree,
        Minutes = slot.Minutes,
        Location = slot.Location,
        Provider = slot.Provider,
        Type = slot.Type,
        TypeName = slot.TypeName,
    };

    public EhrSlotView View(VisitNames names) => new(
        Id,
        Start.ToDateTimeOffset(),
        Minutes ?? 0,
        Location is { } location ? VisitNames.NameIn(names.Locations, location) : null,
        Provider is { } provider ? VisitNames.NameIn(names.Providers, provider) : null,
        names.TypeOf(Type, Format) ?? Type,
        TypeName)
    {
        DepartmentName = VisitNames.SpokenIn(names.Locations, Location),
        ProviderName = VisitNames.SpokenIn(names.Providers, Provider),
    };

    /// <summary>What somebody wants of a visit in this slot: what was said stays as it was said, and what was not is the slot's.</summary>
    /// <param name="wanted">What was said.</param>
    /// <param name="connection">The id of the connection whose slot it is.</param>
    /// <param name="isNumberedLater">Whether the vendor gives the visit its number when it is told of it.</param>
    /// <param name="names">The practice's tables.</param>
    /// <param name="desk">Knows whether the visit is in the slot already.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestException">Somebody else has it.</exception>
    public async Task<AppointmentChange> ChosenAsync(
        AppointmentChange wanted, string connection, bool isNumberedLater, VisitNames names, AppointmentDesk desk, CancellationToken cancellationToken)
    {
        var begins = wanted.Start ?? _asPeopleWrite.Format(Start.ToOffsetDateTime());
        if (!IsFree)
        {
            return await desk.IsInAsync(wanted, connection, Id, cancellationToken) ? wanted with { Slot = null, Start = begins } : throw NotOpen();
        }

        return wanted with
        {
            Slot = Id,
            SlotServer = connection,
            IsNumberedLater = isNumberedLater,
            Start = begins,
            Minutes = wanted.Minutes ?? Minutes,
            Provider = wanted.Provider ?? Provider,
            Location = wanted.Location ?? Location,
            Type = wanted.Type ?? names.TypeOf(Type, Format),
        };
    }

    public static RequestException NotOpen() => RequestException.Refused("This slot is not open at the vendor. Nothing was changed: choose another.");
}
