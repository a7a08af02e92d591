namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// What many ask for at once, served together. Who finds a server free serves what waits, its own among it, so that a lone sender waits
/// for nobody else; what comes meanwhile is served afterwards, until nothing waits.
/// </summary>
/// <typeparam name="T">What waits.</typeparam>
/// <param name="servers">How many serve at the same time at most.</param>
/// <param name="take">Takes what is served together, at least one, from those that wait. Nobody else touches them meanwhile.</param>
/// <param name="serve">Serves them: answers each.</param>
/// <param name="fail">Tells them that serving failed, each that has no answer yet; throws nothing.</param>
internal sealed class WaitingLine<T>(
    int servers, Func<Queue<T>, IReadOnlyList<T>> take, Func<IReadOnlyList<T>, Task> serve, Action<IReadOnlyList<T>, Exception> fail) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _waiting = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _busy;
    private bool _isClosing;

    /// <summary>Adds one. When a server is free, it is served before this returns.</summary>
    /// <returns>False when the line is closed.</returns>
    public async ValueTask<bool> TryAddAsync(T item)
    {
        IReadOnlyList<T>? taken = null;
        lock (_gate)
        {
            if (_isClosing)
            {
                return false;
            }

            _waiting.Enqueue(item);
            if (_busy < servers)
            {
                _busy++;
                taken = take(_waiting);
            }
        }

        if (taken is not null)
        {
            await TryServeAsync(taken);
            if (TakeNext() is { } next)
            {
                // The next ones are not the asker's to wait for.
                _ = Task.Run(() => ServeAsync(next));
            }
        }

        return true;
    }

    /// <summary>Takes no more, serves what waits, and returns when that is done.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosing = true;
            EndWhenEmpty();
        }

        await _empty.Task;
    }

    private async Task ServeAsync(IReadOnlyList<T> taken)
    {
        for (IReadOnlyList<T>? next = taken; next is not null; next = TakeNext())
        {
            await TryServeAsync(next);
        }
    }

    /// <summary>Whatever goes wrong is theirs who wait: a server that ended for it would leave all who come later waiting for ever.</summary>
    private async Task TryServeAsync(IReadOnlyList<T> taken)
    {
        try
        {
            await serve(taken);
        }
        catch (Exception failure)
        {
            fail(taken, failure);
        }
    }

    /// <returns>Null when nothing waits: the server is free then.</returns>
    private IReadOnlyList<T>? TakeNext()
    {
        lock (_gate)
        {
            if (_waiting.Count > 0)
            {
                return take(_waiting);
            }

            _busy--;
            EndWhenEmpty();
            return null;
        }
    }

    private void EndWhenEmpty()
    {
        if (_isClosing && _busy == 0)
        {
            _empty.TrySetResult();
        }
    }
}
