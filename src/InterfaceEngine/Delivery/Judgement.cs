using InterfaceEngine.Destinations;
using InterfaceEngine.Store;

namespace InterfaceEngine.Delivery;

/// <summary>Says what an attempt means for its delivery: the only place that decides to try again.</summary>
internal sealed class Judgement(BackOff backOff)
{
    /// <param name="delivery">As it was claimed.</param>
    /// <param name="result">What came of the attempt.</param>
    /// <param name="now">UTC milliseconds.</param>
    public DeliverySettlement Settle(ClaimedDelivery delivery, AttemptResult result, long now)
    {
        var settlement = new DeliverySettlement { Delivery = delivery, State = DeliveryState.Held, Code = result.Code, Reason = result.Reason, Reply = result.Reply };
        return result.Outcome switch
        {
            AttemptOutcome.Delivered => settlement with { State = DeliveryState.Delivered },
            AttemptOutcome.Refused => settlement,
            _ => Retry(settlement, result.Limit, now),
        };
    }

    /// <summary>What was altered in the store can't be sent.</summary>
    public static DeliverySettlement Damaged(ClaimedDelivery delivery) =>
        new() { Delivery = delivery, State = DeliveryState.Held, Code = "damaged", Reason = "what is stored was altered outside the engine" };

    private DeliverySettlement Retry(DeliverySettlement settlement, RetryLimit limit, long now)
    {
        var attempts = settlement.Delivery.Attempts + 1;
        var tried = TimeSpan.FromMilliseconds(now - (settlement.Delivery.TriedSince ?? now));
        if (attempts >= limit.AttemptsMax || tried >= limit.For)
        {
            return settlement with { Reason = FormattableString.Invariant($"{settlement.Reason} (given up after {attempts} attempts)") };
        }

        return settlement with { State = DeliveryState.Waiting, NextAttemptAt = now + (long)backOff.After(attempts).TotalMilliseconds };
    }
}
