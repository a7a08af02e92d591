using InterfaceEngine.Ehr;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>What whoever called the webhook is answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Problem">Why it was not taken; null when it was. No patient data.</param>
internal readonly record struct WebhookAnswer(int Status, string? Problem);

/// <summary>
/// Takes what servers tell as it happens. Who it is from is looked at before the body is read; what it says is on disk before it is answered, and it is
/// answered within two seconds, for a sender that waits longer tells of it again.
/// </summary>
/// <param name="inbox">Where events wait.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what it refused.</param>
internal sealed partial class WebhookIntake(EventInbox inbox, TimeProvider time, ILogger<WebhookIntake> logger)
{
    /// <summary>The header that a subscription after the standard is given, beside <c>Authorization</c>.</summary>
    public const string SecretHeader = "X-Subscription-Secret";

    /// <summary>Of the two seconds that senders wait, what remains is for the way.</summary>
    private static readonly TimeSpan _keptWithin = TimeSpan.FromSeconds(1.5);

    /// <summary>Anybody may call without a secret, and must not fill the log with it.</summary>
    private readonly SeldomSaid _strangers = new(TimeSpan.FromMinutes(1), time);

    /// <param name="connection">The connection that the address names.</param>
    /// <param name="header">Gives a header; null when it is missing.</param>
    /// <param name="body">The bytes as they were received.</param>
    /// <param name="cancellationToken">The engine ends.</param>
    public async Task<WebhookAnswer> TakeAsync(ConnectionOptions connection, Func<string, string?> header, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_keptWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await KeepAsync(connection, header, body, either.Token);
        }
        catch (NotificationException wrong)
        {
            return Refused(connection, 400, wrong.Message);
        }
        catch (StoreUnavailableException failure)
        {
            return Refused(connection, 503, failure.Message);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            return Refused(connection, 503, $"It was not on disk within {_keptWithin.TotalSeconds} s.");
        }
    }

    private async Task<WebhookAnswer> KeepAsync(ConnectionOptions connection, Func<string, string?> header, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var subscriptions = await inbox.SubscriptionsAsync(connection, cancellationToken);
        var proven = subscriptions.Where(one => Problem(one.State, header, body.Span) is null).ToList();
        if (proven.Count == 0)
        {
            return Refused(connection, 401, subscriptions.Count == 0 ? "Nothing is subscribed to over this connection." : $"{Problem(subscriptions[0].State, header, body.Span)}.");
        }

        // Its first call may come before the server has answered under which id it is.
        var said = NotificationReader.Read(body);
        var (document, state) = proven.FirstOrDefault(one => said.Subscription is null || one.State.Id == said.Subscription || one.State.Id.Length == 0);
        if (document is null || await inbox.KeepAsync(connection, document.Key, said, cancellationToken) is not { } news)
        {
            return Refused(connection, 404, "Its subscription is not known.");
        }

        Log.Taken(logger, said.Kind == NotificationKind.Event ? LogLevel.Information : LogLevel.Debug, connection.Id, state.Topic, said.Kind, said.Events.Count, news);
        return new WebhookAnswer(200, null);
    }

    private static string? Problem(SubscriptionState subscription, Func<string, string?> header, ReadOnlySpan<byte> body) =>
        subscription.IsNumberedApart ? EventSignature.Problem(header(EventSignature.Header), body, subscription.Secret)
        : EventSignature.Shows(header(SecretHeader), subscription.Secret) || EventSignature.Shows(header("Authorization"), $"Bearer {subscription.Secret}") ? null
        : $"Neither {SecretHeader} nor Authorization shows the subscription's secret";

    private WebhookAnswer Refused(ConnectionOptions connection, int status, string problem)
    {
        var unsaid = status == 401 ? _strangers.Take(connection.Id) : 0;
        if (unsaid > 0)
        {
            Log.RefusedBefore(logger, connection.Id, unsaid.Value);
        }

        if (unsaid is not null)
        {
            Log.Refused(logger, connection.Id, status, problem);
        }

        return new WebhookAnswer(status, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "{Connection} told of {Topic} ({Kind}): {Events} events, {Unknown} of them new", EventName = "EventsTold")]
        public static partial void Taken(ILogger logger, LogLevel level, string connection, string topic, NotificationKind kind, int events, int unknown);

        [LoggerMessage(3, LogLevel.Warning, "{Count} more calls for the events of {Connection} showed no secret of it since that was last said", EventName = "EventsRefusedBefore")]
        public static partial void RefusedBefore(ILogger logger, string connection, int count);

        [LoggerMessage(2, LogLevel.Warning, "What came for the events of {Connection} was answered {Status}: {Problem}", EventName = "EventsRefused")]
        public static partial void Refused(ILogger logger, string connection, int status, string problem);
    }
}
