namespace InterfaceEngine.Store;

/// <summary>
/// The sources' side of the ledger: what each says it received, told apart from what the store counts, so that one
/// proves the other. And the closing of days.
/// </summary>
internal interface ILedgerStore
{
    /// <summary>Begins a run of a source's numbering. Called at each start, before the source takes anything.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="inFlightMax">How many numbers can be on their way at once: what a crash may leave unexplained at most.</param>
    /// <param name="cancellationToken">Ends the wait for the writer.</param>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<SourceRun> BeginRunAsync(string source, int inFlightMax, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps what a source says. A number that is reported as unanswered though its message is stored counts as
    /// stored: an answer may get lost after the commit.
    /// </summary>
    /// <returns>False when others ended the run meanwhile, because this node had fallen silent: begin another.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: report it again.</exception>
    Task<bool> ReportAsync(NumberReport report, CancellationToken cancellationToken);

    /// <summary>
    /// Closes every day through this one. A later change of a closed day's counts shows
    /// (<see cref="ILedgerReader.FirstAlteredDay"/>); a message of it that changes its state is an entry of its own.
    /// </summary>
    /// <param name="through">A day that is over, of which every source has reported all its numbers.</param>
    /// <param name="cancellationToken">Ends the wait for the writer.</param>
    /// <returns>How many days were closed.</returns>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<int> SealAsync(long through, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the runs that an engine left open when it was killed. Numbers that were on their way then are recorded as
    /// interrupted, if no more are missing than can have been on their way; else they stay missing, which is a difference.
    /// Called at each start, before a run is begun; only of this node.
    /// </summary>
    /// <returns>How many numbers were interrupted, by source.</returns>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<IReadOnlyList<(string Source, long Interrupted)>> EndAbandonedRunsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The same for nodes that fell silent (<see cref="INodeStore"/>). Messages of such a run are not stored any more: if its node
    /// lives after all, it begins another.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<IReadOnlyList<(string Source, long Interrupted)>> EndRunsOfGoneNodesAsync(CancellationToken cancellationToken);
}
