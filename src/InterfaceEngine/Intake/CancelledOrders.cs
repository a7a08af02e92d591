using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake;

/// <summary>
/// Lets the cancellation of a visit pass what is held before it. Whoever cancels a visit dismisses what is held of it with the same commit; but an order
/// that was on its way then may be held a moment later, and the cancellation would wait behind it until a person looks, while the vendor keeps the visit.
/// </summary>
/// <param name="store">Where deliveries wait.</param>
/// <param name="destinations">Those that are told by orders.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For what it dismisses.</param>
internal sealed partial class CancelledOrders(IEngineStore store, IReadOnlyList<string> destinations, TimeProvider time, ILogger<CancelledOrders> logger)
{
    /// <summary>So many held ones of a destination are looked at, the newest.</summary>
    private const int HeldMax = 1_000;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(15);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        do
        {
            try
            {
                await DismissAsync(cancellationToken);
            }
            catch (StoreUnavailableException failure)
            {
                Log.NotLooked(logger, failure.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Dismisses what is held now before the cancellation of its visit.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; what is left is looked at again.</exception>
    public async Task DismissAsync(CancellationToken cancellationToken)
    {
        foreach (var destination in destinations)
        {
            foreach (var (practice, visit, needless) in await store.ReadAsync(reader => Find(reader, destination), cancellationToken))
            {
                var dismissed = string.Concat(needless.Select(order => $", delivery {order.Delivery} dismissed"));
                var unit = new CommitUnit
                {
                    Practice = practice,
                    DeliveryDecisions = needless,
                    Audit = new AuditEntry("engine", "deliveries dismiss", practice, $"{AppointmentDesk.Type} {visit}{dismissed}", "The visit was cancelled behind what was held."),
                };

                // A conflict: somebody decided otherwise meanwhile.
                if ((await store.CommitAsync(unit, cancellationToken)).Outcome is CommitOutcome.Committed)
                {
                    Log.Dismissed(logger, destination, needless.Count, visit.ToString());
                }
            }
        }
    }

    private static List<(string Practice, EngineId Visit, IReadOnlyList<DeliveryDecision> Needless)> Find(IStoreReader reader, string destination)
    {
        var held = reader.Deliveries(new DeliveryFilter(null, destination, DeliveryState.Held, EngineId.None, HeldMax));
        return
        [
            .. held.Where(order => order is { Event: CallOrder.Booked or CallOrder.Modified, Practice: not null, Record: not null }).DistinctBy(order => order.Record)
                .Select(order => (order.Practice!, order.Record!.Value, OrdersOnTheirWay.NeedlessBeforeCancellation(reader, order.Practice!, order.Record!.Value, destination)))
                .Where(found => found.Item3.Count > 0),
        ];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Destination}: {Count} deliveries dismissed, for visit {Visit} was cancelled behind them", EventName = "CancelledOrdersDismissed")]
        public static partial void Dismissed(ILogger logger, string destination, int count, string visit);

        [LoggerMessage(2, LogLevel.Warning, "Held orders were not looked at for cancellations behind them: {Reason}", EventName = "CancelledOrdersNotLooked")]
        public static partial void NotLooked(ILogger logger, string reason);
    }
}
