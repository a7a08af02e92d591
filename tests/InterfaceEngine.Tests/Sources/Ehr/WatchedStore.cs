using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Sources.Ehr;

/// <summary>What connections remember, with a test's hand at each writing.</summary>
/// <param name="inner">The real one.</param>
/// <param name="atWrite">Is given the number of the writing, from 1, and what does it.</param>
internal sealed class WatchedStore(IConnectionStore inner, Func<int, Func<Task<bool>>, Task<bool>> atWrite) : IConnectionStore
{
    private int _writes;

    /// <summary>Ends the process at a writing: nothing that comes behind it is done.</summary>
    /// <param name="inner">The real one.</param>
    /// <param name="at">At which.</param>
    /// <param name="isKept">What is written is on disk when the process ends.</param>
    public static WatchedStore Killed(IConnectionStore inner, int at, bool isKept) => new(inner, async (number, write) =>
    {
        if (number != at)
        {
            return await write();
        }

        if (isKept)
        {
            await write();
        }

        throw new KilledException();
    });

    public Task<ConnectionDocument> FindAsync(ConnectionKey key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public Task<bool> WriteAsync(IReadOnlyList<ConnectionWrite> writes, CancellationToken cancellationToken) => atWrite(Interlocked.Increment(ref _writes), () => inner.WriteAsync(writes, cancellationToken));

    public Task<IReadOnlyList<ConnectionDocument>> ListAsync(string practice, string connection, string kind, string after, int limit, CancellationToken cancellationToken) =>
        inner.ListAsync(practice, connection, kind, after, limit, cancellationToken);

    public Task<IReadOnlyList<ConnectionDocument>> DueAsync(string kind, int limit, CancellationToken cancellationToken) => inner.DueAsync(kind, limit, cancellationToken);

    public Task<int> DropAsync(string kind, long writtenBefore, int limit, CancellationToken cancellationToken) => inner.DropAsync(kind, writtenBefore, limit, cancellationToken);
}

/// <summary>The process ended here.</summary>
internal sealed class KilledException : Exception;
