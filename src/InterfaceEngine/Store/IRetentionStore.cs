namespace InterfaceEngine.Store;

/// <summary>Room for what comes, where a store makes it ahead of time.</summary>
internal interface IRetentionStore
{
    /// <summary>Makes room for this month and the next. Keeps no message waiting: what can't be had at once is left for the next time. Called at each start and every hour, by every node.</summary>
    /// <returns>What could not be made, and why, in words; nothing is lost for that. Empty where no room is made ahead.</returns>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<IReadOnlyList<string>> PrepareAsync(CancellationToken cancellationToken);
}
