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

    /// <summary>MSH-3.</summary>
    public required string SendingApplication { get; init; }

    /// <summary>MSH-4; null writes the practice's id.</summary>
    public string? SendingFacility { get; init; }

    /// <summary>MSH-5.</summary>
    public required string ReceivingApplication { get; init; }

    /// <summary>MSH-6; null writes the practice's id.</summary>
    public string? ReceivingFacility { get; init; }

    /// <summary>MSH-11.</summary>
    public string ProcessingId { get; init; } = "P";

    /// <summary>MSH-12.</summary>
    public string Version { get; init; } = "2.3";

    /// <summary>What a visit that is moved goes out as: <c>SIU^S14</c>, the default, or <c>SIU^S13</c> where the receiver takes that.</summary>
    public string MoveEvent { get; init; } = "SIU^S14";

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
