namespace InterfaceEngine.Control;

/// <summary>What a person says of a visit on our side; the practice's destinations are told. What is null is not said.</summary>
/// <param name="Practice">The practice.</param>
internal abstract record AppointmentRequest(string Practice) : ControlRequest<AppointmentAnswer>(TimeSpan.FromMinutes(10))
{
    /// <summary>Local to the clinic, <c>2026-12-01 09:00</c>, or with an offset.</summary>
    public string? Start { get; init; }

    /// <summary>How long it takes.</summary>
    public int? Minutes { get; init; }

    /// <summary>A code of the table of appointment types, or athenahealth's number of it.</summary>
    public string? Type { get; init; }

    /// <summary>Our id, the vendor's, a user name or an NPI.</summary>
    public string? Provider { get; init; }

    /// <summary>Our id, the vendor's or a user name.</summary>
    public string? Location { get; init; }

    /// <summary>Why the patient comes; an empty text removes it.</summary>
    public string? VisitReason { get; init; }

    /// <summary>Lines for the clinic; an empty text removes them.</summary>
    public string? Note { get; init; }

    /// <summary>The vendor's number of a free slot, as <see cref="EhrSlotView.Id"/> has it: the visit gets its time and its number. Null for none.</summary>
    public string? Slot { get; init; }

    /// <summary>The connection whose slot it is; null where the practice has only one.</summary>
    public string? Connection { get; init; }

    /// <summary>Tell only this destination; null tells all of the practice's.</summary>
    public string? Destination { get; init; }

    /// <summary>Only while the visit is as one of these names it; null for however it is.</summary>
    public IReadOnlyList<string>? Seen { get; init; }
}

/// <summary>Books a visit.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Patient">The vendor's id or ours.</param>
internal sealed record BookAppointmentRequest(string Practice, string Patient) : AppointmentRequest(Practice)
{
    /// <summary>The caller's own name for the booking: the same again is answered with the visit that is there. Null for none.</summary>
    public string? Key { get; init; }

    /// <summary>Without a key: the same patient at the same time, or in the same slot, is one visit while that stands, in whatever words it is said.</summary>
    public bool IsOnce { get; init; }

    /// <summary>
    /// Where no slot is said: the first that is open at the vendor at just this time, with the provider and in the place that are said or the connection's own, is the one
    /// that is meant.
    /// </summary>
    public bool SeeksSlot { get; init; }
}

/// <summary>Changes a visit; what is not said stays as it is.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Id">Our id, the placer's or the filler's number.</param>
internal sealed record ModifyAppointmentRequest(string Practice, string Id) : AppointmentRequest(Practice);

/// <summary>Cancels a visit; the reason goes into the audit.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Id">Our id, the placer's or the filler's number.</param>
internal sealed record CancelAppointmentRequest(string Practice, string Id) : AppointmentRequest(Practice);

/// <summary>How what the destinations were told, or are to be told, of a visit stands.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Id">Our id, the placer's or the filler's number.</param>
internal sealed record AppointmentDeliveriesRequest(string Practice, string Id) : ControlRequest<AppointmentDeliveriesAnswer>;

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
