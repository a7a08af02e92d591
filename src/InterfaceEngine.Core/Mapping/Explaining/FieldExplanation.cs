using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Explaining;

/// <summary>What one message said of one field, and how that was read.</summary>
public sealed record FieldExplanation
{
    public required string Field { get; init; }

    /// <summary>What was read: valued, cleared, or absent when the message says nothing of it.</summary>
    public required FieldValue Value { get; init; }

    /// <summary>Where the value stood; null for what the tables themselves gave.</summary>
    public MessagePlace? Place { get; init; }

    /// <summary>What decided; null when the message says nothing of the field.</summary>
    public DecidingCell? Cell { get; init; }

    /// <summary>From what was sent to what is stored.</summary>
    public IReadOnlyList<TraceStep> Steps { get; init; } = [];

    /// <summary>Places that say something, and that the field's cells could have meant.</summary>
    public IReadOnlyList<OtherPlace> NotUsed { get; init; } = [];

    /// <summary>What was noticed of the field.</summary>
    public IReadOnlyList<MappingNote> Notes { get; init; } = [];
}
