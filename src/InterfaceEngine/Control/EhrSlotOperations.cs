using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Intake;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Control;

/// <summary>What is free at the vendor, and the slot that somebody chose.</summary>
internal sealed class EhrSlotOperations(EngineParts parts)
{
    private const int LimitMax = 1000;
    private const int DaysByDefault = 7;
    private const string NoSlot = "There is no such slot at the vendor. Nothing was changed: ask for what is open.";

    private readonly VisitClocks _clocks = new(parts);

    private AppointmentDesk Desk => parts.Appointments ?? throw RequestException.Refused("No mappings are loaded, so appointments can't be looked for.");

    public async Task<EhrSlotsAnswer> FindAsync(EhrSlotsRequest request, CancellationToken cancellationToken)
    {
        var connection = parts.ConnectionOf(request);
        var names = Desk.NamesOrRefuse(connection.Options.Practice);
        var limit = Math.Clamp(request.Limit, 1, LimitMax);
        var today = Instant.FromDateTimeOffset(parts.Time.GetUtcNow()).InZone(names.Practice.Zone).Date;
        var from = Day(request.From, today) ?? today;
        var until = Day(request.Until, today) ?? from.PlusDays(DaysByDefault);
        if (until < from)
        {
            throw RequestException.Usage("The last day is before the first.");
        }

        var format = connection.Options.Dialect.Booking is BookingForm.Fhir ? MapFormat.Fhir : MapFormat.AthenaNet;
        if (request.Type is { } wanted && !names.KnowsType(wanted, format))
        {
            throw RequestException.Usage(
                $"There is no such type of appointment: {string.Join(", ", names.Types!.Codes.Select(code => code.Value))} are in the code table {names.Types.Name}; the vendor's number does as well.");
        }

        if (request.Type is { } unspelt && names.IsWithoutNumber(unspelt, format))
        {
            // Asked for by our word, the vendor would find nothing, which looks like a full calendar.
            throw RequestException.Refused(
                $"The code table {names.Types!.Name} has no code of the vendor's for {unspelt} ({format.Title()}), so its slots can't be sought: add it to the practice's {names.Types.Name}.codes.md.");
        }

        switch (connection.Options.Dialect.Booking)
        {
            case BookingForm.None:
                throw RequestException.Refused(NotBooked(connection.Options));
            case BookingForm.Fhir:
                return await VendorConnections.AskedAsync(() => FhirSlotQuestions.FindAsync(connection, request, names, from, until, limit, cancellationToken));
        }

        var client = connection.AthenaNet(request.Actor);
        return await VendorConnections.AskedAsync(async () =>
        {
            var (slots, hasMore) = (new List<EhrSlotView>(), false);
            foreach (var department in Departments(request, connection.Options, names))
            {
                var open = await client.Appointments.OpenAsync(
                    department,
                    (request.Provider ?? connection.Options.DefaultProvider) is { } provider ? VisitNames.NumberIn(names.Providers, provider) : null,
                    request.Type is { } type ? names.NumberOfType(type) : null,
                    from, until, isForNow: false, limit, cancellationToken);
                var zone = await _clocks.OfSlotsAsync(client, names, department, cancellationToken);
                slots.AddRange(open.Slots.Select(slot => VendorSlot.Of(slot, zone)?.View(names)).OfType<EhrSlotView>());
                hasMore |= open.HasMore;
            }

            var first = slots.OrderBy(slot => slot.Start).ThenBy(slot => slot.Id, StringComparer.Ordinal).Take(limit);
            return new EhrSlotsAnswer(connection.Options.Id, [.. first]) { HasMore = hasMore || slots.Count > limit };
        }, $"There is no such department: {string.Join(", ", names.Locations?.Rows.Select(row => row.Id) ?? [])} are in locations.ref.md; the vendor's number does as well.");
    }

    /// <summary>What somebody wants of a visit, with what the vendor says of the slot that was chosen; what was said stays as it was said.</summary>
    /// <exception cref="RequestException">The slot can't be had.</exception>
    public async Task<AppointmentChange> ChosenAsync(AppointmentChange wanted, AppointmentRequest request, CancellationToken cancellationToken)
    {
        var over = request.Connection is { } named
            ? parts.Connections.Values.FirstOrDefault(one => one.Options.Id == named && one.Options.Practice == request.Practice)
                ?? throw RequestException.NotFound($"{named} is no connection of practice {request.Practice}.")
            : null;
        if (over?.Options.Dialect.Booking is BookingForm.None && (request.Slot is not null || Desk.Outbound.For(request.Practice, request.Destination, AppointmentDesk.Type).Count == 0))
        {
            throw RequestException.Refused(NotBooked(over.Options));
        }

        var seeks = request is BookAppointmentRequest { SeeksSlot: true, Slot: null, Start: not null };

        // What was booked before is answered by what is there, and its slot is not open any more.
        if ((request.Slot is null && !seeks) || await Desk.IsBookedAsync(wanted, cancellationToken))
        {
            return wanted;
        }

        try
        {
            return await OfSlotAsync(wanted, request, cancellationToken);
        }
        catch (RequestException)
        {
            // The same booking may have been under way when this one came, and have taken the slot meanwhile.
            if (await Desk.IsBookedAsync(wanted, cancellationToken))
            {
                return wanted;
            }

            throw;
        }
    }

    private async Task<AppointmentChange> OfSlotAsync(AppointmentChange wanted, AppointmentRequest request, CancellationToken cancellationToken)
    {
        var (names, connection) = (Desk.NamesOf(request.Practice), ConnectionFor(request));
        var to = Desk.Outbound.For(request.Practice, request.Destination, AppointmentDesk.Type);
        var isCalled = to.Any(address => address.Connection == connection.Options.Id);

        // A message can't name a slot, but it can tell of the time at which one was found.
        if (!isCalled && (request.Slot is not null || to.Count == 0 || to.Any(address => address.Connection is not null)))
        {
            throw RequestException.Refused(NotTold(connection.Options, request, to));
        }

        if ((request.Slot ?? await SoughtAsync(connection, request, cancellationToken)) is not { } number)
        {
            return wanted with { IsNothingOpen = true };
        }

        if (connection.Options.Dialect.Booking is BookingForm.Fhir)
        {
            return await VendorConnections.AskedAsync(() => FhirSlotQuestions.ChosenAsync(connection, wanted, request.Actor, number, names, Desk, cancellationToken), NoSlot);
        }

        var client = connection.AthenaNet(request.Actor);
        var (visit, _) = await VendorConnections.AskedAsync(() => client.Appointments.ReadAsync(number, cancellationToken), NoSlot);
        if (visit.Start is null)
        {
            throw VendorSlot.NotOpen();
        }

        // The clock is that of the slot's department, whatever the practice's tables say of it, and whatever place the caller names.
        var zone = visit.Department is { } department
            ? await VendorConnections.AskedAsync(() => _clocks.OfSlotsAsync(client, names, department, cancellationToken))
            : names.Practice.Zone;
        var slot = VendorSlot.Of(visit, zone)! with { Id = number };
        return await slot.ChosenAsync(wanted, connection.Options.Id, isNumberedLater: !isCalled, names, Desk, cancellationToken);
    }

    /// <summary>Keeps an open slot back, or gives it free. What is so already is left so.</summary>
    /// <exception cref="RequestException">There is no such slot, or somebody has it.</exception>
    public async Task<FreezeSlotAnswer> FreezeAsync(FreezeSlotRequest request, CancellationToken cancellationToken)
    {
        var connection = parts.ConnectionOf(request);
        var client = connection.AthenaNet(request.Actor);
        var (slot, _) = await VendorConnections.AskedAsync(() => client.Appointments.ReadAsync(request.Slot, cancellationToken), NoSlot);
        if (slot.Status != AthenaVisit.Open)
        {
            throw RequestException.Refused("This is no open slot: somebody has it. Nothing was changed.");
        }

        var isFrozen = !request.IsThawed;
        if (slot.IsFrozen != isFrozen)
        {
            await parts.Store.AskAsync(request.Audit("ehr freeze", connection.Options.Practice, $"{connection.Options.Id}: slot {slot.Id}{(isFrozen ? "" : ", thawed")}"), _ => 0, cancellationToken);
            await VendorConnections.AskedAsync(async () =>
            {
                await client.Appointments.FreezeAsync(slot.Id, isFrozen, cancellationToken);
                return 0;
            });
        }

        return new FreezeSlotAnswer(connection.Options.Id, slot.Id, isFrozen, WasSo: slot.IsFrozen == isFrozen);
    }

    /// <summary>The first slot that is open at the time that is wanted; null when none is, or it is no time.</summary>
    private async Task<string?> SoughtAsync(EhrConnection connection, AppointmentRequest request, CancellationToken cancellationToken)
    {
        if (!AppointmentFields.TryReadStart(request.Start!, out var local, out var offset))
        {
            return null;
        }

        var day = LocalDatePattern.Iso.Format(local.Date);
        var sought = new EhrSlotsRequest(connection.Options.Id)
        {
            Actor = request.Actor,
            Department = request.Location,
            Provider = request.Provider,
            Type = request.Type,
            From = day,
            Until = day,
            Limit = LimitMax,
        };
        var open = await FindAsync(sought, cancellationToken);

        // A time with an offset is the same moment on every clinic's clock; one without is that of the clinic whose slot it is.
        return open.Slots.FirstOrDefault(slot => offset is { } said ? slot.Start == local.WithOffset(said).ToDateTimeOffset() : slot.Start.DateTime == local.ToDateTimeUnspecified())?.Id;
    }

    private static string NotBooked(ConnectionOptions options) =>
        $"Nothing can be booked over {options.Id}: its server ({options.Profile}) has no appointments and no slots. Book without a slot, and have a destination tell the vendor by HL7.";

    /// <summary>Who chooses a slot means its vendor: a visit of which that one is never told would be none.</summary>
    private string NotTold(ConnectionOptions connection, AppointmentRequest request, IReadOnlyList<OutboundAddress> to)
    {
        var over = Desk.Outbound.For(request.Practice, null, AppointmentDesk.Type).Where(address => address.Connection == connection.Id).Select(address => address.Destination).ToList();
        if (over.Count > 0)
        {
            return $"{request.Destination} does not go over {connection.Id}, whose slot this is, so its vendor would not be told. Nothing was changed: leave the destination out, or name {string.Join(" or ", over)}.";
        }

        var kind = connection.Dialect.Booking is BookingForm.Fhir ? "fhir" : "athenanet";
        var messages = to.Where(address => address.Form is OutboundForm.Hl7).Select(address => address.Destination).ToList();
        return $$"""
            Nothing would tell the vendor of {{connection.Id}} of it, so nothing was changed. Have a destination go over the connection ("Destinations": { "visits": { "Kind": "{{kind}}", "Connection": "{{connection.Id}}", "Practices": ["{{request.Practice}}"] } })
            """ + (messages.Count > 0 ? $", or give time, length, provider and location and no slot: {string.Join(" and ", messages)} is told by HL7, which has no slots." : ".");
    }

    private static bool HasSlots(ConnectionOptions connection) => (connection.Dialect.Booking is BookingForm.Fhir ? connection.Fhir : connection.Rest) is not null;

    private EhrConnection ConnectionFor(AppointmentRequest request)
    {
        var own = parts.Connections.Values.Where(one => one.Options.Practice == request.Practice && HasSlots(one.Options)).ToList();
        if (request.Connection is { } id)
        {
            return own.Find(one => one.Options.Id == id) ?? throw RequestException.NotFound($"{id} is no connection of practice {request.Practice} that has slots.");
        }

        // Of one that is off nobody was shown a slot.
        var on = own.Count > 1 ? own.FindAll(one => one.WhyOff is null) : own;
        return on is [var only] ? only
            : throw RequestException.Refused(
                own.Count == 0 ? $"Practice {request.Practice} has no connection that has slots."
                : on.Count == 0 ? $"Nothing can be booked: the connections of practice {request.Practice} that have slots are off ({string.Join(", ", own.Select(one => one.Options.Id))})."
                : $"Say whose slot it is: {string.Join(", ", on.Select(one => one.Options.Id))}.");
    }

    /// <summary>The one that is asked for or the connection's own, else all that the practice lists.</summary>
    private static List<string> Departments(EhrSlotsRequest request, ConnectionOptions options, VisitNames names) =>
        (request.Department ?? options.DefaultDepartment) is { } one ? [VisitNames.NumberIn(names.Locations, one)]
        : names.Locations?.Rows.Select(row => row.VendorId).OfType<string>().ToList() is { Count: > 0 } all ? all
        : throw RequestException.Usage("Say which department: the practice lists none in locations.ref.md.");

    private static LocalDate? Day(string? said, LocalDate today) => string.IsNullOrWhiteSpace(said) ? null
        : AthenaValues.ReadDay(said.Trim()) is not { } day ? throw RequestException.Usage("A day is written 2026-12-01.")
        : day > today.PlusYears(AppointmentFields.YearsAheadMax) ? throw RequestException.Usage($"Slots are looked for within {AppointmentFields.YearsAheadMax} years: is the year right?")
        : day;
}
