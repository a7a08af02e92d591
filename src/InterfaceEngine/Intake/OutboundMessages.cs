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
    /// <summary>The destinations of a practice's changes of a type of records, or the one that is named.</summary>
    /// <exception cref="ChangeRefusedException">The practice has no destination of this name that is told of such.</exception>
    public IReadOnlyList<OutboundAddress> For(string practice, string? destination, string type)
    {
        var own = addresses.Where(address => address.Practices.Contains(practice) && (type == RecordDefinition.Patient ? address.TakesPatients : address.TakesVisits)).ToList();
        if (destination is null)
        {
            return own;
        }

        return own.FindAll(address => address.Destination == destination) is { Count: > 0 } one
            ? one
            : throw new ChangeRefusedException($"{destination} is no destination of practice {practice}{(type == RecordDefinition.Patient ? " that is told of patients" : own.Count < addresses.Count(address => address.Practices.Contains(practice)) ? " that is told of visits" : "")}{(own.Count == 0 ? ", which has none" : $" ({string.Join(", ", own.Select(address => address.Destination))})")}.", ChangeRefusal.Wrong);
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
        string @event, IReadOnlyList<StoredRecord> records, IReadOnlySet<ClearedField> cleared, OutboundAddress address, Practice practice, EngineId delivery, Instant now, LiveMapping? by = null)
    {
        var writer = (by ?? mappings.Current).WriterFor(practice);
        var known = address.PatientEvents is null ? null : OwnPatientIds.Of(records, practice);
        var written = writer.Write(new OutgoingMessage
        {
            Event = @event,
            Records = known?.Records ?? records,
            ExternalIdOf = id => (records.FirstOrDefault(record => record.Id == id) ?? records.FirstOrDefault(record => record.Type == RecordDefinition.Patient)) is { } patient
                ? IdOf(patient, practice) ?? known?.Id : null,
            Header = address.Header(practice.Id, delivery, now),
            Cleared = cleared,
        });
        return known is null || written.IsRefused ? written : written with { Body = known.Named(written.Body, address) };
    }

    /// <summary>Writes a change for an address.</summary>
    /// <exception cref="ChangeRefusedException">Something can't be written, so nothing may be sent.</exception>
    public DeliveryWrite Delivery(OutboundChange change, OutboundAddress address, Practice practice, Instant now, LiveMapping by)
    {
        if (change.WhyUntold(address.Form) is { } why)
        {
            throw new ChangeRefusedException($"It can't be told to {address.Destination}, so nothing was changed: {why}");
        }

        var id = ids.Next();
        var isMessage = address.Form is OutboundForm.Hl7;
        var @event = isMessage ? change.MessageFor(address) : change.Event;
        var written = isMessage ? Write(@event, change.Told, change.Cleared, address, practice, id, now, by) : Order(change, address.Form, practice, now, by);
        return !written.IsRefused
            ? new DeliveryWrite
            {
                Id = id,
                Destination = address.Destination,
                Lane = change.LaneFor(address.Form),
                Event = @event,
                ControlId = id.ToString(),
                Body = written.Body,
                Record = change.Record.Id,
            }
            : throw new ChangeRefusedException($"It can't be told to {address.Destination}, so nothing was changed. {(isMessage && IsUnknownThere(change.Patient, address, practice) ? WhatToDo(address) : "")}{string.Join(" ", Reasons(written))}");
    }

    /// <summary>Whom the vendor has given no number, and whom nobody tells this receiver of: our id would say nothing there.</summary>
    private static bool IsUnknownThere(StoredRecord patient, OutboundAddress address, Practice practice) => address.PatientEvents is null && IdOf(patient, practice) is null;

    private static string WhatToDo(OutboundAddress address) =>
        $"The patient has no number of the vendor's yet, and {address.Destination} is told of no patients, so it could not know whose it is. Ask again once her registration is delivered (deliveries list), or once you have given her the number "
        + $"(patients change ID --number N); or name another destination. A receiver that takes patients gets both, she and her visits by our id, with Destinations:{address.Destination}:PatientEvents. ";

    /// <summary>What an order changes, written over what the vendor holds by now. Where it is refused nothing may be sent.</summary>
    /// <param name="order">The order.</param>
    /// <param name="message">The call or the resource by which it is told, as the tables list it.</param>
    /// <param name="type">The type of its record.</param>
    /// <param name="held">What the vendor holds.</param>
    /// <param name="practice">Whose it is.</param>
    /// <param name="now">When it is written.</param>
    public WrittenMessage Amend(CallOrder order, string message, string type, JsonBody held, Practice practice, Instant now) => mappings.Current.WriterFor(practice).Write(new AmendedDocument
    {
        Message = message,
        Type = type,
        Record = EngineId.TryParse(order.Record, out var record) ? record : EngineId.None,
        Wanted = JsonBody.Parse(order.Call),
        Changed = order.Changed,
        Held = held,
        Instant = now,
    });

    /// <summary>What is to be done about a record by calls: the record as the tables write it for the call, or as a resource.</summary>
    private static WrittenMessage Order(OutboundChange change, OutboundForm form, Practice practice, Instant now, LiveMapping by)
    {
        var (record, writer) = (change.Record, by.WriterFor(practice));
        var system = writer.Maps.Find(record.Type)!.Definition.IdSystem;
        var written = writer.Write(new OutgoingDocument
        {
            Message = change.CallFor(form),

            // Until the vendor has given its number, what is written is known by ours.
            Record = record.Aliases.Any(alias => alias.System == system) ? record : record.WithAliases([.. record.Aliases, new RecordAlias(record.Type, system, record.Id.ToString())]),
            ExternalIdOf = _ => CallOrder.StandInFor(change.Patient.Id),
            Instant = now,
            Cleared = change.Cleared,
            Clock = change.Clock,
        });
        return written.IsRefused ? written : written with { Body = change.Order(written.Body).ToBytes() };
    }

    /// <summary>Why a message may not be sent, without any value, each with the deciding cell.</summary>
    public static IEnumerable<string> Reasons(WrittenMessage written) => written.Notes.Where(note => note.Severity == NoteSeverity.Reject)
        .Select(note => $"{note.Code} {(note.Field is { } field ? $"{field}: " : "")}{note.Reason}{(note.Cell is { } cell ? $" [{cell.File}:{cell.Line}]" : "")}");

    /// <summary>The vendor's id of a patient, which is its alias in the pack's id system.</summary>
    public static string? IdOf(StoredRecord patient, Practice practice) =>
        patient.Aliases.Where(alias => alias.System == practice.Vendor).Select(alias => alias.Value).FirstOrDefault();
}
