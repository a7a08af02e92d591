namespace InterfaceEngine.Store;

/// <summary>
/// What a connection to a vendor must remember: tokens, how much of its rate is used, how far it has read, exports that are under way, subscriptions
/// and events that wait. Each is a small document under a name, sealed under its practice's key, with a version; nodes that share the store meet here.
/// Names and kinds are plain: they hold no patient's value and no secret.
/// </summary>
internal interface IConnectionStore
{
    /// <summary>One document; <see cref="ConnectionDocument.Version"/> 0 and no content when there is none.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    /// <exception cref="Protection.ProtectionException">It was altered outside the engine.</exception>
    Task<ConnectionDocument> FindAsync(ConnectionKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Writes documents together, all or none, each only if it has the version that was read; then it has the next one. Returns after the sync.
    /// </summary>
    /// <returns>False when one of them has another version by now: nothing is written.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: nothing is written.</exception>
    Task<bool> WriteAsync(IReadOnlyList<ConnectionWrite> writes, CancellationToken cancellationToken);

    /// <summary>Documents of a kind, by name.</summary>
    /// <param name="practice">Whose.</param>
    /// <param name="connection">Of which connection.</param>
    /// <param name="kind">E.g. <c>bulk job</c>.</param>
    /// <param name="after">Only names behind this one; empty for the first page.</param>
    /// <param name="limit">The most of a page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<ConnectionDocument>> ListAsync(string practice, string connection, string kind, string after, int limit, CancellationToken cancellationToken);

    /// <summary>Documents of a kind that are due by the store's clock, of all connections, the oldest first.</summary>
    /// <param name="kind">E.g. <c>event</c>.</param>
    /// <param name="limit">The most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<ConnectionDocument>> DueAsync(string kind, int limit, CancellationToken cancellationToken);

    /// <summary>Drops documents of a kind that nothing is due of and that were not written since a time. Returns how many; at most <paramref name="limit"/>.</summary>
    /// <param name="kind">E.g. <c>event</c>.</param>
    /// <param name="writtenBefore">UTC milliseconds by the store's clock.</param>
    /// <param name="limit">The most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<int> DropAsync(string kind, long writtenBefore, int limit, CancellationToken cancellationToken);
}

/// <param name="Practice">Whose: its key seals the document.</param>
/// <param name="Connection">The connection's id in the settings, e.g. <c>conn_123</c>.</param>
/// <param name="Kind">What it is, e.g. <c>token</c>, <c>rate</c>, <c>cursor</c>, <c>bulk job</c>, <c>subscription</c>, <c>event</c>.</param>
/// <param name="Name">Which of its kind, at most 200 characters; empty where there is only one.</param>
internal sealed record ConnectionKey(string Practice, string Connection, string Kind, string Name);

/// <summary>A document as it is kept.</summary>
internal sealed record ConnectionDocument
{
    public required ConnectionKey Key { get; init; }

    /// <summary>One more with each writing; 0 for one that is not there.</summary>
    public required long Version { get; init; }

    /// <summary>UTF-8 JSON; empty for one that is not there.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>When something is to be done about it; null when nothing is. UTC milliseconds by the store's clock.</summary>
    public long? DueAt { get; init; }

    /// <summary>When it was written last. UTC milliseconds by the store's clock.</summary>
    public long WrittenAt { get; init; }

    /// <summary>The store's clock when it was read, UTC milliseconds: all nodes have it in common.</summary>
    public required long Now { get; init; }
}

/// <param name="Key">Which.</param>
/// <param name="Version">The version it was read with; 0 for a new one.</param>
/// <param name="Content">UTF-8 JSON; null removes it. One that comes again under the name begins at version 1 again, so who may still hold a version of before must get by with that.</param>
internal sealed record ConnectionWrite(ConnectionKey Key, long Version, ReadOnlyMemory<byte>? Content)
{
    /// <summary>After how long something is to be done about it, from now by the store's clock; null when nothing is.</summary>
    public TimeSpan? DueIn { get; init; }
}
