namespace InterfaceEngine.Store;

/// <summary>What the store has done since it was opened, for the status.</summary>
/// <param name="Units">Units committed.</param>
/// <param name="Transactions">Transactions committed, each with one sync.</param>
/// <param name="Conflicts">Units that lost a race and were given back.</param>
/// <param name="Duplicates">Units that were already accepted on another connection.</param>
/// <param name="Retries">Transactions that failed and were run again.</param>
/// <param name="Failures">Units that the store could not keep.</param>
/// <param name="Checkpoints">Times the write-ahead log was moved into the database.</param>
/// <param name="CheckpointFailures">Times it could not be; each is tried again after the next transaction.</param>
/// <param name="LogCuts">Times the log had passed its limit and was cut to nothing.</param>
/// <param name="LogCutsMissed">Times it could not be, since a reader needed it.</param>
internal readonly record struct StoreCounters(
    long Units, long Transactions, long Conflicts, long Duplicates, long Retries, long Failures, long Checkpoints, long CheckpointFailures, long LogCuts, long LogCutsMissed)
{
    /// <summary>How large the log's file is now.</summary>
    public long LogBytes { get; init; }

    public static StoreCounters operator +(StoreCounters left, StoreCounters right) => new(
        left.Units + right.Units,
        left.Transactions + right.Transactions,
        left.Conflicts + right.Conflicts,
        left.Duplicates + right.Duplicates,
        left.Retries + right.Retries,
        left.Failures + right.Failures,
        left.Checkpoints + right.Checkpoints,
        left.CheckpointFailures + right.CheckpointFailures,
        left.LogCuts + right.LogCuts,
        left.LogCutsMissed + right.LogCutsMissed);
}
