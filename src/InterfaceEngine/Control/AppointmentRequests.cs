namespace InterfaceEngine.Control;

/// <summary>Books a visit on our side and tells the practice's destinations.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Patient">The vendor's id or ours.</param>
/// <param name="Start">Local to the clinic, <c>2026-12-01 09:00</c>, or with an offset.</param>
/// <param name="Minutes">How long it takes.</param>
/// <param name="Type">A code of the table of appointment types.</param>
/// <param name="Provider">Our id, the vendor's, a user name or an NPI.</param>
/// <param name="Location">Our id, the vendor's or a user name.</param>
internal sealed record BookAppointmentRequest(
    string Practice, string Patient, string Start, int Minutes, string? Type, string Provider, string Location) : ControlRequest<AppointmentAnswer>
{
    public string? VisitReason { get; init; }

    public string? Note { get; init; }

    /// <summary>Tell only this destination.</summary>
    public string? Destination { get; init; }
}

/// <summary>Changes a visit; what is null stays as it is, and an empty reason or note is removed.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Id">Our id, the placer's or the filler's number.</param>
internal sealed record ModifyAppointmentRequest(string Practice, string Id) : ControlRequest<AppointmentAnswer>
{
    public string? Start { get; init; }

    public int? Minutes { get; init; }

    public string? Type { get; init; }

    public string? Provider { get; init; }

    public string? Location { get; init; }

    public string? VisitReason { get; init; }

    public string? Note { get; init; }

    public string? Destination { get; init; }
}

/// <summary>Cancels a visit; the reason goes into the audit.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Id">Our id, the placer's or the filler's number.</param>
internal sealed record CancelAppointmentRequest(string Practice, string Id) : ControlRequest<AppointmentAnswer>
{
    public string? Destination { get; init; }
}

/// <summary>The message that would tell of a record, as it is stored now. Nothing is sent.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Type">The record type.</param>
/// <param name="Id">The record's external id or ours; of an appointment also the placer's number.</param>
/// <param name="Event">E.g. <c>SIU^S14</c>.</param>
internal sealed record WriteMessageRequest(string Practice, string Type, string Id, string Event) : ControlRequest<WrittenAnswer>
{
    /// <summary>Whose header it gets; null takes the practice's first destination, or none.</summary>
    public string? Destination { get; init; }
}
