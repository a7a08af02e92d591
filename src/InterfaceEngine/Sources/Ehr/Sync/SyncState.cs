using System.Text.Json;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>How the last synchronisation of a connection went, for whoever did not wait for its answer. One patient's alone leaves no trace here.</summary>
internal sealed record SyncState
{
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>Null while it runs, and of one that was broken off.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What came; null until it has ended.</summary>
    public IReadOnlyList<SyncedType>? Types { get; init; }

    /// <summary>What people should know of it.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>Keeps it: one document of a connection.</summary>
internal sealed class SyncStates(IConnectionStore store, string practice, string connection)
{
    private readonly ConnectionKey _key = new(practice, connection, "sync", "last");

    /// <summary>Null when none has run.</summary>
    public async Task<SyncState?> FindAsync(CancellationToken cancellationToken)
    {
        var kept = await store.FindAsync(_key, cancellationToken);
        return kept.Version == 0 ? null : JsonSerializer.Deserialize(kept.Content.Span, SyncJson.Default.SyncState);
    }

    /// <summary>Keeps it in place of what was: one runs at a time.</summary>
    public async Task WriteAsync(SyncState state, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(state, SyncJson.Default.SyncState);
        while (!await store.WriteAsync([new ConnectionWrite(_key, (await store.FindAsync(_key, cancellationToken)).Version, content)], cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
