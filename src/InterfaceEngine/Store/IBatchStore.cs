using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// What came as a batch or a file, beside its messages, which are kept one by one and name their batch
/// (<see cref="MessageWrite.Batch"/>). A batch is begun before its first message, so that one that breaks off leaves a trace.
/// </summary>
internal interface IBatchStore
{
    /// <summary>A batch comes in.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: nothing of the batch may be taken.</exception>
    Task BeginAsync(BatchStart batch, CancellationToken cancellationToken);

    /// <summary>A batch has its verdict. The store's own count of its messages is beside it from then on: a difference is an error of the ledger.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: the sender sends the batch again, and its messages are recognised.</exception>
    Task EndAsync(BatchEnd batch, CancellationToken cancellationToken);

    /// <summary>Gives the batches that this node left open when it was killed their verdict. Called at each start, before a batch is begun.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<int> EndAbandonedAsync(CancellationToken cancellationToken);

    /// <summary>The same for nodes that fell silent (<see cref="INodeStore"/>). A batch that goes on after all is not to be ended any more, and its messages are kept.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<int> EndThoseOfGoneNodesAsync(CancellationToken cancellationToken);
}

/// <summary>What became of a batch as a whole, whatever became of its messages.</summary>
internal enum BatchVerdict
{
    /// <summary>It is on its way.</summary>
    Open,

    /// <summary>Its envelope is closed and every count in it is right; or it has none.</summary>
    Complete,

    /// <summary>Its envelope states other counts than came, or is out of order.</summary>
    Mismatch,

    /// <summary>A trailer is missing.</summary>
    CutOff,

    /// <summary>It was not read to its end: the store failed, the engine stopped or was killed, or its reader went away.</summary>
    Interrupted,
}

/// <summary>Verdicts as they are written in the database and shown.</summary>
internal static class BatchVerdicts
{
    private static readonly string[] _texts = ["open", "complete", "mismatch", "cut off", "interrupted"];

    public static string Text(this BatchVerdict verdict) => _texts[(int)verdict];

    public static BatchVerdict Parse(string text)
    {
        var index = Array.IndexOf(_texts, text);
        return index >= 0 ? (BatchVerdict)index : throw new InvalidDataException($"'{text}' is no verdict of a batch.");
    }
}

/// <param name="Id">Its id.</param>
/// <param name="Source">The source's name.</param>
/// <param name="IsFile">It was read from a file; else it came over a connection.</param>
/// <param name="ReceivedAt">UTC milliseconds: the day on which it counts.</param>
internal sealed record BatchStart(EngineId Id, string Source, bool IsFile, long ReceivedAt);

/// <summary>A batch that was read to its end, or broke off.</summary>
internal sealed record BatchEnd
{
    public required EngineId Id { get; init; }

    public required BatchVerdict Verdict { get; init; }

    /// <summary>How many messages its trailers state; null when none states a number.</summary>
    public required long? Stated { get; init; }

    /// <summary>How many messages of it are stored, as whoever read it counted.</summary>
    public required long Found { get; init; }

    /// <summary>How many of its messages got each state when they were received; they may have moved on since.</summary>
    public required IReadOnlyDictionary<MessageState, long> States { get; init; }

    /// <summary>JSON text for people: control id, file name, problems, totals; encrypted under the engine's own key, for a batch may hold several practices.</summary>
    public required string Detail { get; init; }
}

/// <summary>A batch as it is kept.</summary>
internal sealed record StoredBatch
{
    public required EngineId Id { get; init; }

    public required string Source { get; init; }

    public required bool IsFile { get; init; }

    public required long ReceivedAt { get; init; }

    public required BatchVerdict Verdict { get; init; }

    public required long? Stated { get; init; }

    /// <summary>See <see cref="BatchEnd.Found"/>; null while it is open, and when its engine was killed.</summary>
    public required long? Found { get; init; }

    /// <summary>How many messages were stored of it, as the transactions counted that stored them; null for one from before they did.</summary>
    public required long? Stored { get; init; }

    public IReadOnlyDictionary<MessageState, long> States { get; init; } = new Dictionary<MessageState, long>();

    /// <summary>Null until it has ended.</summary>
    public required string? Detail { get; init; }
}
