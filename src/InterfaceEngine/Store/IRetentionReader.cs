namespace InterfaceEngine.Store;

/// <summary>What retention has dropped, inside one read transaction.</summary>
internal interface IRetentionReader
{
    /// <summary>The first drop that took what is of this time; null when there was none: what is not there never was, or is lost.</summary>
    /// <param name="what">Of which kind.</param>
    /// <param name="from">When it came, UTC milliseconds.</param>
    Drop? Dropped(DroppedKind what, long from);

    /// <summary>All that was dropped, by kind.</summary>
    IReadOnlyList<DropSum> Drops();

    /// <summary>Dropped messages by day of receipt, source, run and state, from a day on. They are still counted among those that came.</summary>
    IReadOnlyList<DayCount> DroppedCounts(long since);

    /// <summary>Dropped batches and files by day of receipt, source and verdict, from a day on. They are still counted among those that were received.</summary>
    IReadOnlyList<DroppedBatches> DroppedBatches(long since);

    /// <summary>Dropped deliveries by destination and state. They are still counted among those that were queued.</summary>
    IReadOnlyList<(string Destination, DeliveryState State, long Count)> DroppedDeliveries();
}

/// <param name="Day">Of their receipt, UTC, counted from 1970.</param>
/// <param name="IsFile">Files, not batches that a connection brought.</param>
internal readonly record struct DroppedBatches(long Day, string Source, bool IsFile, BatchVerdict Verdict, long Count);
