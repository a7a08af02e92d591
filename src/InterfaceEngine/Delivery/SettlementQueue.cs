using System.Threading.Channels;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Delivery;

/// <summary>
/// Writes what came of attempts, many in one transaction: while one is being written, those that come gather for the
/// next. While the store fails it holds on to them, for sending again what was delivered would be worse: until it is written, or
/// the store says that the destination is another's, even when the lease could not be renewed in time.
/// </summary>
internal sealed class SettlementQueue(string destination, IDeliveryStore store, Lease lease, OnTheirWay onTheirWay, DeliveryOptions options, TimeProvider time, ILogger logger)
{
    private readonly StoreOutage _outage = new(destination, "the settling of what was sent", options, time, logger);
    private readonly Channel<DeliverySettlement> _settlements = Channel.CreateUnbounded<DeliverySettlement>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Called after each transaction.</summary>
    public Action? Settled { get; set; }

    public void Add(DeliverySettlement settlement) => _settlements.Writer.TryWrite(settlement);

    /// <summary>For what is not to be sent after all: there is nothing to write.</summary>
    public void Forget(ClaimedDelivery delivery) => onTheirWay.Remove(delivery.Id);

    /// <summary>No more come: <see cref="RunAsync"/> ends when all are written.</summary>
    public void Complete() => _settlements.Writer.TryComplete();

    /// <summary>Runs until it is completed and empty, or cancelled. False when the lease is lost: what is left is sent again by its new owner.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<DeliverySettlement>();
        while (await _settlements.Reader.WaitToReadAsync(cancellationToken))
        {
            batch.Clear();
            while (batch.Count < options.SettledTogetherMax && _settlements.Reader.TryRead(out var next))
            {
                batch.Add(next);
            }

            if (!await SettleAsync(batch, cancellationToken))
            {
                return false;
            }

            foreach (var settlement in batch)
            {
                onTheirWay.Remove(settlement.Delivery.Id);
            }

            Settled?.Invoke();
        }

        return true;
    }

    private async Task<bool> SettleAsync(List<DeliverySettlement> batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var isSettled = await store.SettleAsync(lease, batch, cancellationToken);
                _outage.End();
                return isSettled;
            }
            catch (StoreUnavailableException failure)
            {
                await _outage.PauseAsync(failure, cancellationToken);
            }
        }
    }
}
