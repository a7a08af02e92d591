using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>A record to be written as one JSON document: a FHIR resource, or the body of a call of athenaNet.</summary>
public sealed class OutgoingDocument
{
    /// <summary>The resource or call as <c>Messages</c> lists it: <c>FHIR Patient</c>, <c>POST /patients</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The record as it is stored now.</summary>
    public required StoredRecord Record { get; init; }

    /// <summary>The receiver's id of a patient of ours; null when the receiver has none.</summary>
    public required Func<EngineId, string?> ExternalIdOf { get; init; }

    /// <summary>The time that formulas take for today.</summary>
    public required Instant Instant { get; init; }

    /// <summary>What this change removed. Every other field that holds nothing is left out, or left as the receiver has it.</summary>
    public IReadOnlySet<ClearedField> Cleared { get; init; } = new HashSet<ClearedField>();

    /// <summary>
    /// What the receiver holds. Of FHIR everything in it that no row writes stays as it is. A call of athenaNet tells only what differs,
    /// and of whom: what it does not name stays there, and a masked value (<c>*****3333</c>) never goes back. Null for a new document.
    /// </summary>
    public JsonBody? Over { get; init; }

    /// <summary>
    /// The clock of the record's location as the receiver names it: a document of athenaNet then says itself by which its times are (header
    /// <c>zone: location, athenaNet timezonename, practice</c>). The table's zone comes first. Null where nobody named one.
    /// </summary>
    public DateTimeZone? Clock { get; init; }

    /// <summary>Written as a form, which is how athenaNet takes its calls: <c>application/x-www-form-urlencoded</c>.</summary>
    public bool IsForm { get; init; }
}

/// <summary>Rows of a file to be written.</summary>
public sealed class OutgoingFile
{
    /// <summary>The kind of file as <c>Messages</c> lists it: <c>Patients file</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The records of each row: a patient, and the coverage that stands beside him.</summary>
    public required IReadOnlyList<IReadOnlyList<StoredRecord>> Rows { get; init; }

    /// <summary>The receiver's id of a patient of ours; null when the receiver has none.</summary>
    public required Func<EngineId, string?> ExternalIdOf { get; init; }

    /// <summary>The time that formulas take for today.</summary>
    public required Instant Instant { get; init; }
}
