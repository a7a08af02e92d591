using InterfaceEngine.Schedules;

namespace InterfaceEngine.Ehr;

/// <summary>Bulk exports of a connection.</summary>
internal sealed record BulkOptions
{
    /// <summary>When one is begun by itself; null for never. Default: never.</summary>
    public ISchedule? Schedule { get; init; }

    /// <summary>Types of resources that it takes; none for all that a table of the practice reads. Default: none.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>It is asked for by POST with a body, as newer servers want it, and not by GET. Default: no.</summary>
    public bool IsPosted { get; init; }
}

/// <summary>Synchronisation of a connection, resource by resource.</summary>
internal sealed record SyncOptions
{
    /// <summary>When it runs by itself; null for never. Default: never.</summary>
    public ISchedule? Schedule { get; init; }
}

/// <summary>Which of athenaNet's feeds of what changed a connection follows.</summary>
internal sealed record ChangedOptions
{
    /// <summary>Their names, e.g. <c>appointments</c>, <c>patients</c>; none follows none. One key has one reader, so whoever else has the key must not follow them. Default: none.</summary>
    public IReadOnlyList<string> Feeds { get; init; } = [];

    /// <summary>The pause between two looks at a feed. Default: one minute.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);
}
