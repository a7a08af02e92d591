using System.Text;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>
/// Where events wait for their turn, on disk before anybody is answered. An event has a name that its repeat has too, so that whoever tells of it twice is
/// answered twice and it is worked off once.
/// </summary>
internal sealed class EventInbox(IConnectionStore store, TimeProvider time)
{
    /// <summary>The most subscriptions of a connection: one for each topic, and another while it is replaced.</summary>
    public const int SubscriptionsMax = 200;

    /// <summary>How often a notification is written anew when another one came first.</summary>
    private const int AttemptsMax = 20;

    /// <summary>Events that are written together.</summary>
    private const int Together = 1_000;

    /// <summary>The subscriptions of a connection, with the versions they are kept in.</summary>
    public async Task<IReadOnlyList<(ConnectionDocument Document, SubscriptionState State)>> SubscriptionsAsync(ConnectionOptions connection, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(connection.Practice, connection.Id, EventNames.Subscription, "", SubscriptionsMax, cancellationToken))
            .Select(document => (document, SubscriptionState.Parse(document.Content)))];

    /// <summary>
    /// Keeps a notification's events, those that are not kept yet, and what it says of the subscription: together, or nothing of it. One with very many is kept part
    /// by part, what it says of the subscription last; who is not answered tells of it again, and finds the parts there.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="subscription">Which it is from; whether it really is, was looked at before.</param>
    /// <param name="said">The notification.</param>
    /// <param name="cancellationToken">Ends it; then nothing is kept.</param>
    /// <returns>How many events are new; null when the subscription is not kept any more, and nothing of it is.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: nothing is kept, and the sender must tell of it again.</exception>
    public async Task<int?> KeepAsync(ConnectionOptions connection, ConnectionKey subscription, Notification said, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var kept = await store.FindAsync(subscription, cancellationToken);
            if (kept.Version == 0)
            {
                return null;
            }

            var state = SubscriptionState.Parse(kept.Content);
            var news = await NewsAsync(connection, state, said, isWaitingLookedFor: attempt > 1, cancellationToken);
            var first = news.Count <= Together ? 0 : news.Count - ((news.Count - 1) % Together) - 1;
            if (await WritePartsAsync(news[..first], cancellationToken)
                && await store.WriteAsync([.. news[first..], new ConnectionWrite(subscription, kept.Version, state.Heard(said, time.GetUtcNow()).ToJson())], cancellationToken))
            {
                return news.Count;
            }
        }

        throw new StoreUnavailableException($"a notification lost {AttemptsMax} races for its subscription");
    }

    private async Task<bool> WritePartsAsync(List<ConnectionWrite> news, CancellationToken cancellationToken)
    {
        foreach (var part in news.Chunk(Together))
        {
            if (!await store.WriteAsync(part, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    /// <param name="isWaitingLookedFor">The writing failed before: one of them may be waiting already. The first writing finds that out by itself.</param>
    private async Task<List<ConnectionWrite>> NewsAsync(ConnectionOptions connection, SubscriptionState state, Notification said, bool isWaitingLookedFor, CancellationToken cancellationToken)
    {
        var (news, names) = (new List<ConnectionWrite>(), new HashSet<string>());
        var resources = new ToldResources(said);
        foreach (var one in said.Events)
        {
            var key = EventNames.Of(connection, state, one);
            if (names.Add(key.Name)
                && (await store.FindAsync(key with { Kind = EventNames.Done }, cancellationToken)).Version == 0
                && (!isWaitingLookedFor || (await store.FindAsync(key, cancellationToken)).Version == 0))
            {
                news.Add(new ConnectionWrite(key, 0, Waiting(state, one, resources.Of(one)).ToJson()) { DueIn = TimeSpan.Zero });
            }
        }

        return news;
    }

    private EventState Waiting(SubscriptionState subscription, NotifiedEvent one, string? resource) => new()
    {
        Topic = subscription.Topic,
        Focus = one.Focus,
        Identifier = one.Identifier,
        IsDeletion = one.IsDeletion,
        At = one.At,
        ToldAt = time.GetUtcNow(),
        Resource = resource,
    };

    /// <summary>
    /// What came along is taken for what the event is about only where that is certain: it bears that id, and the server says when it was so, by which a repeat
    /// that comes late is known as older.
    /// </summary>
    private sealed class ToldResources(Notification said)
    {
        private readonly ILookup<string, NotifiedEvent> _events = said.Events.ToLookup(one => one.Focus ?? "");
        private readonly ILookup<(string Type, string Id), FhirResource> _resources = said.Resources.ToLookup(resource => (resource.Type, resource.Id));

        public string? Of(NotifiedEvent one) =>
            one is { At: not null, IsDeletion: false } && DeletedResource.Parse(one.Focus ?? "") is { } focus && _events[one.Focus!].Count() == 1
            && _resources[(focus.Type, focus.Id)].ToList() is [var only]
                ? Encoding.UTF8.GetString(only.Json.Span)
                : null;
    }
}
