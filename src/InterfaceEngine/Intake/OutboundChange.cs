using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>What happened to a record on our side, before it is written for anybody.</summary>
/// <param name="Event">As an order has it: <see cref="CallOrder.Booked"/>, <see cref="CallOrder.Registered"/> and so on.</param>
/// <param name="Record">The record as it is now.</param>
/// <param name="Patient">Whose it is, or who it is.</param>
/// <param name="Changed">The fields that changed.</param>
internal abstract record OutboundChange(string Event, StoredRecord Record, StoredRecord Patient, IReadOnlyList<string> Changed)
{
    /// <summary>From when it counts.</summary>
    public Instant At { get; init; }

    /// <summary>What it removed.</summary>
    public IReadOnlySet<ClearedField> Cleared { get; init; } = new HashSet<ClearedField>();

    /// <summary>The event of HL7 v2 that tells of it where an address has no other.</summary>
    public abstract string Message { get; }

    /// <summary>
    /// What must arrive in order. Messages go in order for each patient, as the record names her also after a merge, so that what was queued of it before goes
    /// first, and a new patient before her visits. Calls look at what the vendor has, so only those of one record go in order: one that is held holds no other up.
    /// </summary>
    public abstract string LaneFor(OutboundForm form);

    /// <summary>The clock of its place as the vendor names it; null where nobody named one.</summary>
    public DateTimeZone? Clock { get; init; }

    /// <summary>What an HL7 message is written of: the record first, then its patient.</summary>
    public virtual IReadOnlyList<StoredRecord> Told => [Record];

    /// <summary>The event of HL7 v2 that tells an address of it.</summary>
    public virtual string MessageFor(OutboundAddress address) => Message;

    /// <summary>What the tables write for a destination that is told by calls: a call of athenaNet, or a resource.</summary>
    public abstract string CallFor(OutboundForm form);

    /// <summary>Why it can't be told by calls of this form, so that it would only wait for a person, and everything behind it too; null when it can.</summary>
    public virtual string? WhyUntold(OutboundForm form) => null;

    /// <summary>What such a destination is to do about it.</summary>
    /// <param name="call">As the tables wrote it.</param>
    public abstract CallOrder Order(ReadOnlyMemory<byte> call);
}

/// <summary>What happened to a visit.</summary>
/// <param name="Event"><see cref="CallOrder.Booked"/>, <see cref="CallOrder.Modified"/> or <see cref="CallOrder.Cancelled"/>.</param>
/// <param name="Visit">The visit as it is now.</param>
/// <param name="Patient">Whose it is; where the visit names another, that one was merged into this patient.</param>
/// <param name="Changed">The fields that changed.</param>
internal sealed record VisitChange(string Event, StoredRecord Visit, StoredRecord Patient, IReadOnlyList<string> Changed) : OutboundChange(Event, Visit, Patient, Changed)
{
    /// <summary>The vendor's slot that was chosen; null for none.</summary>
    public string? Slot { get; init; }

    public override string Message => Event switch
    {
        CallOrder.Booked => "SIU^S12",
        CallOrder.Cancelled => "SIU^S15",
        _ => "SIU^S14",
    };

    public override string LaneFor(OutboundForm form) => form is OutboundForm.Hl7 ? Visit["patient_id"] ?? Patient.Id.ToString() : Visit.Id.ToString();

    public override IReadOnlyList<StoredRecord> Told => [Visit, Patient];

    public override string MessageFor(OutboundAddress address) => Event == CallOrder.Modified && Changed.Contains("start_time") ? address.MoveEvent : Message;

    public override string CallFor(OutboundForm form) => form is OutboundForm.Fhir ? "FHIR Appointment" : "PUT /appointments/{appointmentid}";

    public override string? WhyUntold(OutboundForm form) => form is not OutboundForm.AthenaNet || Event != CallOrder.Modified ? null
        : Changed.Contains("notes") && Visit["notes"] is null ? "athenahealth's calls only add to its notes, and none removes one: remove it there."
        : Changed.Contains("end_time") && !Changed.Contains("start_time") && !Changed.Contains("appointment_type") ? "athenahealth takes the length of a visit from its type, and no call changes it: change the type, or the length there."
        : null;

    public override CallOrder Order(ReadOnlyMemory<byte> call) => new() { Event = Event, Visit = Visit.Id.ToString(), Patient = Patient.Id.ToString(), At = At.ToDateTimeOffset(), Slot = Slot, Changed = Changed, Call = call };
}

/// <summary>What happened to a patient.</summary>
/// <param name="Event"><see cref="CallOrder.Registered"/> or <see cref="CallOrder.Updated"/>.</param>
/// <param name="Patient">The patient as she is now.</param>
/// <param name="Changed">The fields that changed.</param>
internal sealed record PersonChange(string Event, StoredRecord Patient, IReadOnlyList<string> Changed) : OutboundChange(Event, Patient, Patient, Changed)
{
    /// <summary>The vendor's number of the place where she is registered; null where nobody said one.</summary>
    public string? Department { get; init; }

    /// <summary>Somebody said that she is another than those of her name.</summary>
    public bool IsAnother { get; init; }

    public override string Message => Event == CallOrder.Registered ? "ADT^A28" : "ADT^A31";

    public override string LaneFor(OutboundForm form) => Patient.Id.ToString();

    public override string MessageFor(OutboundAddress address) => (address.PatientEvents, Event) switch
    {
        ("A04", CallOrder.Registered) => "ADT^A04",
        ("A04", _) => "ADT^A08",
        _ => Message,
    };

    public override string CallFor(OutboundForm form) => form is OutboundForm.Fhir ? "FHIR Patient" : "POST /patients";

    public override CallOrder Order(ReadOnlyMemory<byte> call) =>
        new() { Event = Event, Patient = Patient.Id.ToString(), At = At.ToDateTimeOffset(), Department = Department, IsAnother = IsAnother, Changed = Changed, Call = call };
}
