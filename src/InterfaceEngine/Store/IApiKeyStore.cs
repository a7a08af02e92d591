using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>Keys by which programs are known to the HTTP interface. Of a key only a hash is kept.</summary>
internal interface IApiKeyStore
{
    /// <summary>Keeps a new key. The audit entry is committed with it.</summary>
    /// <exception cref="ArgumentException">A key of this name is in force.</exception>
    Task AddAsync(ApiKey key, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>All keys, revoked ones too, by name.</summary>
    Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Ends a key. False when none of this name is in force.</summary>
    Task<bool> RevokeAsync(string name, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>When keys were last used; coarse, kept now and then. UTC milliseconds by key.</summary>
    Task NoteUseAsync(IReadOnlyDictionary<EngineId, long> usedAt, CancellationToken cancellationToken);
}

/// <summary>What a program may do.</summary>
internal enum ApiRole
{
    /// <summary>Reads what is no patient's: health, metrics, logs, schedules.</summary>
    Operator,

    /// <summary>Reads records, changes and slots.</summary>
    Reader,

    /// <summary>A receptionist's tools alone: looks patients up, sees what is free, books.</summary>
    Receptionist,

    /// <summary>Reads, books, changes, cancels, starts synchronisations and exports.</summary>
    Writer,

    /// <summary>All of it.</summary>
    Administrator,
}

/// <summary>One key.</summary>
internal sealed record ApiKey
{
    public required EngineId Id { get; init; }

    /// <summary>What people call it, e.g. <c>practice-studio</c>; stands in the audit.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key, which is 256 random bits: no dictionary finds it.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    public required ApiRole Role { get; init; }

    /// <summary>The practices it may speak of; empty for all.</summary>
    public required IReadOnlyList<string> Practices { get; init; }

    /// <summary>UTC milliseconds.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>UTC milliseconds; null for one that does not end by itself.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>UTC milliseconds; null while it is in force.</summary>
    public long? RevokedAt { get; init; }

    /// <summary>UTC milliseconds; null when it was never used.</summary>
    public long? UsedAt { get; init; }
}
