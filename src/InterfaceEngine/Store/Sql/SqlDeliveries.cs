namespace InterfaceEngine.Store.Sql;

/// <summary>Claims on a reading connection, settles through the writer.</summary>
internal sealed class SqlDeliveries : IDeliveryStore
{
    private readonly IStoreWriter _writer;
    private readonly IStoreReaders _readers;
    private readonly KeyRing _keys;
    private readonly TimeProvider _time;

    public SqlDeliveries(IStoreWriter writer, IStoreReaders readers, KeyRing keys, IStoreSignals signals, TimeProvider time)
    {
        (_writer, _readers, _keys, _time) = (writer, readers, keys, time);
        signals.Raised += signal =>
        {
            if (signal == StoreSignal.Queued)
            {
                Queued?.Invoke();
            }
        };
    }

    public event Action? Queued;

    public bool IsShared { get; init; }

    public ValueTask<DeliveryClaim?> ClaimAsync(Lease lease, string destination, ClaimScope scope, CancellationToken cancellationToken) =>
        _readers.ReadAsync(
            (lease, destination, scope, Now: _time.GetUtcNow().ToUnixTimeMilliseconds()),
            static (reader, asked) => reader.Claim(asked.lease, asked.destination, asked.scope, asked.Now),
            cancellationToken);

    public ValueTask<bool> IsWaitingAsync(Lease lease, string destination, ClaimedDelivery delivery, CancellationToken cancellationToken) =>
        _readers.ReadAsync(
            (lease, destination, delivery),
            static (reader, asked) => reader.IsHeld(asked.lease) && reader.IsWaiting(asked.delivery.Practice ?? "", asked.destination, asked.delivery.Id),
            cancellationToken);

    public Task<bool> SettleAsync(Lease lease, IReadOnlyList<DeliverySettlement> settlements, CancellationToken cancellationToken)
    {
        var rows = new SettledRow[settlements.Count];
        for (var index = 0; index < rows.Length; index++)
        {
            rows[index] = Seal(settlements[index]);
        }

        return _writer.RunAsync(session => Settle(session, lease, rows), cancellationToken);
    }

    /// <summary>What can't be opened is settled without its notes: its practice's key may be what is missing.</summary>
    private SettledRow Seal(DeliverySettlement settlement) => settlement.Delivery.IsDamaged
        ? new SettledRow(settlement, null)
        : UnitSealer.SealSettlement(settlement, _keys.Known(settlement.Delivery.Practice ?? ""));

    private static bool Settle(WriterSession session, Lease lease, SettledRow[] rows)
    {
        if (!session.Leases.IsHeld(lease))
        {
            return false;
        }

        foreach (var row in rows)
        {
            session.Deliveries.Settle(row);
        }

        return true;
    }
}
