namespace InterfaceEngine.Store;

/// <summary>The store's kind, place and limits.</summary>
internal sealed record StoreOptions
{
    /// <summary>The data folder: made with owner-only permission if it is not there. Default <c>data</c>.</summary>
    public string Folder { get; init; } = "data";

    /// <summary>For a PostgreSQL store: how the database is reached, as Npgsql writes it, e.g. <c>Host=db1,db2;Database=engine;Username=engine</c>. Null for the embedded one.</summary>
    public string? Connection { get; init; }

    /// <summary>Connections of this node to PostgreSQL at most. Default: <see cref="ReadersMax"/> and eight more.</summary>
    public int ConnectionsMax
    {
        get => field > 0 ? field : ReadersMax + 8;
        init;
    }

    /// <summary>How few connections would do: beside the readers two that write, two that answer people, one that listens and one that tells.</summary>
    public int ConnectionsMin => ReadersMax + 6;

    /// <summary>How long connecting to PostgreSQL, or waiting for a connection that is free, may take. Default 15 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long PostgreSQL may take for one statement. Default 30 seconds.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a statement may wait for a row that another node is writing. Default 10 seconds.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a PostgreSQL store: times that nodes write for each other are the database's. Tests of one node set their own clock.</summary>
    public bool UsesServerTime { get; init; } = true;

    /// <summary>For a PostgreSQL store: the last schema that this engine knows, if not the program's own. Tests run nodes of two versions side by side.</summary>
    public int SchemaMax { get; init; } = int.MaxValue;

    /// <summary>How long a resent message is recognised. Default 30 days.</summary>
    public TimeSpan ReceiptMemory { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Units that share one transaction at most. Default 256.</summary>
    public int BatchUnitsMax { get; init; } = 256;

    /// <summary>Sealed bytes that share one transaction at most; a single larger unit still passes. Default 16 MiB.</summary>
    public int BatchBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Units that wait for the writer at most; further ones wait before they are queued. Default 1024.</summary>
    public int QueueUnitsMax { get; init; } = 1024;

    /// <summary>Connections that read at the same time. Default: two for each processor, at most eight.</summary>
    public int ReadersMax { get; init; } = Math.Min(8, Environment.ProcessorCount * 2);

    /// <summary>Pages of the write-ahead log after which they are moved into the database. Default 2,000 (8 MB).</summary>
    public int CheckpointPages { get; init; } = 2000;

    /// <summary>
    /// How large the write-ahead log may become before commits wait for readers to let it go (<see cref="LogWait"/>): while readers
    /// overlap without a gap it is moved into the database but never begun anew. Default 256 MiB.
    /// </summary>
    public int LogBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>How long commits wait at most for readers that still need the log. Default 1 second.</summary>
    public TimeSpan LogWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after a wait in vain the next one comes at the soonest. Default 30 seconds.</summary>
    public TimeSpan LogPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Memory for pages that the writer keeps. Default 32 MiB; each reader keeps an eighth of it.</summary>
    public int CacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How large the database may become, in pages of 4 KiB; 0, the default, leaves it to the disk.</summary>
    public int PagesMax { get; init; }

    /// <summary>Records under one look-up key at most: more is a mapping that looks up by something too common. Default 10,000.</summary>
    public int LookUpRecordsMax { get; init; } = 10_000;

    /// <summary>Which store: a name in <see cref="Catalog.StoreKinds"/>. Default <c>sqlite</c>, the embedded one.</summary>
    public string Kind { get; init; } = "sqlite";

    /// <summary>This engine's name among those that share a store; runs of sources and batches carry it. Unused by the embedded one.</summary>
    public string Node { get; init; } = "";

    /// <summary>The name of SQLite's layer for files; null takes its own. Tests put one below the store that counts syncs and fails.</summary>
    public string? FileLayer { get; init; }
}
