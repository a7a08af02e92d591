using InterfaceEngine.Ehr;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>What is known of something that waits for calls over a connection.</summary>
internal interface IWaiting<TSelf>
    where TSelf : IWaiting<TSelf>
{
    /// <summary>How often it came to nothing.</summary>
    int Attempts { get; }

    /// <summary>The same after it came to nothing once more.</summary>
    TSelf Tried();

    byte[] ToJson();

    static abstract TSelf Parse(ReadOnlyMemory<byte> json);
}

/// <summary>Something that waits, as it was read from the store.</summary>
internal readonly record struct Waiting<T>(ConnectionDocument Document, T State);

/// <summary>What waits for calls over a connection, and is done, tried again or given up by whoever makes them. It stands in it once, however often it is added.</summary>
/// <param name="store">Keeps it.</param>
/// <param name="kind">Under which kind.</param>
internal sealed class WaitingQueue<T>(IConnectionStore store, string kind)
    where T : IWaiting<T>
{
    /// <summary>After the first attempt that came to nothing.</summary>
    private static readonly TimeSpan _pauseMin = TimeSpan.FromSeconds(10);

    /// <summary>Adds something, or has what waits begin anew. What is worked at just now is worked at once more.</summary>
    /// <param name="practice">Whose.</param>
    /// <param name="connection">Over which connection.</param>
    /// <param name="name">What tells it from others; it is plain, so that it says nothing.</param>
    /// <param name="waiting">What is known of it.</param>
    /// <param name="dueIn">After how long it is its turn.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task AddAsync(string practice, string connection, string name, T waiting, TimeSpan dueIn, CancellationToken cancellationToken)
    {
        var key = new ConnectionKey(practice, connection, kind, name);
        ConnectionDocument kept;
        do
        {
            kept = await store.FindAsync(key, cancellationToken);
        }
        while (!await store.WriteAsync([new ConnectionWrite(key, kept.Version, waiting.ToJson()) { DueIn = dueIn }], cancellationToken));
    }

    /// <summary>What is due, what waited longest first.</summary>
    public async Task<IReadOnlyList<Waiting<T>>> DueAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await store.DueAsync(kind, limit, cancellationToken)).Select(document => new Waiting<T>(document, T.Parse(document.Content)))];

    /// <summary>It waits no more, unless it was added once more meanwhile.</summary>
    public Task DoneAsync(Waiting<T> one, CancellationToken cancellationToken) =>
        store.WriteAsync([new ConnectionWrite(one.Document.Key, one.Document.Version, null)], cancellationToken);

    /// <summary>It came to nothing: it is tried again after a pause, or waits no more.</summary>
    /// <param name="one">What waits.</param>
    /// <param name="fault">Why it came to nothing.</param>
    /// <param name="attemptsMax">So often it is tried.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False when it was given up.</returns>
    public async Task<bool> TryAgainAsync(Waiting<T> one, EhrException fault, int attemptsMax, CancellationToken cancellationToken)
    {
        var next = one.State.Tried();
        if (next.Attempts >= attemptsMax)
        {
            await DoneAsync(one, cancellationToken);
            return false;
        }

        var pause = WaitingWork.PauseAfter(_pauseMin, one.State.Attempts, fault.RetryAfter);
        await store.WriteAsync([new ConnectionWrite(one.Document.Key, one.Document.Version, next.ToJson()) { DueIn = pause }], cancellationToken);
        return true;
    }
}
