namespace InterfaceEngine.Store;

/// <summary>
/// Room for what comes, where a store makes it ahead of time, and dropping what is old. What is dropped is counted for the ledger
/// in the same transaction, and the audit says so before anything is gone.
/// </summary>
internal interface IRetentionStore
{
    /// <summary>Makes room for this month and the next. Keeps no message waiting: what can't be had at once is left for the next time. Called at each start and every hour, by every node.</summary>
    /// <returns>What could not be made, and why, in words; nothing is lost for that. Empty where no room is made ahead.</returns>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<IReadOnlyList<string>> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Drops some of what is too old: as much as keeps no message waiting. Never a message that is not finished, that a waiting or
    /// held delivery comes from, that an open review item names, or whose day the ledger has not closed; nor a delivery that is waiting or held;
    /// nor a run of which a message is still there, that is not at its end, or that is the last of its kind.
    /// </summary>
    /// <param name="lease">Whoever drops must hold it.</param>
    /// <param name="dropping">What, and where the turn before ended.</param>
    /// <param name="cancellationToken">Ends the wait for the writer.</param>
    /// <returns>Null when another holds the lease by now.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: nothing of this turn is dropped.</exception>
    Task<DropTurn?> DropAsync(Lease lease, Dropping dropping, CancellationToken cancellationToken);
}

/// <summary>What is kept for a time.</summary>
internal enum DroppedKind
{
    Messages,
    Changes,
    Receipts,
    Deliveries,

    /// <summary>Batches, files of rows, and answers of vendors, which are such files.</summary>
    Runs,
}

/// <summary>One turn of dropping.</summary>
/// <param name="What">Of which kind.</param>
/// <param name="Before">What is older goes. The beginning of a day, UTC, so that all turns of a day are one drop.</param>
/// <param name="After">Where the turn before ended.</param>
internal sealed record Dropping(DroppedKind What, DateTimeOffset Before, DropPlace After)
{
    /// <summary>As the store names it.</summary>
    public string Kind => What.Text();
}

/// <summary>How far dropping has come; the store alone reads it.</summary>
internal readonly record struct DropPlace(string Part, string Practice, long Id)
{
    public static DropPlace Start { get; } = new("", "", 0);
}

/// <param name="Rows">How many were dropped.</param>
/// <param name="Next">Where the next turn begins; null when there is none.</param>
/// <param name="Stays">What is old enough and stays, and why, in words.</param>
internal sealed record DropTurn(long Rows, DropPlace? Next, IReadOnlyList<string> Stays);

/// <summary>Something that was dropped.</summary>
/// <param name="Before">What was older went, UTC milliseconds.</param>
/// <param name="At">When, UTC milliseconds.</param>
internal readonly record struct Drop(long Before, long At);

/// <summary>All that was dropped of a kind.</summary>
internal sealed record DropSum(DroppedKind What, long Rows, Drop Last);

internal static class DroppedKinds
{
    public static string Text(this DroppedKind kind) => kind switch
    {
        DroppedKind.Messages => "messages",
        DroppedKind.Changes => "changes",
        DroppedKind.Receipts => "receipts",
        DroppedKind.Runs => "runs",
        _ => "deliveries",
    };

    public static DroppedKind Parse(string text) => Enum.GetValues<DroppedKind>().Single(kind => kind.Text() == text);
}
