using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// What a destination that speaks of visits by calls may ask of the engine's own records: delivered is only what our record knows, too. What each of
/// them throws of the store goes through: the delivery is then tried again, and costs no attempt.
/// </summary>
internal sealed record VisitRecords
{
    /// <summary>The vendor's number of our visit as it is now; null when it has none yet.</summary>
    public required Func<EngineId, CancellationToken, Task<string?>> NumberOf { get; init; }

    /// <summary>Gives our visit the number that it has at the vendor from now on. Gives our id of another visit that has it already; null when all is well.</summary>
    public required Func<EngineId, string, CancellationToken, Task<EngineId?>> Renumber { get; init; }

    /// <summary>What an order changes of a visit of ours, written by the practice's tables over the resource that the vendor holds. A <see cref="HeldException"/> says that it can't be.</summary>
    public required Func<VisitOrder, EngineId, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Amend { get; init; }

    /// <summary>Takes in what the vendor has after an order was done, with the vendor's clock; it is on disk when this returns.</summary>
    public required Func<VisitOrder, EhrDocument, DateTimeOffset, CancellationToken, Task> TakeAsync { get; init; }
}
