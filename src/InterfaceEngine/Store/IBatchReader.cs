using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>Batches and files, inside one read transaction.</summary>
internal interface IBatchReader
{
    /// <summary>Batches and files, newest first.</summary>
    /// <param name="before">Only those with a smaller id; <see cref="EngineId.None"/> for the first page.</param>
    /// <param name="limit">How many at most.</param>
    IReadOnlyList<StoredBatch> Batches(EngineId before, int limit);

    StoredBatch? Batch(EngineId id);

    /// <summary>A batch's messages as they are now, in their order, without bodies and replies.</summary>
    /// <param name="batch">Whose.</param>
    /// <param name="after">Only those with a larger id.</param>
    /// <param name="limit">How many at most.</param>
    IReadOnlyList<StoredMessage> BatchMessages(EngineId batch, EngineId after, int limit);

    /// <summary>Batches received, and what became of them, by day of receipt, from a day on.</summary>
    IReadOnlyList<BatchDay> BatchDays(long since);

    /// <summary>Batches of which another number of messages was stored than was read.</summary>
    IReadOnlyList<StoredBatch> UnbalancedBatches(int limit);

    /// <summary>What a recount finds: batches with the messages that name them, by id: a page after the given one.</summary>
    IReadOnlyList<CountedBatch> RecountBatches(EngineId after, int limit);
}

/// <param name="Day">See <see cref="LedgerDay"/>.</param>
/// <param name="Source">The source's name.</param>
/// <param name="IsFile">Files and what came over connections count apart.</param>
/// <param name="Received">How many were begun.</param>
/// <param name="Verdicts">How many of them have each verdict.</param>
internal sealed record BatchDay(long Day, string Source, bool IsFile, long Received, IReadOnlyDictionary<BatchVerdict, long> Verdicts);

/// <param name="Batch">The batch, without detail and states.</param>
/// <param name="Named">How many messages name it.</param>
internal sealed record CountedBatch(StoredBatch Batch, long Named);
