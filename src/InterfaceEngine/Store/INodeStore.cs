namespace InterfaceEngine.Store;

/// <summary>
/// The processes that share the store. Each has a name, a small number that no other live one has (its ids carry it), and
/// an end that it puts off again and again, by the store's own clock: one that falls silent is gone, whatever it believes.
/// </summary>
internal interface INodeStore
{
    /// <summary>Enters this process, in the place of a dead one of its name.</summary>
    /// <param name="node">Who it is.</param>
    /// <param name="lasts">From now; put it off in good time.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>Its number, 0 to <see cref="Core.Records.IdSource.NodeMax"/>.</returns>
    /// <exception cref="NodeTakenException">A live process of another home has the name, or any when this one enters again; or too many are alive.</exception>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<int> JoinAsync(NodeIdentity node, TimeSpan lasts, CancellationToken cancellationToken);

    /// <summary>Puts its end off and keeps what it says of itself. False when it is not entered any more: enter it again.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: it ends when it would have ended.</exception>
    Task<bool> BeatAsync(NodeIdentity node, NodeReport report, TimeSpan lasts, CancellationToken cancellationToken);

    /// <summary>It ends in order. Of one that is not entered any more, nothing changes.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: it ends by itself.</exception>
    Task LeaveAsync(NodeIdentity node, CancellationToken cancellationToken);
}

/// <param name="Name">The node's name in the settings; unique among the live ones.</param>
/// <param name="Owner">This process: a name that no two processes share, also the owner of its leases.</param>
/// <param name="Home">
/// Names its data folder, which one process holds at a time: whoever holds it knows that the process before is dead, and
/// need not wait for its end.
/// </param>
/// <param name="Version">The program's.</param>
internal sealed record NodeIdentity(string Name, string Owner, string Home, string Version)
{
    /// <summary>
    /// It was entered before and lost its place. A live process of its name holds the data folder by now, or a copy of it, and keeps
    /// the place.
    /// </summary>
    public bool IsAgain { get; init; }

    /// <summary>A command, of which nothing is kept once it has left.</summary>
    public bool IsBrief { get; init; }
}

/// <summary>What a node says of itself.</summary>
/// <param name="MappingSet">The hash of the mapping set it reads by; null before it has one.</param>
/// <param name="Problem">Why it takes no new connections; null when it does.</param>
internal sealed record NodeReport(string? MappingSet, string? Problem);

/// <summary>A node as people see it.</summary>
internal sealed record StoredNode
{
    public required string Name { get; init; }

    public required int Number { get; init; }

    public required string Owner { get; init; }

    public required string Version { get; init; }

    public required string? MappingSet { get; init; }

    public required string? Problem { get; init; }

    /// <summary>UTC milliseconds, by the store's clock.</summary>
    public required long StartedAt { get; init; }

    /// <summary>When it was last heard of, UTC milliseconds, by the store's clock.</summary>
    public required long SeenAt { get; init; }

    /// <summary>How long ago that was.</summary>
    public required TimeSpan Silence { get; init; }

    /// <summary>A command that opened the store beside the engines: no node of the settings is named so.</summary>
    public bool IsCommand => Name.Contains('/', StringComparison.Ordinal);

    /// <summary>Its end is still to come.</summary>
    public required bool IsLive { get; init; }
}

/// <summary>A live process has the name, or every number is taken; the message says which.</summary>
internal sealed class NodeTakenException(string message) : Exception(message);
