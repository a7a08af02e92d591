using System.Threading.Channels;
using InterfaceEngine.Destinations;
using InterfaceEngine.Nodes;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Delivery;

/// <summary>What a connection is doing.</summary>
internal enum LineState
{
    /// <summary>It was not needed yet.</summary>
    Idle,

    /// <summary>Connected when last heard of.</summary>
    Connected,

    /// <summary>The receiver can't be reached, or answers nothing: the next attempt comes after a pause.</summary>
    BackingOff,
}

/// <summary>
/// One connection to a destination and the deliveries that go over it, one after the other. A receiver that can't be
/// reached costs no delivery an attempt: the line pauses with what it has in hand.
/// </summary>
internal sealed partial class DeliveryLine(
    string name, IDestination destination, IDeliveryStore store, StoreOutage outage, Judgement judgement, BackOff backOff, SettlementQueue settlements, Ownership ownership, TimeProvider time,
    ILogger logger)
{
    /// <summary>
    /// What was in hand for longer is asked about before it is sent: a person may have dismissed it. Where others use the store
    /// as well, this process may have stood still meanwhile, and another may have sent it and what follows it.
    /// </summary>
    private readonly TimeSpan _freshFor = store.IsShared ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(2);

    private readonly Channel<(ClaimedDelivery Delivery, long At)> _queue = Channel.CreateUnbounded<(ClaimedDelivery, long)>(new UnboundedChannelOptions { SingleReader = true });
    private int _failures;

    public LineState State { get; private set; }

    /// <summary>Why it backs off, without anything of a message; null while it does not.</summary>
    public string? Reason { get; private set; }

    /// <summary>When the last reply came that could be read; null before.</summary>
    public DateTimeOffset? LastReplyAt { get; private set; }

    public void Add(ClaimedDelivery delivery) => _queue.Writer.TryWrite((delivery, time.GetTimestamp()));

    /// <summary>Sends what is added until told to stop; then what is being sent may end, and nothing more is begun.</summary>
    /// <param name="stopping">Begin nothing more.</param>
    /// <param name="broken">Break off what is being sent: the lease is lost, or stopping took too long.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken broken)
    {
        try
        {
            await foreach (var (delivery, claimedAt) in _queue.Reader.ReadAllAsync(stopping))
            {
                if (await TrySendAsync(delivery, claimedAt, stopping, broken) is not { } result)
                {
                    judgement.Forget(delivery);
                    settlements.Forget(delivery);
                    continue;
                }

                var settlement = judgement.Settle(delivery, result);
                LogSettlement(settlement);
                settlements.Add(settlement);
                await PauseAsync(result, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || broken.IsCancellationRequested)
        {
            // What was not sent, or got no reply, is still waiting in the store.
        }
    }

    /// <summary>Null when it is not to be sent any more.</summary>
    private async Task<AttemptResult?> TrySendAsync(ClaimedDelivery delivery, long claimedAt, CancellationToken stopping, CancellationToken broken)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                await destination.ReachAsync(stopping);
                if (time.GetElapsedTime(claimedAt) > _freshFor && !await IsWaitingAsync(delivery, stopping))
                {
                    return null;
                }

                ownership.ThrowUnlessSure();
                (State, Reason) = (LineState.Connected, null);
                return await destination.DeliverAsync(new OutgoingMessage(delivery.ControlId, delivery.Body), broken);
            }
            catch (UnreachableException failure)
            {
                await BackOffAsync(failure.Message, stopping);
            }
            catch (StoreUnavailableException failure)
            {
                await outage.PauseAsync(failure, stopping);
            }
        }
    }

    private async Task<bool> IsWaitingAsync(ClaimedDelivery delivery, CancellationToken stopping)
    {
        var isWaiting = await store.IsWaitingAsync(ownership.Lease, name, delivery, stopping);
        outage.End();
        return isWaiting;
    }

    /// <summary>
    /// One message that is to be tried again is that message's matter. Several in a row are the receiver's: hurrying
    /// it helps nobody, and would use up the attempts of all that wait.
    /// </summary>
    private async Task PauseAsync(AttemptResult result, CancellationToken stopping)
    {
        if (result.IsAnswered)
        {
            LastReplyAt = time.GetUtcNow();
        }

        if (result.Outcome is not AttemptOutcome.Retry)
        {
            _failures = 0;
        }
        else if (++_failures > 1)
        {
            await WaitAsync(_failures - 1, $"{_failures} in a row were to be tried again, the last with {result.Code}", stopping);
        }
    }

    private async Task BackOffAsync(string reason, CancellationToken stopping)
    {
        _failures++;
        Log.Unreachable(logger, name, _failures, reason);
        await WaitAsync(_failures, reason, stopping);
    }

    private async Task WaitAsync(int failures, string reason, CancellationToken stopping)
    {
        (State, Reason) = (LineState.BackingOff, reason);
        await Task.Delay(backOff.After(failures), time, stopping);
    }

    private void LogSettlement(DeliverySettlement settlement)
    {
        var delivery = settlement.Delivery;
        switch (settlement.State)
        {
            case DeliveryState.Delivered:
                Log.Delivered(logger, name, delivery.Id.ToString(), delivery.Event, settlement.Code);
                break;
            case DeliveryState.Held:
                Log.Held(logger, name, delivery.Id.ToString(), delivery.Event, settlement.Code);
                break;
            default:
                Log.Postponed(logger, name, delivery.Id.ToString(), delivery.Event, settlement.Code, delivery.Attempts + 1);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Destination}: {Delivery} {EventType} delivered, {Code}", EventName = "Delivered")]
        public static partial void Delivered(ILogger logger, string destination, string delivery, string eventType, string code);

        [LoggerMessage(2, LogLevel.Error, "{Destination}: {Delivery} {EventType} is held for a person, {Code}; what follows in its lane waits", EventName = "DeliveryHeld")]
        public static partial void Held(ILogger logger, string destination, string delivery, string eventType, string code);

        [LoggerMessage(3, LogLevel.Warning, "{Destination}: {Delivery} {EventType} is tried again, {Code}, attempt {Attempt}", EventName = "DeliveryPostponed")]
        public static partial void Postponed(ILogger logger, string destination, string delivery, string eventType, string code, int attempt);

        [LoggerMessage(4, LogLevel.Warning, "{Destination} can't be reached ({Failures} in a row): {Reason}", EventName = "DestinationUnreachable")]
        public static partial void Unreachable(ILogger logger, string destination, int failures, string reason);
    }
}
