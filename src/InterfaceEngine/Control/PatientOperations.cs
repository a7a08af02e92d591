using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Control;

/// <summary>Patients whom a person registers or changes here.</summary>
internal sealed class PatientOperations(EngineParts parts)
{
    private PatientDesk Desk => parts.Patients ?? throw RequestException.Refused("No mappings are loaded, so patients can't be changed.");

    public Task<PatientAnswer> CreateAsync(CreatePatientRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(Desk.CreateAsync, Wanted(request, "patients create") with { Key = request.Key }, cancellationToken);

    public Task<PatientAnswer> ChangeAsync(ChangePatientRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(Desk.ModifyAsync, Wanted(request, "patients change") with { Patient = request.Id, Number = request.Number, Seen = request.Seen }, cancellationToken);

    private async Task<PatientAnswer> AnswerAsync(Func<PatientChange, CancellationToken, Task<MadeRecord>> change, PatientChange wanted, CancellationToken cancellationToken)
    {
        if (parts.Practices.All(known => known.Id != wanted.Practice))
        {
            throw RequestException.Usage($"{wanted.Practice} is not a practice of the settings ({string.Join(", ", parts.Practices.Select(known => known.Id))}).");
        }

        try
        {
            var made = await change(wanted, cancellationToken);
            return new PatientAnswer(
                made.Record.Id.ToString(),
                made.Event,
                [.. CallerKey.Told(made.Record.Aliases).Select(alias => new AliasView(alias.System, alias.Value))],
                Views.Of(made.Changes, parts.Definitions(wanted.Practice).FirstOrDefault(definition => definition.Type == RecordDefinition.Patient)),
                [.. made.Deliveries.Select(delivery => new QueuedDelivery(delivery.Destination, delivery.Event, delivery.Id.ToString()))])
            {
                IsRepeat = made.IsRepeat,
            };
        }
        catch (ChangeRefusedException refused)
        {
            // What was changed carries its audit row; what was refused has told something, too.
            await parts.Store.AskAsync(wanted.Audit with { Subject = $"refused: {wanted.Patient ?? "a new patient"}" }, _ => 0, cancellationToken);
            throw RequestException.Of(refused);
        }
    }

    /// <summary>A change needs its reason: the next person wants to know.</summary>
    private static PatientChange Wanted(PatientRequest request, string command) => new()
    {
        Practice = request.Practice,
        Fields = request.Fields ?? [],
        Location = request.Location,
        IsAnother = request.IsAnother,
        Destination = request.Destination,
        Audit = string.IsNullOrWhiteSpace(request.Reason) ? throw RequestException.Usage("Say why with --because TEXT: it is kept in the audit.") : request.Audit(command, request.Practice, null),
    };
}
