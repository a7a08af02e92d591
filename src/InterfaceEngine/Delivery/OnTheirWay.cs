using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Delivery;

/// <summary>
/// The deliveries that were claimed and are not settled yet, by the line that sends them. Each line has its share of
/// <see cref="DeliveryOptions.OnTheirWayMax"/>: one that gets no further keeps its share, and no other's.
/// </summary>
internal sealed class OnTheirWay
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EngineId, int> _deliveries = [];
    private readonly int[] _inHand;
    private readonly int _shareMax;

    /// <param name="lines">How many lines there are.</param>
    /// <param name="max">Deliveries in memory at most; a line has a share of two at least.</param>
    public OnTheirWay(int lines, int max)
    {
        _inHand = new int[lines];
        _shareMax = Math.Max(2, max / lines);
    }

    /// <summary>
    /// Whether claiming pays although the last claim left something out: half of all room is free, or a line has
    /// nothing left in hand.
    /// </summary>
    public bool HasMuchRoom
    {
        get
        {
            lock (_lock)
            {
                return _deliveries.Count <= _shareMax * _inHand.Length / 2 || _inHand.Contains(0);
            }
        }
    }

    /// <summary>Whether a line may be given anything more.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _inHand.Any(count => count < _shareMax);
            }
        }
    }

    /// <summary>Which line sends a lane's deliveries.</summary>
    public int LineOf(ulong lane) => (int)(lane % (ulong)_inHand.Length);

    /// <summary>What is on its way, and how much more each line may be given, as of now.</summary>
    public (HashSet<EngineId> Deliveries, ClaimRoom Room) Snapshot()
    {
        lock (_lock)
        {
            return ([.. _deliveries.Keys], new ClaimRoom(this, [.. _inHand.Select(count => _shareMax - count)]));
        }
    }

    public void Add(ClaimedDelivery delivery)
    {
        lock (_lock)
        {
            if (_deliveries.TryAdd(delivery.Id, LineOf(delivery.Lane)))
            {
                _inHand[LineOf(delivery.Lane)]++;
            }
        }
    }

    /// <summary>Called when the settlement is on disk, and not before.</summary>
    public void Remove(EngineId delivery)
    {
        lock (_lock)
        {
            if (_deliveries.Remove(delivery, out var line))
            {
                _inHand[line]--;
            }
        }
    }
}

/// <summary>How much one claim may take for each line. For one claim only.</summary>
internal sealed class ClaimRoom(OnTheirWay onTheirWay, int[] room)
{
    /// <summary>How many in all.</summary>
    public int Total { get; } = room.Sum(left => Math.Max(0, left));

    /// <summary>The line of a lane was full: something was left in the store.</summary>
    public bool IsLeftOut { get; private set; }

    /// <summary>Takes a place of the lane's line, if it has one left.</summary>
    public bool TryTake(ulong lane)
    {
        var line = onTheirWay.LineOf(lane);
        if (room[line] > 0)
        {
            room[line]--;
            return true;
        }

        IsLeftOut = true;
        return false;
    }
}
