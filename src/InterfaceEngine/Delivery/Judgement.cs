using InterfaceEngine.Destinations;
using InterfaceEngine.Store;

namespace InterfaceEngine.Delivery;

/// <summary>Says what an attempt means for its delivery: the only place that decides to try again.</summary>
/// <param name="backOff">The pauses.</param>
/// <param name="unansweredMax">See <see cref="DeliveryOptions.UnansweredMax"/>.</param>
internal sealed class Judgement(BackOff backOff, int unansweredMax)
{
    private readonly Unanswered _unanswered = new();

    /// <param name="delivery">As it was claimed.</param>
    /// <param name="result">What came of the attempt.</param>
    public DeliverySettlement Settle(ClaimedDelivery delivery, AttemptResult result)
    {
        var settlement = Judge(new DeliverySettlement { Delivery = delivery, State = DeliveryState.Held, Code = result.Code, Reason = result.Reason, Reply = result.Reply }, result);
        if (settlement.State is not DeliveryState.Waiting)
        {
            _unanswered.Forget(delivery.Id);
        }

        return settlement;
    }

    /// <summary>Nothing more is sent of it.</summary>
    public void Forget(ClaimedDelivery delivery) => _unanswered.Forget(delivery.Id);

    /// <summary>What was altered in the store can't be sent.</summary>
    public static DeliverySettlement Damaged(ClaimedDelivery delivery) =>
        new() { Delivery = delivery, State = DeliveryState.Held, Code = DeliverySettlement.DamagedCode, Reason = "what is stored was altered outside the engine" };

    private DeliverySettlement Judge(DeliverySettlement held, AttemptResult result)
    {
        if (result.IsAnswered)
        {
            _unanswered.Answered(held.Delivery.Id);
        }

        return result switch
        {
            { Outcome: AttemptOutcome.Delivered } => held with { State = DeliveryState.Delivered },
            { Outcome: AttemptOutcome.Refused } => held,
            { IsAnswered: false } when _unanswered.Count(held.Delivery.Id) >= unansweredMax =>
                held with { Reason = FormattableString.Invariant($"{result.Reason} (given up: {unansweredMax} times without a reply while others got theirs)") },
            _ => Retry(held, result.Limit),
        };
    }

    private DeliverySettlement Retry(DeliverySettlement settlement, RetryLimit limit)
    {
        var attempts = settlement.Delivery.Attempts + 1;
        if (attempts >= limit.AttemptsMax || (settlement.Delivery.TriedFor ?? TimeSpan.Zero) >= limit.For)
        {
            return settlement with { Reason = FormattableString.Invariant($"{settlement.Reason} (given up after {attempts} attempts)") };
        }

        return settlement with { State = DeliveryState.Waiting, RetryIn = backOff.After(attempts) };
    }
}
