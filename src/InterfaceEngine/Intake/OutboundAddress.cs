using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>A destination as whoever writes messages for it must know it.</summary>
internal sealed record OutboundAddress
{
    /// <summary>Its name in the settings.</summary>
    public required string Destination { get; init; }

    /// <summary>The practices whose changes go there.</summary>
    public required IReadOnlyList<string> Practices { get; init; }

    /// <summary>How it is told.</summary>
    public OutboundForm Form { get; init; } = OutboundForm.Hl7;

    /// <summary>The connection over which it is told by calls; null where it is told by messages.</summary>
    public string? Connection { get; init; }

    /// <summary>It is told of patients who are registered and changed here, too.</summary>
    public bool TakesPatients => Form is not OutboundForm.Hl7 || PatientEvents is not null;

    /// <summary>It is told of visits that are booked, changed and cancelled here. Default: yes.</summary>
    public bool TakesVisits { get; init; } = true;

    /// <summary>MSH-3.</summary>
    public string SendingApplication { get; init; } = "INTERFACEENGINE";

    /// <summary>MSH-4; null writes the practice's id.</summary>
    public string? SendingFacility { get; init; }

    /// <summary>MSH-5.</summary>
    public string ReceivingApplication { get; init; } = "ATHENANET";

    /// <summary>MSH-6; null writes the practice's id.</summary>
    public string? ReceivingFacility { get; init; }

    /// <summary>MSH-11.</summary>
    public string ProcessingId { get; init; } = "P";

    /// <summary>MSH-12.</summary>
    public string Version { get; init; } = "2.3";

    /// <summary>What a visit that is moved goes out as: <c>SIU^S14</c>, the default, or <c>SIU^S13</c> where the receiver takes that.</summary>
    public string MoveEvent { get; init; } = "SIU^S14";

    /// <summary>
    /// What patients go out as: <c>A28</c> tells of a new one by <c>ADT^A28</c> and of a change by <c>ADT^A31</c>, <c>A04</c> by <c>ADT^A04</c> and
    /// <c>ADT^A08</c>. Null, the default, tells of none: athenahealth sends ADT and takes none.
    /// </summary>
    public string? PatientEvents { get; init; }

    /// <summary>The header of one message; its control id is the id of its delivery.</summary>
    public OutgoingHeader Header(string practice, EngineId delivery, Instant instant) => new()
    {
        SendingApplication = SendingApplication,
        SendingFacility = SendingFacility ?? practice,
        ReceivingApplication = ReceivingApplication,
        ReceivingFacility = ReceivingFacility ?? practice,
        ControlId = delivery.ToString(),
        ProcessingId = ProcessingId,
        Version = Version,
        Instant = instant,
    };
}

/// <summary>How a destination is told of a change.</summary>
internal enum OutboundForm
{
    /// <summary>By a message of HL7 v2; what the header says stands in the address.</summary>
    Hl7,

    /// <summary>By calls of athenaNet: the delivery is a <see cref="CallOrder"/>, and the destination finds out which calls it takes.</summary>
    AthenaNet,

    /// <summary>By FHIR: the delivery is a <see cref="CallOrder"/> whose record is a resource.</summary>
    Fhir,
}
