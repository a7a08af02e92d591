using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Appointments that a person makes, changes or cancels here, and the messages that would tell of a record.</summary>
internal sealed class AppointmentOperations(EngineParts parts)
{
    /// <summary>The header of a message nobody gets.</summary>
    private static readonly OutboundAddress _nobody = new() { Destination = "", Practices = [], SendingApplication = "INTERFACEENGINE", ReceivingApplication = "NOBODY" };

    private const int DeliveriesShown = 200;

    private readonly EhrSlotOperations _slots = new(parts);
    private readonly VisitClocks _clocks = new(parts);

    private AppointmentDesk Desk => parts.Appointments ?? throw RequestException.Refused("No mappings are loaded, so appointments can't be changed.");

    public Task<AppointmentAnswer> BookAsync(BookAppointmentRequest request, CancellationToken cancellationToken)
    {
        var said = Said(request) with { Type = Word(request.Type), Provider = Word(request.Provider), Location = Word(request.Location) };
        return AnswerAsync(Desk.BookAsync, said, Wanted(said, "appointments book") with { Patient = said.Patient, Key = said.Key, IsOnce = said.Key is null && said.IsOnce }, cancellationToken);
    }

    public Task<AppointmentAnswer> ModifyAsync(ModifyAppointmentRequest request, CancellationToken cancellationToken)
    {
        var said = Said(request);
        return AnswerAsync(Desk.ModifyAsync, said, Wanted(said, "appointments modify") with { Visit = said.Id }, cancellationToken);
    }

    public Task<AppointmentAnswer> CancelAsync(CancelAppointmentRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(Desk.CancelAsync, request, Wanted(request, "appointments cancel") with { Visit = request.Id }, cancellationToken);

    /// <summary>How what the destinations are told of a visit stands.</summary>
    public async Task<AppointmentDeliveriesAnswer> DeliveriesAsync(AppointmentDeliveriesRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await parts.Store.AskOrRefuseAsync(
                request.Audit("appointments deliveries", request.Practice, $"appointment {request.Id}"),
                reader =>
                {
                    var visit = Desk.Find(reader, request.Practice, request.Id).Id;
                    return new AppointmentDeliveriesAnswer(visit.ToString(), [.. reader.DeliveriesOf(request.Practice, visit, DeliveriesShown).Select(Of)]);
                },
                cancellationToken);
        }
        catch (ChangeRefusedException refused)
        {
            throw RequestException.Of(refused);
        }
    }

    /// <summary>Writes a record's message for a look at it. A patient's data is shown, so the look is audited before the answer.</summary>
    public async Task<WrittenAnswer> WriteAsync(WriteMessageRequest request, CancellationToken cancellationToken)
    {
        var practice = parts.Practices.FirstOrDefault(known => known.Id == request.Practice) ?? throw Unknown(request.Practice);
        try
        {
            var address = Desk.Outbound.For(request.Practice, request.Destination, AppointmentDesk.Type).FirstOrDefault(_nobody);
            var records = await parts.Store.AskOrRefuseAsync(
                request.Audit("map write", request.Practice, $"{request.Type} {request.Id} as {request.Event}"), reader => Records(reader, request, practice.Vendor), cancellationToken);
            var written = Desk.Outbound.Write(request.Event, records, new HashSet<ClearedField>(), address, practice, records[0].Id, Desk.Now);
            return new WrittenAnswer(Views.Text(written.Body.Span).Replace('\r', '\n'), written.IsRefused, [.. written.Notes.Select(note => note.ToLine(request.Event))]);
        }
        catch (ChangeRefusedException refused)
        {
            throw RequestException.Of(refused);
        }
    }

    private IReadOnlyList<StoredRecord> Records(IStoreReader reader, WriteMessageRequest request, string vendor)
    {
        if (request.Type == AppointmentDesk.Type)
        {
            var visit = Desk.Find(reader, request.Practice, request.Id);
            return [visit, AppointmentDesk.PatientOf(reader, visit)];
        }

        var record = reader.Record(request.Practice, new RecordAlias(request.Type, vendor, request.Id))
            ?? (EngineId.TryParse(request.Id, out var id) && reader.Record(request.Practice, id) is { } own && own.Type == request.Type ? own : null)
            ?? throw new ChangeRefusedException($"There is no such {request.Type}.", ChangeRefusal.NotFound);
        return record["patient_id"] is null ? [record] : [record, AppointmentDesk.PatientOf(reader, record)];
    }

    private async Task<AppointmentAnswer> AnswerAsync(
        Func<AppointmentChange, CancellationToken, Task<AppointmentOutcome>> change, AppointmentRequest request, AppointmentChange wanted, CancellationToken cancellationToken)
    {
        if (parts.Practices.All(known => known.Id != wanted.Practice))
        {
            throw Unknown(wanted.Practice);
        }

        try
        {
            // What the slot adds was not said by the caller, and is not there to be added when the booking is sent again.
            var chosen = await _slots.ChosenAsync(wanted with { Said = $"{wanted.Said}{FieldValue.ListSeparator}{request.Connection}" }, request, cancellationToken);
            var made = await change(await _clocks.WithClockAsync(chosen, request, cancellationToken), cancellationToken);
            return new AppointmentAnswer(
                made.Visit.Id.ToString(),
                made.Event,
                [.. BookingNames.Told(made.Visit.Aliases).Select(alias => new AliasView(alias.System, alias.Value))],
                [.. made.Changes.Select(field => new FieldChangeView(field.Name, field.Before, field.After, field.Cell?.ToString()))],
                [.. made.Deliveries.Select(delivery => new QueuedDelivery(delivery.Destination, delivery.Event, delivery.Id.ToString()))])
            {
                IsRepeat = made.IsRepeat,
                Status = made.Visit["status"],
                IsOver = !made.Stands,
            };
        }
        catch (ChangeRefusedException refused)
        {
            // What was changed carries its audit row; what was refused has told something, too.
            await parts.Store.AskAsync(wanted.Audit with { Subject = $"refused: {wanted.Patient ?? wanted.Visit}" }, _ => 0, cancellationToken);
            throw RequestException.Of(refused);
        }
    }

    private static VisitDeliveryView Of(StoredDelivery delivery) => new(
        delivery.Id.ToString(), delivery.Destination, delivery.Event, delivery.State.Text(), delivery.Attempts, Views.Time(delivery.CreatedAt))
    {
        Code = delivery.Code,
        Reason = delivery is { State: DeliveryState.Waiting or DeliveryState.Held, IsDamaged: false, Reply.IsEmpty: true } ? delivery.Reason : null,
        NextAttemptAt = delivery.State is DeliveryState.Waiting ? Views.Time(delivery.NextAttemptAt) : null,
        SettledAt = delivery.SettledAt is { } settledAt ? Views.Time(settledAt) : null,
    };

    /// <summary>Programs write an empty text for what they do not say. Of a visit's own values it removes one that may be missing, which none of these is.</summary>
    private static T Said<T>(T request)
        where T : AppointmentRequest => (T)(request with { Start = Word(request.Start), Slot = Word(request.Slot), Connection = Word(request.Connection), Destination = Word(request.Destination) });

    private static string? Word(string? said) => string.IsNullOrWhiteSpace(said) ? null : said;

    private static AppointmentChange Wanted(AppointmentRequest request, string command) => new()
    {
        Practice = request.Practice,
        Start = request.Start,
        Minutes = request.Minutes,
        Type = request.Type,
        Provider = request.Provider,
        Location = request.Location,
        VisitReason = request.VisitReason,
        Note = request.Note,
        Slot = request.Slot,
        Destination = request.Destination,
        Seen = request.Seen,
        Audit = Because(request, command),
    };

    /// <summary>A change needs its reason: the next person wants to know.</summary>
    private static AuditEntry Because(AppointmentRequest request, string command) => string.IsNullOrWhiteSpace(request.Reason)
        ? throw RequestException.Usage("Say why with --because TEXT: it is kept in the audit.")
        : request.Audit(command, request.Practice, null);

    private RequestException Unknown(string practice) =>
        RequestException.Usage($"{practice} is not a practice of the settings ({string.Join(", ", parts.Practices.Select(known => known.Id))}).");
}
