using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>Appointments that are made, changed and cancelled on our side.</summary>
internal sealed class AppointmentDesk(RecordDesk desk)
{
    /// <summary>The record type it works on.</summary>
    public const string Type = "appointment";

    public OutboundMessages Outbound => desk.Outbound;

    public Instant Now => desk.Now;

    /// <summary>
    /// Books a visit under an id of our own, which is the placer's number. A caller who got no answer books again with the same key, and is
    /// answered with the visit that is there.
    /// </summary>
    /// <exception cref="ChangeRefusedException">It breaks a rule, can't be told, or its key is that of another booking.</exception>
    public Task<AppointmentOutcome> BookAsync(AppointmentChange change, CancellationToken cancellationToken)
    {
        var id = desk.NextId();
        return ChangeAsync(change, "appointments book", (reader, tables) =>
        {
            var patient = PatientDesk.Find(reader, change.Practice, change.Patient!, tables.Map.Definition.IdSystem);
            var names = new BookingNames(reader, change, patient, tables.Map.Definition);
            WantedRecord There(StoredRecord booked) =>
                Told(change, tables, patient, new WantedRecord(booked, new SaidFields(tables.Maps, tables.Map, desk.Now), Verb.Create, booked.Aliases, booked.Id) { IsThere = true });
            if (names.Find(start: null) is { } booked)
            {
                return There(booked);
            }

            var fields = Fields(change, tables, null);
            var start = fields.Over(null).GetValueOrDefault("start_time");
            if (change.Slot is not null && start is null)
            {
                throw new ChangeRefusedException("The slot's time is not known. Nothing was booked: try again.");
            }

            if (names.Find(start) is { } same)
            {
                return There(same);
            }

            if (change.IsNothingOpen)
            {
                throw new ChangeRefusedException("Nothing is open at the vendor at this time. Nothing was booked: choose another.");
            }

            AppointmentFields.RequireAll(tables, fields);
            fields.Set("patient_id", patient.Id.ToString());
            fields.Set("placer_id", id.ToString());
            fields.Set("status", "scheduled");
            var held = new HeldSlot(reader, change, tables.Map.Definition).Take(null, fields.Over(null));
            var time = TimeOf(reader, change, tables).Take(null, patient, fields.Over(null));
            RecordAlias[] aliases = [.. SlotOf(reader, change, tables.Map, visit: null), new RecordAlias(Type, PlacerSystem(tables.Map), id.ToString()), .. names.New(start), .. time, .. held];
            return Told(change, tables, patient, new WantedRecord(null, fields, Verb.Create, aliases, id));
        }, cancellationToken);
    }

    /// <summary>Changes a visit that stands.</summary>
    /// <exception cref="ChangeRefusedException">It breaks a rule, changes nothing, can't be told, or whoever has it would not be told any more.</exception>
    public Task<AppointmentOutcome> ModifyAsync(AppointmentChange change, CancellationToken cancellationToken) =>
        ChangeAsync(change, "appointments modify", (reader, tables) =>
        {
            var visit = FindOpen(reader, change, tables.Map);

            CheckVendor(change, visit);
            GoneDestinations.Check(reader, Outbound, change, visit, tables.Map.Definition.IdSystem);

            // It has the slot's number once the vendor has moved it there.
            SlotOf(reader, change, tables.Map, visit);
            var (fields, patient) = (Fields(change, tables, visit), PatientOf(reader, visit));
            var (held, time) = (new HeldSlot(reader, change, tables.Map.Definition), TimeOf(reader, change, tables));
            RecordAlias[] aliases = [.. visit.Aliases, .. held.Take(visit, fields.Over(visit)), .. time.Take(visit, patient, fields.Over(visit))];
            return Told(change, tables, patient, new WantedRecord(visit, fields, Verb.Update, aliases, visit.Id));
        }, cancellationToken);

    /// <summary>Cancels a visit that stands.</summary>
    /// <exception cref="ChangeRefusedException">It does not stand, can't be told, or whoever has it would not be told any more.</exception>
    public Task<AppointmentOutcome> CancelAsync(AppointmentChange change, CancellationToken cancellationToken) =>
        ChangeAsync(change, "appointments cancel", (reader, tables) =>
        {
            var visit = FindOpen(reader, change, tables.Map);
            GoneDestinations.Check(reader, Outbound, change, visit, tables.Map.Definition.IdSystem);
            var fields = Fields(change, tables, visit);
            fields.Set("status", "cancelled");
            return Told(change, tables, PatientOf(reader, visit), new WantedRecord(visit, fields, Verb.Cancel, visit.Aliases, visit.Id)
            {
                Needless = [.. Outbound.For(change.Practice, change.Destination, Type).Where(address => address.Form is not OutboundForm.Hl7).SelectMany(address => OrdersOnTheirWay.Needless(reader, visit, address.Destination))],
            });
        }, cancellationToken);

    /// <summary>A visit stands until it is cancelled, or the patient did not come.</summary>
    public static bool Stands(RecordDefinition definition, StoredRecord visit) => definition.Find("status")?.ClosedValues.Contains(visit["status"] ?? "") != true;

    /// <summary>Whether a booking was made before, by its key, or by patient and slot where it has none.</summary>
    /// <exception cref="ChangeRefusedException">The key is that of another booking.</exception>
    public async Task<bool> IsBookedAsync(AppointmentChange change, CancellationToken cancellationToken)
    {
        var map = TablesOf(change.Practice).Map;
        return change.Patient is { } said && await desk.Store.ReadAsync(
            reader => PatientDesk.FindOrNone(reader, change.Practice, said, map.Definition.IdSystem) is { } patient && new BookingNames(reader, change, patient, map.Definition).Find(start: null) is not null, cancellationToken);
    }

    /// <summary>Whether the slot that is chosen for a visit is the one that it is in.</summary>
    /// <exception cref="ChangeRefusedException">There is no such visit.</exception>
    public async Task<bool> IsInAsync(AppointmentChange change, string server, string slot, CancellationToken cancellationToken)
    {
        var map = TablesOf(change.Practice).Map;
        return change.Visit is not null && await desk.Store.ReadAsync(
            reader => Find(reader, change.Practice, change.Visit, map) is var visit
                && (HeldSlot.IsHeldBy(visit, server, slot) || visit.Aliases.FirstOrDefault(alias => alias.System == map.Definition.IdSystem).Value == slot),
            cancellationToken);
    }

    /// <summary>How a practice's tables name what a visit refers to.</summary>
    /// <exception cref="ChangeRefusedException">Its tables have no appointments.</exception>
    public VisitNames NamesOf(string practice)
    {
        var map = TablesOf(practice).Map;
        FieldRow? Row(string field) => map.Rows.FirstOrDefault(row => row.Name == field);
        return new VisitNames(desk.PracticeOf(practice), Row("provider_id")?.As.References, Row("location_id")?.As.References, Row("appointment_type")?.As.Codes);
    }

    /// <summary>The visit by our id, the placer's or the filler's number.</summary>
    /// <exception cref="ChangeRefusedException">There is none, or two are known by it.</exception>
    public StoredRecord Find(IStoreReader reader, string practice, string id) => Find(reader, practice, id, TablesOf(practice).Map);

    private static StoredRecord Find(IStoreReader reader, string practice, string id, RecordMap map)
    {
        var found = new[] { map.Definition.IdSystem, PlacerSystem(map) }
            .Select(system => reader.Record(practice, new RecordAlias(Type, system, id)))
            .Append(EngineId.TryParse(id, out var own) ? reader.Record(practice, own) : null)
            .OfType<StoredRecord>().Where(record => record.Type == Type).DistinctBy(record => record.Id).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ChangeRefusedException("There is no such appointment: give our id, the placer's or the filler's number.", ChangeRefusal.NotFound),
            _ => throw new ChangeRefusedException($"Two appointments are known by this number: {string.Join(" and ", found.Select(record => record.Id))}. Give our id."),
        };
    }

    /// <summary>Whose visit it is: of a merged patient the survivor, since the vendor knows the retired id no more.</summary>
    /// <exception cref="ChangeRefusedException">Nobody is known.</exception>
    public static StoredRecord PatientOf(IStoreReader reader, StoredRecord visit) =>
        EngineId.TryParse(visit["patient_id"], out var id) && reader.Record(visit.Practice, id) is { } patient
        ? MergedPatients.Survivor(reader, patient)
        : throw new ChangeRefusedException("The appointment's patient is not known.");

    private async Task<AppointmentOutcome> ChangeAsync(AppointmentChange change, string command, Func<IStoreReader, DeskTables, WantedRecord> want, CancellationToken cancellationToken)
    {
        var made = await desk.ChangeAsync(change, Type, command, want, cancellationToken);
        return new AppointmentOutcome(made.Record, made.Event, made.Changes, made.Deliveries) { IsRepeat = made.IsRepeat, Stands = Stands(TablesOf(change.Practice).Map.Definition, made.Record) };
    }

    private static WantedRecord Told(AppointmentChange change, DeskTables tables, StoredRecord patient, WantedRecord wanted)
    {
        var @event = wanted.Verb switch { Verb.Create => CallOrder.Booked, Verb.Cancel => CallOrder.Cancelled, _ => CallOrder.Modified };
        return wanted with
        {
            Vendor = change.SlotServer ?? (wanted.Stored is { } stored ? HeldSlot.ServerOf(stored) : null),
            Tell = (visit, changed) => new VisitChange(@event, visit, patient, changed) { Slot = change.Slot, Clock = change.Clock },
            WhileAwaitingNumber = patient.Aliases.FirstOrDefault(alias => alias.System == tables.Map.Definition.IdSystem) is { Value: { } known } ? OwnBooking.Key(tables.Map.Definition, known) : null,
        };
    }

    private SaidFields Fields(AppointmentChange change, DeskTables tables, StoredRecord? stored) => new AppointmentFields(tables, desk.Now).Of(change, stored);

    private static VisitTime TimeOf(IStoreReader reader, AppointmentChange change, DeskTables tables) => new(reader, change.Practice, tables.Map.Definition);

    private static StoredRecord FindOpen(IStoreReader reader, AppointmentChange change, RecordMap map)
    {
        var visit = Find(reader, change.Practice, change.Visit!, map);
        return Stands(map.Definition, visit) ? visit : throw new ChangeRefusedException($"The appointment is {visit["status"]}: book another.");
    }

    /// <summary>A visit stays with the vendor who has it: a slot of another's would leave it standing there, at its old time.</summary>
    private void CheckVendor(AppointmentChange change, StoredRecord visit)
    {
        if (change.SlotServer is not { } server)
        {
            return;
        }

        var own = HeldSlot.ServerOf(visit);
        var others = Outbound.For(change.Practice, null, Type).Select(address => address.Connection).OfType<string>().Where(one => one != server && (own is null || own == one)).Distinct().ToList();
        if (others.Count > 0)
        {
            throw new ChangeRefusedException(own is not null
                ? $"The visit is in a slot of {own}, and this one is of {server}. Nothing was changed: cancel it, and book the slot."
                : $"The visit was booked without a slot, so {string.Join(" and ", others)} may have it as well as {server}. Nothing was changed: move it by its time, or cancel it and book the slot.");
        }
    }

    /// <summary>The number of the slot, which is the visit's at the vendor from the beginning; none where no slot was chosen or the vendor gives another.</summary>
    private static RecordAlias[] SlotOf(IStoreReader reader, AppointmentChange change, RecordMap map, StoredRecord? visit)
    {
        if (change.Slot is not { } slot || change.IsNumberedLater)
        {
            return [];
        }

        var name = new RecordAlias(Type, map.Definition.IdSystem, slot);
        return reader.Record(change.Practice, name) is { } taken && taken.Id != visit?.Id
            ? throw new ChangeRefusedException($"This slot is that of appointment {taken.Id} already. Nothing was changed: choose another.")
            : [name];
    }

    private static string PlacerSystem(RecordMap map) => map.Rows.FirstOrDefault(row => row.AliasSystem is not null)?.AliasSystem ?? RecordDesk.Format;

    private DeskTables TablesOf(string practice) => desk.TablesOf(practice, Type);
}
