using System.Buffers.Text;
using System.Security.Cryptography;
using InterfaceEngine.Ehr;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>
/// Sees to it that a server tells of what the settings name: subscribes, renews before the end, recovers what is missing, and asks when a server falls silent.
/// A subscription is kept before it is made at the server, so that its first call is known; one that is found there and is not kept is ended. One node at a
/// time does it (a duty).
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="store">Where subscriptions are kept.</param>
/// <param name="inbox">Where recovered events go.</param>
/// <param name="poll">Asks for what no event can say any more.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what it did.</param>
internal sealed partial class SubscriptionKeeper(
    EhrConnection connection, IConnectionStore store, EventInbox inbox, EventPoll poll, TimeProvider time, ILogger<SubscriptionKeeper> logger)
{
    private const int SecretBytes = 32;

    /// <summary>The most events that are asked for at once.</summary>
    private const int RecoveredTogether = 500;

    /// <summary>How often it is looked whether something is to be done.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(10);

    /// <summary>What comes out of order comes within this time.</summary>
    private static readonly TimeSpan _gapPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long it is waited after a subscription could not be made.</summary>
    private static readonly TimeSpan _pauseAfterFault = TimeSpan.FromMinutes(5);

    /// <summary>How long a server that has no heartbeat may be silent before it is asked whether it still knows the subscription.</summary>
    private static readonly TimeSpan _silenceWithoutHeartbeat = TimeSpan.FromHours(1);

    private static readonly TimeSpan _sweepEvery = TimeSpan.FromHours(1);

    private readonly SubscriptionCalls _calls = new(connection, connection.Options.Events);
    private DateTimeOffset? _sweptAt;

    private ConnectionOptions Of => connection.Options;

    private EventOptions Options => connection.Options.Events;

    private IReadOnlyList<string> Topics => Options.Callback is null ? [] : Options.Topics;

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Before the first round too: an engine that starts opens its interface meanwhile, where a server calls as soon as it is subscribed to.
            await Task.Delay(_look, time, cancellationToken);
            if (connection.WhyOff is null)
            {
                await KeepAsync(cancellationToken);
            }
        }
    }

    /// <summary>One round. What comes to nothing is kept with the subscription, and done in a later round.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; the next round does it.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var kept = await inbox.SubscriptionsAsync(Of, cancellationToken);
        foreach (var (document, state) in kept)
        {
            var isReplaced = kept.Any(other => other.State.Topic == state.Topic && other.State is { Id.Length: > 0, Status: "active" } && !IsEnding(other.State));
            await TriedAsync(document.Key, () => KeepAsync(document, state, isReplaced, cancellationToken), cancellationToken);
        }

        if (Topics.Count > 0 && !(time.GetUtcNow() - _sweptAt < _sweepEvery))
        {
            // A store that was restored knows less than the server.
            _sweptAt = time.GetUtcNow();
            await TriedAsync(null, () => SweepAsync(cancellationToken), cancellationToken);
        }

        var now = await inbox.SubscriptionsAsync(Of, cancellationToken);
        foreach (var topic in Topics.Where(topic => !now.Any(one => one.State.Topic == topic && (one.State.Id.Length == 0 || !IsEnding(one.State)))))
        {
            await SubscribeAsync(topic, cancellationToken);
        }
    }

    private async Task KeepAsync(ConnectionDocument document, SubscriptionState state, bool isReplaced, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (state.Id.Length == 0)
        {
            // With a problem it was refused a moment ago; without one the engine ended before it was known whether it was made.
            if (state.Problem is null || now - state.Begun >= _pauseAfterFault)
            {
                await SweepAsync(cancellationToken);
                await RemoveAsync(document, isMissed: false, cancellationToken);
            }
        }
        else if (!Topics.Contains(state.Topic) || (IsOver(state) && isReplaced) || state.End <= now)
        {
            await _calls.DeleteAsync(state.Id, cancellationToken);
            await RemoveAsync(document, isMissed: state.End <= now && !isReplaced, cancellationToken);
        }
        else if (state.GapSince + _gapPatience <= now)
        {
            await RecoverAsync(document.Key, cancellationToken);
        }
        else if (state.Status is "error" or "off" || now - (state.SeenAt ?? state.Begun) > SilenceOf(state))
        {
            await (state.IsNumberedApart ? LookForAsync(document, state, cancellationToken) : AskAsync(document, state, cancellationToken));
        }
    }

    private TimeSpan SilenceOf(SubscriptionState state) => state.IsNumberedApart ? _silenceWithoutHeartbeat : Options.Heartbeat * 1.5;

    /// <summary>athenahealth has no <c>$status</c>: one that still tells of something is in the list.</summary>
    private async Task LookForAsync(ConnectionDocument document, SubscriptionState state, CancellationToken cancellationToken)
    {
        if ((await _calls.ListAsync(cancellationToken)).GetValueOrDefault(state.Id) is { } status and not ("error" or "off"))
        {
            await ChangeAsync(document.Key, kept => kept with { Status = status, SeenAt = time.GetUtcNow() }, cancellationToken);
            return;
        }

        Log.Lost(logger, Of.Id, state.Topic);
        await _calls.DeleteAsync(state.Id, cancellationToken);
        await RemoveAsync(document, isMissed: true, cancellationToken);
    }

    private async Task AskAsync(ConnectionDocument document, SubscriptionState state, CancellationToken cancellationToken)
    {
        Notification said;
        try
        {
            said = await _calls.StatusAsync(state.Id, cancellationToken);
        }
        catch (EhrException gone) when (gone.Fault == EhrFault.NotFound)
        {
            Log.Lost(logger, Of.Id, state.Topic);
            await RemoveAsync(document, isMissed: true, cancellationToken);
            return;
        }

        await inbox.KeepAsync(Of, document.Key, said, cancellationToken);
        if (said.Status is not ("error" or "off"))
        {
            return;
        }

        // Its events are asked for first: once it is active again a gap would go unseen. Whether it counts any while it fails is its own affair, so all is asked for.
        await RecoverAsync(document.Key, cancellationToken);
        await poll.AskAsync(cancellationToken);
        await _calls.UpdateAsync(state, cancellationToken);
        await ChangeAsync(document.Key, kept => kept with { Status = kept.Status == said.Status ? "requested" : kept.Status, SeenAt = time.GetUtcNow() }, cancellationToken);
        Log.Recovered(logger, Of.Id, state.Topic);
    }

    /// <summary>Asks for events that did not come. Those that the server does not have any more are asked for with everything else.</summary>
    private async Task RecoverAsync(ConnectionKey key, CancellationToken cancellationToken)
    {
        for (var state = await StateAsync(key, cancellationToken); state is { HasGap: true }; state = await StateAsync(key, cancellationToken))
        {
            var last = Math.Min(state.HighestNumber, state.LastNumber + RecoveredTogether);
            Log.Missing(logger, Of.Id, state.Topic, state.LastNumber + 1, last);
            try
            {
                await inbox.KeepAsync(Of, key, await _calls.EventsAsync(state.Id, state.LastNumber + 1, last, cancellationToken), cancellationToken);
                if ((await StateAsync(key, cancellationToken))?.LastNumber > state.LastNumber)
                {
                    continue;
                }
            }
            catch (EhrException fault) when (fault.Fault is EhrFault.NotFound or EhrFault.Invalid or EhrFault.Forbidden or EhrFault.Refused or EhrFault.NotUnderstood)
            {
                Log.NotRecovered(logger, Of.Id, state.Topic, fault.Message);
            }

            await ChangeAsync(key, kept => kept.WithoutGap(), cancellationToken, isMissed: true);
            return;
        }
    }

    private async Task SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var state = new SubscriptionState
        {
            Id = "",
            Topic = topic,
            Secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)),
            IsNumberedApart = Of.Dialect.HasAthenaEvents,
            Begun = now,
            End = now + Options.Lasts,
        };
        var key = new ConnectionKey(Of.Practice, Of.Id, EventNames.Subscription, Guid.NewGuid().ToString("N"));
        await store.WriteAsync([new ConnectionWrite(key, 0, state.ToJson())], cancellationToken);
        await TriedAsync(key, MakeAsync, cancellationToken);

        async Task MakeAsync()
        {
            // Its handshake may come before the answer, so that only what the answer says is changed.
            var (id, end) = await _calls.CreateAsync(state, cancellationToken);
            await ChangeAsync(key, kept => kept with { Id = id, End = end, Status = kept.IsNumberedApart ? "active" : kept.Status }, cancellationToken);
            Log.Subscribed(logger, Of.Id, topic, end is { } until ? LogTime.Of(until) : "it is ended");
        }
    }

    /// <summary>Ends what calls our endpoint and is not kept: whoever made it ended before it was, or an older store was put in place of this one.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (Options.Callback is null)
        {
            return;
        }

        var known = (await inbox.SubscriptionsAsync(Of, cancellationToken)).Select(one => one.State.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, _) in await _calls.ListAsync(cancellationToken))
        {
            if (!known.Contains(id))
            {
                await _calls.DeleteAsync(id, cancellationToken);
                Log.Ended(logger, Of.Id);
            }
        }
    }

    /// <param name="isMissed">Meanwhile something may have happened of which nobody told.</param>
    private Task<bool> RemoveAsync(ConnectionDocument document, bool isMissed, CancellationToken cancellationToken) =>
        WriteAsync(new ConnectionWrite(document.Key, document.Version, null), isMissed, cancellationToken);

    /// <summary>What comes to nothing is kept with the subscription it is of, for people to see.</summary>
    private async Task TriedAsync(ConnectionKey? key, Func<Task> work, CancellationToken cancellationToken)
    {
        string? problem = null;
        try
        {
            await work();
        }
        catch (EhrException failure)
        {
            problem = failure.Message;
        }

        if (key is null || await StateAsync(key, cancellationToken) is not { } state)
        {
            if (problem is not null)
            {
                Log.NotListed(logger, Of.Id, problem);
            }
        }
        else if (state.Problem != problem || (problem is not null && state.Id.Length == 0))
        {
            // One that is not made yet is tried anew after a pause, from now.
            await ChangeAsync(key, kept => kept with { Problem = problem, Begun = problem is not null && kept.Id.Length == 0 ? time.GetUtcNow() : kept.Begun }, cancellationToken);
            if (problem is not null)
            {
                Log.Failed(logger, Of.Id, state.Topic, problem);
            }
        }
    }

    private async Task<SubscriptionState?> StateAsync(ConnectionKey key, CancellationToken cancellationToken) =>
        await store.FindAsync(key, cancellationToken) is { Version: > 0 } kept ? SubscriptionState.Parse(kept.Content) : null;

    /// <summary>Changes what is kept, over whatever was told of meanwhile.</summary>
    /// <param name="isMissed">Something happened of which nobody told.</param>
    private async Task ChangeAsync(ConnectionKey key, Func<SubscriptionState, SubscriptionState> change, CancellationToken cancellationToken, bool isMissed = false)
    {
        for (var isDone = false; !isDone;)
        {
            var kept = await store.FindAsync(key, cancellationToken);
            isDone = kept.Version == 0 || await WriteAsync(new ConnectionWrite(key, kept.Version, change(SubscriptionState.Parse(kept.Content)).ToJson()), isMissed, cancellationToken);
        }
    }

    private async Task<bool> WriteAsync(ConnectionWrite write, bool isMissed, CancellationToken cancellationToken) =>
        await store.WriteAsync(isMissed ? [write, await poll.SoonAsync(cancellationToken)] : [write], cancellationToken);

    /// <summary>Another is to be made beside it, so that no moment is without one.</summary>
    private bool IsEnding(SubscriptionState state) => state.End - time.GetUtcNow() < (state.End - state.Begun) / 4;

    /// <summary>Its time is nearly up, and another one has been there for long enough to have taken over.</summary>
    private bool IsOver(SubscriptionState state) => state.End - time.GetUtcNow() < (state.End - state.Begun) / 8;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection} is subscribed to {Topic} until {End}", EventName = "Subscribed")]
        public static partial void Subscribed(ILogger logger, string connection, string topic, string end);

        [LoggerMessage(2, LogLevel.Warning, "{Connection} ({Topic}): events {First} to {Last} did not come and are asked for", EventName = "EventsMissing")]
        public static partial void Missing(ILogger logger, string connection, string topic, long first, long last);

        [LoggerMessage(3, LogLevel.Warning, "{Connection} ({Topic}): missing events can't be had, so what changed is asked for: {Reason}", EventName = "EventsNotRecovered")]
        public static partial void NotRecovered(ILogger logger, string connection, string topic, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Connection} ({Topic}) had stopped telling of events and is asked to go on; what was missed is asked for", EventName = "SubscriptionRecovered")]
        public static partial void Recovered(ILogger logger, string connection, string topic);

        [LoggerMessage(5, LogLevel.Warning, "The server of {Connection} does not know the subscription of {Topic} any more, or has ended it: another is made, and what was missed is asked for", EventName = "SubscriptionLost")]
        public static partial void Lost(ILogger logger, string connection, string topic);

        [LoggerMessage(6, LogLevel.Warning, "A subscription at the server of {Connection} that calls us and is not known here was ended", EventName = "SubscriptionEnded")]
        public static partial void Ended(ILogger logger, string connection);

        [LoggerMessage(8, LogLevel.Warning, "The subscriptions at the server of {Connection} could not be looked through: {Reason}", EventName = "SubscriptionsNotListed")]
        public static partial void NotListed(ILogger logger, string connection, string reason);

        [LoggerMessage(7, LogLevel.Error, "The subscription of {Connection} to {Topic} could not be looked after: {Reason}", EventName = "SubscriptionFailed")]
        public static partial void Failed(ILogger logger, string connection, string topic, string reason);
    }
}
