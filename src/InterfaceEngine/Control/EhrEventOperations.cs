using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Events;

namespace InterfaceEngine.Control;

/// <summary>What people ask of subscriptions and events.</summary>
internal sealed class EhrEventOperations(EngineParts parts)
{
    private const int ShownMax = 100;

    public async Task<EhrSubscriptionsAnswer> ListAsync(EhrSubscriptionsRequest request, CancellationToken cancellationToken)
    {
        var (connection, events) = Find(request);
        var kept = (await events.Inbox.SubscriptionsAsync(connection, cancellationToken)).Select(one => one.State).ToList();
        var missing = connection.Events.Topics.Where(topic => kept.TrueForAll(one => one.Topic != topic)).Select(topic => new EhrSubscriptionView(topic, "missing"));
        var (waiting, since) = await events.Queue.WaitingAsync(cancellationToken);
        var (givenUp, count) = (new List<EhrGivenUpEventView>(), 0L);
        await foreach (var one in events.Queue.GivenUpAsync(cancellationToken))
        {
            if (++count <= ShownMax)
            {
                givenUp.Add(new EhrGivenUpEventView(one.Document.Key.Name, one.State.Topic, one.State.ToldAt, one.State.Attempts, one.State.Problem ?? ""));
            }
        }

        var poll = await events.Poll.StateAsync(cancellationToken);
        return new EhrSubscriptionsAnswer(connection.Id, [.. kept.Select(View).Concat(missing).OrderBy(one => one.Topic, StringComparer.Ordinal).ThenBy(one => one.Ends)], waiting, count)
        {
            WaitingSince = since,
            Events = givenUp,
            PolledAt = poll?.EndedAt,
            PollFault = poll?.Fault,
        };
    }

    public async Task<EhrEventsDecidedAnswer> DecideAsync(DecideEhrEventsRequest request, CancellationToken cancellationToken)
    {
        var (connection, events) = Find(request);
        var verdict = request.IsDismissal ? "dismiss" : "retry";
        var which = request.Event is null ? "all events" : "one event";
        await parts.Store.AskAsync(request.Audit($"ehr subscriptions {verdict}", connection.Practice, $"{connection.Id}, {which}"), _ => 0, cancellationToken);
        var count = 0L;
        await foreach (var one in events.Queue.GivenUpAsync(cancellationToken))
        {
            if (request.Event is not null && one.Document.Key.Name != request.Event)
            {
                continue;
            }

            await (request.IsDismissal ? events.Queue.DismissAsync(one, cancellationToken) : events.Queue.RetryAsync(one, cancellationToken));
            count++;
        }

        return count == 0 && request.Event is not null
            ? throw RequestException.NotFound($"No event of {connection.Id} of this name was given up.")
            : new EhrEventsDecidedAnswer(connection.Id, count);
    }

    /// <summary>The events of a connection; whoever may not speak of its practice is told that there is no such connection.</summary>
    private (ConnectionOptions Connection, ConnectionEvents Events) Find<T>(EhrRequest<T> request)
        where T : ControlAnswer
    {
        var connection = ConnectionOperations.Find(parts, request.Connection, request.Practices);
        return (connection.Options, parts.VendorOf(connection).Events());
    }

    private static EhrSubscriptionView View(SubscriptionState state) => new(state.Topic, state.Id.Length == 0 ? "not made" : state.Status)
    {
        Id = state.Id,
        Ends = state.End,
        LastNumber = state.IsNumberedApart ? null : state.LastNumber,
        Missing = state.HighestNumber - state.LastNumber - state.Ahead.Count,
        ToldAt = state.ToldAt,
        SeenAt = state.SeenAt,
        Problem = state.Problem,
    };
}
