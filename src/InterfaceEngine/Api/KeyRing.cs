using InterfaceEngine.Access;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Api;

/// <summary>
/// Tells whether a key is in force, from what the store held a moment ago: a key that is revoked is refused within <see cref="_keptFor"/>, on every
/// node. When keys were used is told to the store now and then.
/// </summary>
internal sealed class KeyRing(IApiKeyStore store, TimeProvider time) : IDisposable
{
    private const int KeyLengthMax = 200;

    private static readonly TimeSpan _keptFor = TimeSpan.FromSeconds(5);

    /// <summary>A key that is not known may have been made just now; the store is not asked more often than this for it.</summary>
    private static readonly TimeSpan _askedAgain = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _usesToldEvery = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Dictionary<EngineId, long> _used = [];
    private readonly Lock _lock = new();
    // Ages are measured and not told by the clock on the wall: set back, that would keep a revoked key in force.
    private Ring? _ring;
    private DateTimeOffset _told = time.GetUtcNow();

    /// <summary>Whose key it is, or why it is nobody's.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public async ValueTask<KeyCheck> CheckAsync(string shown, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ring = _ring is { } kept && !IsOlder(kept, _keptFor) ? kept : await LoadAsync(_keptFor, cancellationToken);
        if (shown.Length > KeyLengthMax)
        {
            return new KeyCheck(null, "it is too long to be one");
        }

        var hash = Convert.ToHexString(new ApiKeySecret(shown).Hash);
        if (!ring.Keys.TryGetValue(hash, out var key) && !(ring = await LoadAsync(_askedAgain, cancellationToken)).Keys.TryGetValue(hash, out key))
        {
            return new KeyCheck(null, "it is unknown");
        }

        if (key.RevokedAt is not null)
        {
            return new KeyCheck(null, $"'{key.Name}' was revoked");
        }

        if (key.ExpiresAt is { } end && end <= now.ToUnixTimeMilliseconds())
        {
            return new KeyCheck(null, $"'{key.Name}' has expired");
        }

        await NoteUseAsync(key.Id, now, cancellationToken);
        return new KeyCheck(key, null);
    }

    public void Dispose() => _loading.Dispose();

    private async Task<Ring> LoadAsync(TimeSpan notOlderThan, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            if (_ring is { } kept && !IsOlder(kept, notOlderThan))
            {
                return kept;
            }

            var readAt = time.GetTimestamp();
            return _ring = new Ring((await store.ListAsync(cancellationToken)).ToDictionary(key => Convert.ToHexString(key.Hash.Span)), readAt);
        }
        finally
        {
            _loading.Release();
        }
    }

    private bool IsOlder(Ring ring, TimeSpan than) => time.GetElapsedTime(ring.ReadAt) >= than;

    private async ValueTask NoteUseAsync(EngineId key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Dictionary<EngineId, long> used;
        lock (_lock)
        {
            _used[key] = now.ToUnixTimeMilliseconds();
            if (now - _told < _usesToldEvery)
            {
                return;
            }

            (used, _told) = (new(_used), now);
            _used.Clear();
        }

        try
        {
            await store.NoteUseAsync(used, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // When it was used is not worth a refusal; the next minute tells it again.
        }
    }

    /// <summary>The keys of the store by their hash, as they were at a time.</summary>
    /// <param name="ReadAt">A timestamp of the clock that nobody sets.</param>
    private sealed record Ring(Dictionary<string, ApiKey> Keys, long ReadAt);
}

/// <param name="Key">The key; null when it is not in force.</param>
/// <param name="Problem">Why not, for the log; null when it is.</param>
internal readonly record struct KeyCheck(ApiKey? Key, string? Problem);
