using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>Writes what happened to a record as messages for the practice's destinations. Nothing is sent here.</summary>
internal sealed class OutboundMessages(LiveMappings mappings, IReadOnlyList<OutboundAddress> addresses, IdSource ids)
{
    /// <summary>The call of athenaNet by which the tables write a visit.</summary>
    private const string BookingCall = "PUT /appointments/{appointmentid}";

    /// <summary>The resource as which the tables write a visit.</summary>
    private const string VisitResource = "FHIR Appointment";

    /// <summary>The destinations of a practice's changes, or the one that is named.</summary>
    /// <exception cref="AppointmentRefusedException">The practice has no destination of this name.</exception>
    public IReadOnlyList<OutboundAddress> For(string practice, string? destination)
    {
        var own = addresses.Where(address => address.Practices.Contains(practice)).ToList();
        if (destination is null)
        {
            return own;
        }

        return own.FindAll(address => address.Destination == destination) is { Count: > 0 } one
            ? one
            : throw new AppointmentRefusedException($"{destination} is no destination of practice {practice}{(own.Count == 0 ? ", which has none" : $" ({string.Join(", ", own.Select(address => address.Destination))})")}.", AppointmentRefusal.Wrong);
    }

    /// <summary>Writes one message.</summary>
    /// <param name="event">E.g. <c>SIU^S12</c>.</param>
    /// <param name="records">The record first, then its patient. Where the record names another, that one was merged into this patient.</param>
    /// <param name="cleared">What the change removed.</param>
    /// <param name="address">Who gets it.</param>
    /// <param name="practice">Whose it is.</param>
    /// <param name="delivery">The id of its delivery.</param>
    /// <param name="now">When it happened.</param>
    /// <param name="by">The tables to write by; null for those in force.</param>
    public WrittenMessage Write(
        string @event, IReadOnlyList<StoredRecord> records, IReadOnlySet<ClearedField> cleared, OutboundAddress address, Practice practice, EngineId delivery, Instant now, LiveMapping? by = null) =>
        (by ?? mappings.Current).WriterFor(practice).Write(new OutgoingMessage
        {
            Event = @event,
            Records = records,
            ExternalIdOf = id => (records.FirstOrDefault(record => record.Id == id) ?? records.FirstOrDefault(record => record.Type == RecordDefinition.Patient)) is { } patient ? IdOf(patient, practice) : null,
            Header = address.Header(practice.Id, delivery, now),
            Cleared = cleared,
        });

    /// <summary>Writes a change for an address.</summary>
    /// <exception cref="AppointmentRefusedException">Something can't be written, so nothing may be sent.</exception>
    public DeliveryWrite Delivery(VisitChange change, OutboundAddress address, Practice practice, Instant now, LiveMapping by)
    {
        var (id, visit, patient) = (ids.Next(), change.Visit, change.Patient);
        var form = address.Form switch { OutboundForm.AthenaNet => BookingCall, OutboundForm.Fhir => VisitResource, _ => null };
        var @event = form is null ? change.MessageFor(address) : change.Event;
        var written = form is not null ? Order(form, change, practice, now, by) : Write(@event, [visit, patient], change.Cleared, address, practice, id, now, by);
        return !written.IsRefused
            ? new DeliveryWrite
            {
                Id = id,
                Destination = address.Destination,

                // As stored, also after a merge: what was queued of this visit before it goes first.
                Lane = visit["patient_id"] ?? patient.Id.ToString(),
                Event = @event,
                ControlId = id.ToString(),
                Body = written.Body,
                Record = visit.Id,
            }
            : throw new AppointmentRefusedException($"It can't be told to {address.Destination}, so nothing was changed. " + string.Join(" ", Reasons(written)));
    }

    /// <summary>What an order changes, written over what the vendor holds by now. Where it is refused nothing may be sent.</summary>
    /// <param name="order">The order.</param>
    /// <param name="visit">Our id of its visit.</param>
    /// <param name="held">The resource that the vendor holds.</param>
    /// <param name="practice">Whose it is.</param>
    /// <param name="now">When it is written.</param>
    public WrittenMessage Amend(VisitOrder order, EngineId visit, JsonBody held, Practice practice, Instant now)
    {
        var writer = mappings.Current.WriterFor(practice);
        return writer.Write(new AmendedDocument
        {
            Message = VisitResource,
            Type = AppointmentDesk.Type,
            Record = visit,
            Wanted = JsonBody.Parse(order.Call),
            Changed = order.Changed,
            Held = held,
            Instant = now,
        });
    }

    /// <summary>What is to be done about a visit by calls: the visit as the tables write it for the call that books, or as a resource.</summary>
    private static WrittenMessage Order(string form, VisitChange change, Practice practice, Instant now, LiveMapping by)
    {
        var (visit, writer) = (change.Visit, by.WriterFor(practice));
        var system = writer.Maps.Find(visit.Type)!.Definition.IdSystem;
        var written = writer.Write(new OutgoingDocument
        {
            Message = form,

            // Until the vendor has given its number, what is written is known by ours.
            Record = visit.Aliases.Any(alias => alias.System == system) ? visit : visit.WithAliases([.. visit.Aliases, new RecordAlias(visit.Type, system, visit.Id.ToString())]),
            ExternalIdOf = _ => IdOf(change.Patient, practice),
            Instant = now,
            Cleared = change.Cleared,
        });
        return written.IsRefused
            ? written
            : written with { Body = new VisitOrder { Event = change.Event, Visit = visit.Id.ToString(), At = change.At.ToDateTimeOffset(), Slot = change.Slot, Changed = change.Changed, Call = written.Body }.ToBytes() };
    }

    /// <summary>Why a message may not be sent, without any value, each with the deciding cell.</summary>
    public static IEnumerable<string> Reasons(WrittenMessage written) => written.Notes.Where(note => note.Severity == NoteSeverity.Reject)
        .Select(note => $"{note.Code} {(note.Field is { } field ? $"{field}: " : "")}{note.Reason}{(note.Cell is { } cell ? $" [{cell.File}:{cell.Line}]" : "")}");

    /// <summary>The vendor's id of a patient, which is its alias in the pack's id system.</summary>
    public static string? IdOf(StoredRecord patient, Practice practice) =>
        patient.Aliases.Where(alias => alias.System == practice.Vendor).Select(alias => alias.Value).FirstOrDefault();
}
