using InterfaceEngine.Ehr;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>The events of a connection that wait, and what becomes of them: worked off, put off, or given up until a person has looked.</summary>
internal sealed class EventQueue(IConnectionStore store, ConnectionOptions connection)
{
    private const int PageMax = 200;

    /// <summary>Events that are due, the oldest first.</summary>
    public async Task<IReadOnlyList<WaitingEvent>> DueAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await store.DueAsync(EventNames.WaitingOf(connection.Id), limit, cancellationToken)).Select(document => new WaitingEvent(document, EventState.Parse(document.Content)))];

    /// <summary>How many wait, and the oldest of them; those that are put off too.</summary>
    public async Task<(long Count, DateTimeOffset? Since)> WaitingAsync(CancellationToken cancellationToken)
    {
        var (count, since) = (0L, (DateTimeOffset?)null);
        await foreach (var one in AllAsync(EventNames.WaitingOf(connection.Id), cancellationToken))
        {
            (count, since) = (count + 1, since < one.State.ToldAt ? since : one.State.ToldAt);
        }

        return (count, since);
    }

    /// <summary>Those that were given up.</summary>
    public IAsyncEnumerable<WaitingEvent> GivenUpAsync(CancellationToken cancellationToken) => AllAsync(EventNames.GivenUp, cancellationToken);

    /// <summary>They were worked off. Another node may have done it meanwhile: what was taken twice was taken once.</summary>
    public async Task DoneAsync(IReadOnlyList<WaitingEvent> events, CancellationToken cancellationToken)
    {
        foreach (var one in events)
        {
            var (done, givenUp) = (await store.FindAsync(one.As(EventNames.Done), cancellationToken), await store.FindAsync(one.As(EventNames.GivenUp), cancellationToken));
            List<ConnectionWrite> writes = [one.Gone, new ConnectionWrite(done.Key, done.Version, "{}"u8.ToArray())];
            if (givenUp.Version > 0)
            {
                // It was told of once more after somebody would have had to look.
                writes.Add(new ConnectionWrite(givenUp.Key, givenUp.Version, null));
            }

            await store.WriteAsync(writes, cancellationToken);
        }
    }

    /// <summary>It is tried again after a pause.</summary>
    public Task AgainAsync(WaitingEvent one, EventState next, TimeSpan pause, CancellationToken cancellationToken) =>
        store.WriteAsync([new ConnectionWrite(one.Document.Key, one.Document.Version, next.ToJson()) { DueIn = pause }], cancellationToken);

    /// <summary>It is not tried again until a person says so.</summary>
    public async Task GiveUpAsync(WaitingEvent one, EventState next, CancellationToken cancellationToken)
    {
        var givenUp = await store.FindAsync(one.As(EventNames.GivenUp), cancellationToken);
        await store.WriteAsync([one.Gone, new ConnectionWrite(givenUp.Key, givenUp.Version, next.ToJson())], cancellationToken);
    }

    /// <summary>Tries one that was given up anew.</summary>
    public async Task RetryAsync(WaitingEvent givenUp, CancellationToken cancellationToken)
    {
        var waiting = await store.FindAsync(givenUp.As(EventNames.WaitingOf(connection.Id)), cancellationToken);
        var state = givenUp.State with { Attempts = 0, Problem = null };
        await store.WriteAsync([givenUp.Gone, new ConnectionWrite(waiting.Key, waiting.Version, state.ToJson()) { DueIn = TimeSpan.Zero }], cancellationToken);
    }

    /// <summary>Nobody needs one that was given up any more.</summary>
    public Task DismissAsync(WaitingEvent givenUp, CancellationToken cancellationToken) => store.WriteAsync([givenUp.Gone], cancellationToken);

    /// <summary>Forgets events, of all connections, that were worked off before a time. Those that wait or were given up stay.</summary>
    public Task<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        store.DropAsync(EventNames.Done, before.ToUnixTimeMilliseconds(), limit, cancellationToken);

    private async IAsyncEnumerable<WaitingEvent> AllAsync(string kind, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var after = ""; ;)
        {
            var page = await store.ListAsync(connection.Practice, connection.Id, kind, after, PageMax, cancellationToken);
            foreach (var document in page)
            {
                yield return new WaitingEvent(document, EventState.Parse(document.Content));
            }

            if (page.Count < PageMax)
            {
                yield break;
            }

            after = page[^1].Key.Name;
        }
    }
}

/// <summary>An event as it was read from the store.</summary>
internal sealed record WaitingEvent(ConnectionDocument Document, EventState State)
{
    /// <summary>It is not kept under its kind any more.</summary>
    public ConnectionWrite Gone => new(Document.Key, Document.Version, null);

    /// <summary>Its key under another kind.</summary>
    public ConnectionKey As(string kind) => Document.Key with { Kind = kind };
}
