namespace InterfaceEngine.Api.Guides;

/// <summary>What the integration guides send, word for word.</summary>
internal sealed record BulkExportBody
{
    /// <summary>E.g. <c>conn_123</c>; may be left out where the key has one connection to the vendor.</summary>
    public string? ConnectionId { get; init; }

    /// <summary><c>Patient</c>, <c>Group</c> or <c>System</c>; the profile says what the server really takes.</summary>
    public string? ExportType { get; init; }

    /// <summary>Types of resources; left out for all that a table reads.</summary>
    public IReadOnlyList<string>? ResourceTypes { get; init; }

    /// <summary>What changed since then; left out, it goes on where the last export ended.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Everything, whatever was exported before. Not in the guides.</summary>
    public bool Full { get; init; }
}

/// <inheritdoc cref="BulkExportBody"/>
internal sealed record EnhancedSyncBody
{
    /// <inheritdoc cref="BulkExportBody.ConnectionId"/>
    public string? ConnectionId { get; init; }

    /// <summary>Left out, it is true.</summary>
    public bool? IncludeStandard { get; init; }

    /// <summary>Left out, it is true.</summary>
    public bool? IncludeEnhanced { get; init; }

    /// <summary>Of the vendor's enhanced types those that are wanted; left out for all.</summary>
    public IReadOnlyList<string>? ResourceTypes { get; init; }

    /// <summary>What changed since then; left out, it goes on where the last one ended.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>One patient alone: our number or the vendor's. Not in the guides.</summary>
    public string? PatientId { get; init; }
}

/// <summary>The guides' envelope of what was done.</summary>
internal sealed record GuideAnswer<T>(bool Success, T Data)
{
    /// <summary>Of what was done in part only: what is missing, and why.</summary>
    public string? Error { get; init; }
}

/// <param name="Status"><c>IN_PROGRESS</c>, <c>COMPLETED</c> or <c>FAILED</c>.</param>
/// <param name="StatusUrl">Where the vendor itself tells how far it is; null until it has said so.</param>
internal sealed record BulkExportStarted(string Id, string Status, string? StatusUrl, DateTimeOffset StartedAt)
{
    /// <summary>Why the vendor has not begun it yet; null when it has.</summary>
    public string? ErrorMessage { get; init; }

    /// <inheritdoc cref="BulkExportState.Notes"/>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <param name="Id">Of the job.</param>
/// <param name="Status"><c>IN_PROGRESS</c>, <c>COMPLETED</c> or <c>FAILED</c>; beyond the guides <c>CANCELLED</c>, when somebody gave it up.</param>
internal sealed record BulkExportState(string Id, string Status)
{
    /// <summary>The vendor's files. An address may be as good as a key, so only who may start an export sees them.</summary>
    public IReadOnlyList<string>? OutputUrls { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Why it failed, or why it waits.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What was left out of what was asked for, and why; null when nothing was. Not in the guides.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

internal sealed record EnhancedSyncResult(long StandardResources, long EnhancedResources, long Total)
{
    /// <summary>How many of them were refused; null when none was. Not in the guides.</summary>
    public long? Refused { get; init; }

    /// <summary>How many contradict what is known, so that a person decides; null when none does. Not in the guides.</summary>
    public long? Held { get; init; }

    /// <summary>How many wait for a patient of whom nobody has told yet; null when none does. Not in the guides.</summary>
    public long? Parked { get; init; }

    /// <summary>What was named and not asked for, or may not be asked for, and why; null when all was. Not in the guides.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <param name="Status"><c>NEVER</c>, <c>IN_PROGRESS</c>, <c>COMPLETED</c>, or <c>INTERRUPTED</c>: the next one goes on where it was.</param>
internal sealed record EnhancedSyncState(string Status)
{
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public long? StandardResources { get; init; }

    public long? EnhancedResources { get; init; }

    public long? Total { get; init; }

    /// <inheritdoc cref="EnhancedSyncResult.Refused"/>
    public long? Refused { get; init; }

    /// <inheritdoc cref="EnhancedSyncResult.Held"/>
    public long? Held { get; init; }

    /// <inheritdoc cref="EnhancedSyncResult.Parked"/>
    public long? Parked { get; init; }

    /// <inheritdoc cref="EnhancedSyncResult.Notes"/>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>What a connection can do. Of what only one vendor's guide names, the other vendor's answer says nothing.</summary>
internal sealed record CapabilitiesResult
{
    public required bool BulkExport { get; init; }

    public required bool DiagnosticReports { get; init; }

    public required bool CarePlans { get; init; }

    public required bool Encounters { get; init; }

    public bool? Appointments { get; init; }

    public bool? DocumentReferences { get; init; }

    public bool? Communications { get; init; }

    public bool? Tasks { get; init; }

    /// <summary>For people, e.g. <c>8 requests/second</c>.</summary>
    public required string RateLimit { get; init; }
}

/// <param name="Connection">The connection that may be used now.</param>
internal sealed record AuthorizedResult(string Connection);
