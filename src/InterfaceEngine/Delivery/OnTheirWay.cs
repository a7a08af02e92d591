using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Delivery;

/// <summary>The deliveries that were claimed and are not settled yet.</summary>
internal sealed class OnTheirWay
{
    private readonly Lock _lock = new();
    private readonly HashSet<EngineId> _deliveries = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _deliveries.Count;
            }
        }
    }

    public void Add(EngineId delivery)
    {
        lock (_lock)
        {
            _deliveries.Add(delivery);
        }
    }

    /// <summary>Called when the settlement is on disk, and not before.</summary>
    public void Remove(EngineId delivery)
    {
        lock (_lock)
        {
            _deliveries.Remove(delivery);
        }
    }

    public HashSet<EngineId> Copy()
    {
        lock (_lock)
        {
            return [.. _deliveries];
        }
    }
}
