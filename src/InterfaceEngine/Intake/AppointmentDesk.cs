using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>
/// Appointments that are made on our side. The change, the messages that tell of it and the audit commit together or not
/// at all. What comes from a sender never passes here, so nothing is echoed.
/// </summary>
internal sealed class AppointmentDesk(
    IEngineStore store, LiveMappings mappings, IReadOnlyList<Practice> practices, IReadOnlyList<OutboundAddress> addresses, IdSource ids, TimeProvider time)
{
    /// <summary>The record type it works on.</summary>
    public const string Type = "appointment";

    /// <summary>What such a change came in.</summary>
    public const string Format = "Practice Studio";

    /// <summary>How often a change is made again from what is stored when another came first.</summary>
    private const int AttemptsMax = 5;

    private readonly OutboundMessages _outbound = new(mappings, addresses, ids);

    public OutboundMessages Outbound => _outbound;

    public Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>
    /// Books a visit under an id of our own, which is the placer's number. A caller who got no answer books again with the same key, and is
    /// answered with the visit that is there.
    /// </summary>
    /// <exception cref="AppointmentRefusedException">It breaks a rule, can't be told, or its key is that of another booking.</exception>
    public Task<AppointmentOutcome> BookAsync(AppointmentChange change, CancellationToken cancellationToken)
    {
        var id = ids.Next();
        return ChangeAsync(change, VisitOrder.Booked, "appointments book", (reader, tables) =>
        {
            var patient = FindPatient(reader, change.Practice, change.Patient!, tables.Map);
            var names = new BookingNames(reader, change, patient, tables.Map.Definition);
            Wanted There(StoredRecord booked) => new(booked, patient, Fields(change, tables, booked), Verb.Create, booked.Aliases, booked.Id) { IsThere = true };
            if (names.Find(start: null) is { } booked)
            {
                return There(booked);
            }

            var fields = Fields(change, tables, null);
            var start = fields.Over(null).GetValueOrDefault("start_time");
            if (change.Slot is not null && start is null)
            {
                throw new AppointmentRefusedException("The slot's time is not known. Nothing was booked: try again.");
            }

            if (names.Find(start) is { } same)
            {
                return There(same);
            }

            fields.Set("patient_id", patient.Id.ToString());
            fields.Set("placer_id", id.ToString());
            fields.Set("status", "scheduled");
            return new Wanted(null, patient, fields, Verb.Create, [new RecordAlias(Type, PlacerSystem(tables.Map), id.ToString()), .. names.New(start), .. SlotOf(reader, change, tables.Map)], id);
        }, cancellationToken);
    }

    /// <summary>Changes a visit that stands.</summary>
    /// <exception cref="AppointmentRefusedException">It breaks a rule, changes nothing, or can't be told.</exception>
    public Task<AppointmentOutcome> ModifyAsync(AppointmentChange change, CancellationToken cancellationToken) =>
        ChangeAsync(change, VisitOrder.Modified, "appointments modify", (reader, tables) =>
        {
            var visit = FindOpen(reader, change, tables.Map);

            // It has the slot's number once the vendor has moved it there.
            SlotOf(reader, change, tables.Map);
            return new Wanted(visit, PatientOf(reader, visit), Fields(change, tables, visit), Verb.Update, visit.Aliases, visit.Id);
        }, cancellationToken);

    /// <summary>Cancels a visit that stands.</summary>
    /// <exception cref="AppointmentRefusedException">It does not stand, or can't be told.</exception>
    public Task<AppointmentOutcome> CancelAsync(AppointmentChange change, CancellationToken cancellationToken) =>
        ChangeAsync(change, VisitOrder.Cancelled, "appointments cancel", (reader, tables) =>
        {
            var visit = FindOpen(reader, change, tables.Map);
            var fields = Fields(change, tables, visit);
            fields.Set("status", "cancelled");
            return new Wanted(visit, PatientOf(reader, visit), fields, Verb.Cancel, visit.Aliases, visit.Id);
        }, cancellationToken);

    /// <summary>Whether a booking was made before, by its key, or by patient and slot where it has none.</summary>
    /// <exception cref="AppointmentRefusedException">The key is that of another booking.</exception>
    public async Task<bool> IsBookedAsync(AppointmentChange change, CancellationToken cancellationToken)
    {
        var map = TablesOf(change.Practice).Map;
        return change.Patient is { } said && await store.ReadAsync(
            reader => PatientOrNone(reader, change.Practice, said, map) is { } patient && new BookingNames(reader, change, patient, map.Definition).Find(start: null) is not null, cancellationToken);
    }

    /// <summary>How a practice's tables name what a visit refers to.</summary>
    /// <exception cref="AppointmentRefusedException">Its tables have no appointments.</exception>
    public VisitNames NamesOf(string practice)
    {
        var map = TablesOf(practice).Map;
        FieldRow? Row(string field) => map.Rows.FirstOrDefault(row => row.Name == field);
        return new VisitNames(practices.First(one => one.Id == practice), Row("provider_id")?.As.References, Row("location_id")?.As.References, Row("appointment_type")?.As.Codes);
    }

    /// <summary>The visit by our id, the placer's or the filler's number.</summary>
    /// <exception cref="AppointmentRefusedException">There is none, or two are known by it.</exception>
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
            0 => throw new AppointmentRefusedException("There is no such appointment: give our id, the placer's or the filler's number.", AppointmentRefusal.NotFound),
            _ => throw new AppointmentRefusedException($"Two appointments are known by this number: {string.Join(" and ", found.Select(record => record.Id))}. Give our id."),
        };
    }

    /// <summary>Whose visit it is: of a merged patient the survivor, since the vendor knows the retired id no more.</summary>
    /// <exception cref="AppointmentRefusedException">Nobody is known.</exception>
    public static StoredRecord PatientOf(IStoreReader reader, StoredRecord visit) =>
        EngineId.TryParse(visit["patient_id"], out var id) && reader.Record(visit.Practice, id) is { } patient
        ? MergedPatients.Survivor(reader, patient)
        : throw new AppointmentRefusedException("The appointment's patient is not known.");

    private async Task<AppointmentOutcome> ChangeAsync(
        AppointmentChange change, string @event, string command, Func<IStoreReader, Tables, Wanted> want, CancellationToken cancellationToken)
    {
        var to = _outbound.For(change.Practice, change.Destination);
        for (var attempt = 1; ; attempt++)
        {
            // One set to the end, though another may be swapped in meanwhile.
            var tables = TablesOf(change.Practice);
            var wanted = await store.ReadAsync(reader => want(reader, tables), cancellationToken);
            if (wanted.IsThere)
            {
                // It tells of a visit, so it is audited as a look is.
                var there = wanted.Visit!;
                await store.AskAsync(
                    change.Audit with { Subject = $"{Type} {there.Id}, booked before" },
                    reader =>
                    {
                        reader.Shown(there);
                        return 0;
                    },
                    cancellationToken);
                return new AppointmentOutcome(there, new VisitChange(@event, there, wanted.Patient, []).Message, [], []) { IsRepeat = true };
            }

            var (unit, outcome) = Make(change, @event, command, tables, wanted, to);
            var result = await store.CommitAsync(unit, cancellationToken);
            if (result.Outcome == CommitOutcome.Committed)
            {
                return outcome;
            }

            if (attempt == AttemptsMax)
            {
                throw new AppointmentRefusedException("It changed meanwhile, again and again. Nothing was changed; try again.");
            }
        }
    }

    private (CommitUnit Unit, AppointmentOutcome Outcome) Make(
        AppointmentChange change, string @event, string command, Tables tables, Wanted wanted, IReadOnlyList<OutboundAddress> to)
    {
        var (now, map) = (Now, tables.Map);
        var practice = practices.First(practice => practice.Id == change.Practice);
        if (wanted.Verb != Verb.Cancel && RecordRules.Broken(map, wanted.Fields.Over(wanted.Visit), now.InZone(practice.Zone).Date) is { Count: > 0 } broken)
        {
            throw new AppointmentRefusedException(string.Join(" ", broken));
        }

        var incoming = new IncomingRecord { Definition = map.Definition, Verb = wanted.Verb, Aliases = wanted.Aliases, Fields = wanted.Fields.Incoming, Format = Format };
        var cause = new Cause(ids.Next(), EventTime(wanted.Visit), $"command:{command}", tables.Live.Hash);
        var result = Reconciler.Reconcile(change.Practice, wanted.Visit, incoming, cause, wanted.Id);
        if (result.Outcome is ReconciledOutcome.Held or ReconciledOutcome.Refused || result.Notes.Any(note => note.Code is ReconciliationCodes.Stale or ReconciliationCodes.RequiredKept or ReconciliationCodes.Closed))
        {
            throw new AppointmentRefusedException("Nothing was changed: " + string.Join(" ", result.Notes.Select(note => note.Reason)));
        }

        if (result.Changes.Count == 0)
        {
            throw new AppointmentRefusedException("It is so already: nothing would change, and nothing is sent.");
        }

        var work = new RecordWork(map.Definition, wanted.Visit)
        {
            WhileAwaitingNumber = wanted.Patient.Aliases.FirstOrDefault(alias => alias.System == map.Definition.IdSystem) is { } known ? OwnBooking.Key(map.Definition, known.Value) : null,
        };
        work.Take(result);
        var visit = work.Current!;
        var cleared = result.Changes.Where(field => field.After is null).Select(field => new ClearedField(visit.Id, field.Name)).ToHashSet();
        var told = new VisitChange(@event, visit, wanted.Patient, [.. result.Changes.Select(field => field.Name)]) { At = Instant.FromUnixTimeMilliseconds(cause.EventTime), Cleared = cleared, Slot = change.Slot };
        var deliveries = to.Select(address => _outbound.Delivery(told, address, practice, now, tables.Live)).ToList();
        var unit = new CommitUnit { Practice = change.Practice, Records = [work.ToWrite()!], Deliveries = deliveries, Audit = change.Audit with { Subject = $"{Type} {visit.Id}" } };
        return (unit, new AppointmentOutcome(visit, told.Message, result.Changes, deliveries));
    }

    /// <summary>
    /// Now, as senders tell it: in whole seconds, so that what one of them changes within this second, behind us, is not older. But what is
    /// changed was looked at, so its change is later than everything that is known of it, though a sender's clock ran ahead.
    /// </summary>
    private long EventTime(StoredRecord? visit) =>
        Math.Max(Now.ToUnixTimeSeconds() * 1_000, visit?.Fields.Max(field => field.Cause?.EventTime) ?? 0);

    private AppointmentFields Fields(AppointmentChange change, Tables tables, StoredRecord? stored)
    {
        var fields = new AppointmentFields(tables.Maps, tables.Map, Now);
        fields.Say(change, stored);
        return fields;
    }

    private static StoredRecord FindOpen(IStoreReader reader, AppointmentChange change, RecordMap map)
    {
        var visit = Find(reader, change.Practice, change.Visit!, map);
        var status = map.Definition.Find("status");
        return status?.ClosedValues.Contains(visit["status"] ?? "") == true
            ? throw new AppointmentRefusedException($"The appointment is {visit["status"]}: book another.")
            : visit;
    }

    /// <summary>The number of the slot, which is the visit's at the vendor from the beginning; none where no slot was chosen or the vendor gives another.</summary>
    private static RecordAlias[] SlotOf(IStoreReader reader, AppointmentChange change, RecordMap map)
    {
        if (change.Slot is not { } slot || change.IsNumberedLater)
        {
            return [];
        }

        var name = new RecordAlias(Type, map.Definition.IdSystem, slot);
        return reader.Record(change.Practice, name) is { } taken
            ? throw new AppointmentRefusedException($"This slot is that of appointment {taken.Id} already. Nothing was booked: choose another.")
            : [name];
    }

    private static StoredRecord FindPatient(IStoreReader reader, string practice, string id, RecordMap map) => PatientOrNone(reader, practice, id, map)
        ?? throw new AppointmentRefusedException("There is no such patient: give the vendor's id or ours.", AppointmentRefusal.NotFound);

    private static StoredRecord? PatientOrNone(IStoreReader reader, string practice, string id, RecordMap map) =>
        (reader.Record(practice, new RecordAlias(RecordDefinition.Patient, map.Definition.IdSystem, id))
        ?? (EngineId.TryParse(id, out var own) && reader.Record(practice, own) is { Type: RecordDefinition.Patient } ours ? ours : null)) is { } patient
        ? MergedPatients.Survivor(reader, patient)
        : null;

    private static string PlacerSystem(RecordMap map) => map.Rows.FirstOrDefault(row => row.AliasSystem is not null)?.AliasSystem ?? Format;

    private Tables TablesOf(string practice)
    {
        var live = mappings.Current;
        return live.Set.For(practice) is { } maps && maps.Find(Type) is { } map
            ? new Tables(live, maps, map)
            : throw new AppointmentRefusedException($"The tables of practice {practice} have no appointments.");
    }

    /// <summary>What one change goes by.</summary>
    private sealed record Tables(LiveMapping Live, PracticeMaps Maps, RecordMap Map);

    /// <summary>What a change wants, from what is stored.</summary>
    private sealed record Wanted(StoredRecord? Visit, StoredRecord Patient, AppointmentFields Fields, Verb Verb, IReadOnlyList<RecordAlias> Aliases, EngineId Id)
    {
        /// <summary>It was booked before.</summary>
        public bool IsThere { get; init; }
    }
}
