using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>The error queue: why messages need somebody, inside one read transaction. No question looks at all messages.</summary>
internal interface ICauseReader
{
    /// <summary>Causes that messages stand still for, newest first. The text of one that was altered outside the engine says so.</summary>
    /// <param name="practice">Null for all, an empty string for messages whose practice is unknown.</param>
    /// <param name="before">Only causes with a smaller id (the next page); <see cref="EngineId.None"/> for the first page.</param>
    /// <param name="limit">At most ten thousand.</param>
    IReadOnlyList<StoredCause> Causes(string? practice, EngineId before, int limit);

    /// <summary>One cause, closed ones too; null when there is none.</summary>
    StoredCause? Cause(EngineId id);

    /// <summary>The cause a message stands still for; null when it does for none.</summary>
    EngineId? CauseOf(EngineId message);

    /// <summary>The messages of a cause in the order in which they came: a page after the given one.</summary>
    IReadOnlyList<EngineId> CauseMessages(EngineId cause, EngineId after, int limit);

    /// <summary>Messages that stood still before causes were kept, and have not got theirs (<see cref="CommitUnit.CauseOf"/>).</summary>
    IReadOnlyList<EngineId> Uncaused(EngineId after, int limit);

    /// <summary>What parked messages wait for, longest first.</summary>
    IReadOnlyList<AwaitedReference> Awaited(string? practice, int limit);

    /// <summary>Parked messages with a smaller id, oldest first: what waits for too long.</summary>
    IReadOnlyList<EngineId> ParkedBefore(EngineId before, int limit);
}
