using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>A real store of connections that fails, or does not answer, when a test says so.</summary>
internal sealed class FailingConnections(IConnectionStore store) : IConnectionStore
{
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsFailing { get; set; }

    public bool Hangs { get; set; }

    /// <summary>Ends when somebody waits for it.</summary>
    public Task Hanging => _hanging.Task;

    public Task<ConnectionDocument> FindAsync(ConnectionKey key, CancellationToken cancellationToken) => store.FindAsync(key, cancellationToken);

    public async Task<bool> WriteAsync(IReadOnlyList<ConnectionWrite> writes, CancellationToken cancellationToken)
    {
        if (Hangs)
        {
            _hanging.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        return IsFailing ? throw new StoreUnavailableException("the disk is full") : await store.WriteAsync(writes, cancellationToken);
    }

    public Task<IReadOnlyList<ConnectionDocument>> ListAsync(string practice, string connection, string kind, string after, int limit, CancellationToken cancellationToken) =>
        store.ListAsync(practice, connection, kind, after, limit, cancellationToken);

    public Task<IReadOnlyList<ConnectionDocument>> DueAsync(string kind, int limit, CancellationToken cancellationToken) => store.DueAsync(kind, limit, cancellationToken);

    public Task<int> DropAsync(string kind, long writtenBefore, int limit, CancellationToken cancellationToken) => store.DropAsync(kind, writtenBefore, limit, cancellationToken);
}
