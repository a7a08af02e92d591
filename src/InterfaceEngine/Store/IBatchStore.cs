using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>What came as a batch or a file, beside its messages, which are kept one by one.</summary>
internal interface IBatchStore
{
    /// <summary>Keeps a batch that was taken to its end.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: the sender sends the batch again, and its messages are recognised.</exception>
    Task KeepAsync(BatchWrite batch, CancellationToken cancellationToken);
}

/// <summary>A batch or a file of messages, and what became of them.</summary>
internal sealed record BatchWrite
{
    public required EngineId Id { get; init; }

    /// <summary>The source's name.</summary>
    public required string Source { get; init; }

    /// <summary>UTC milliseconds.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>How many messages its trailers state; null when none states a number.</summary>
    public required long? Stated { get; init; }

    /// <summary>How many there were.</summary>
    public required long Found { get; init; }

    /// <summary>Its envelope is closed and every count in it is right.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>How many of its messages got each state when they were received; they may have moved on since.</summary>
    public required IReadOnlyDictionary<MessageState, long> States { get; init; }

    /// <summary>JSON text for people: control id, file name, problems, totals; encrypted under the engine's own key, for a batch may hold several practices.</summary>
    public required string Detail { get; init; }
}
