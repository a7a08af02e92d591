namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// As many places as may be read on at once, so that some connections are left for the writer. Once it is closed nobody is let in any
/// more, and those who are in are waited for: what they ask with is needed until then.
/// </summary>
internal sealed class ReadingRoom(int most) : IAsyncDisposable
{
    private readonly SemaphoreSlim _places = new(most);
    private volatile bool _isClosed;

    /// <summary>Waits for a place. Whoever got one calls <see cref="Leave"/>.</summary>
    /// <exception cref="StoreUnavailableException">The store is closed.</exception>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        await _places.WaitAsync(cancellationToken);
        try
        {
            ThrowIfClosed();
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    public void Leave() => _places.Release();

    /// <summary>Returns when the last question has its answer, which takes no longer than its statements may take.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        for (var place = 0; place < most; place++)
        {
            await _places.WaitAsync();
        }

        // For those who still wait for a place, to be told that there is none.
        _places.Release(most);
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new StoreUnavailableException("The store is closed.");
        }
    }
}
