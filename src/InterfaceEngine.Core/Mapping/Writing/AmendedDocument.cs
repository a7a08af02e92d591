using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// A change of a record that was written for a receiver, to be written over what the receiver holds by now: what was changed here is changed there, and
/// nothing else, since the receiver may have changed something else meanwhile.
/// </summary>
public sealed class AmendedDocument
{
    /// <summary>The resource or call as <c>Messages</c> lists it: <c>FHIR Appointment</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The type of the record.</summary>
    public required string Type { get; init; }

    /// <summary>Our id of it.</summary>
    public required EngineId Record { get; init; }

    /// <summary>The whole record as the same tables wrote it when it was changed.</summary>
    public required JsonBody Wanted { get; init; }

    /// <summary>The fields that were changed.</summary>
    public required IReadOnlyCollection<string> Changed { get; init; }

    /// <summary>What the receiver holds.</summary>
    public required JsonBody Held { get; init; }

    /// <summary>The time that formulas take for today.</summary>
    public required Instant Instant { get; init; }
}
