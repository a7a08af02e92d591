namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>How patient an export is, and how much it takes.</summary>
internal sealed record BulkLimits
{
    /// <summary>Files that are fetched ahead of the one that is read. The connection's rate holds for them as for every call. Default: 5.</summary>
    public int FilesAhead { get; init; } = 5;

    /// <summary>How often a file that came broken, or with another number of resources than was said, is fetched. Default: 3.</summary>
    public int FetchesMax { get; init; } = 3;

    /// <summary>The most files of an export. Default: 10,000.</summary>
    public int FilesMax { get; init; } = 10_000;

    /// <summary>The most writings of how far its reading is; of more files several are kept together. Default: 100.</summary>
    public int WritingsMax { get; init; } = 100;

    /// <summary>The most pages of a manifest. Default: 1,000.</summary>
    public int ManifestPagesMax { get; init; } = 1_000;

    /// <summary>The first pause between two questions how far it is, where the vendor names none; it doubles. Default: 5 s.</summary>
    public TimeSpan PauseMin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause where the vendor names none. Default: 5 min.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest pause that the vendor may name. Default: 6 h.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long failures that may pass are put up with. Default: 1 day.</summary>
    public TimeSpan FailingMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often an answer may be something else than it must be (a gateway's page) one after the other. Default: 5.</summary>
    public int NotUnderstoodMax { get; init; } = 5;

    /// <summary>How long whoever starts an export has for the kick-off before another takes it for broken off. Default: 5 min.</summary>
    public TimeSpan KickOffFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What files of exports leave free of their disk, in bytes; with less the export waits. Default: 1 GiB.</summary>
    public long FreeBytesMin { get; init; } = 1L << 30;

    /// <summary>How long the record of an export that is over is kept. Default: 90 days.</summary>
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(90);
}
