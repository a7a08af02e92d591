namespace InterfaceEngine.Core.Records;

/// <summary>
/// Gives ids that rise with time and never repeat within a process: 41 bits of milliseconds since 2020, 8 bits of the
/// node's number, then 14 bits that start at random in each millisecond and count from there. So nodes of different numbers
/// never give the same id. Two processes that had one number, one after the other and by clocks that differ, can, very
/// rarely: the store refuses the second row, and intake takes another id for its message.
/// </summary>
public sealed class IdSource
{
    /// <summary>The highest number of a node.</summary>
    public const int NodeMax = (1 << NodeBits) - 1;

    private const int NodeBits = 8;
    private const int CountBits = 14;

    private static readonly long _epoch = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private int _node;
    private long _last;

    /// <param name="time">The clock.</param>
    /// <param name="random">Where the low bits start; tests fix it.</param>
    public IdSource(TimeProvider time, Random random)
    {
        _time = time;
        _random = random;
    }

    /// <summary>
    /// This process's number among those that give ids for the same store at the same time: 0, the default, where it is the
    /// only one. Set before the first id is given, or when the process was given another number.
    /// </summary>
    public int Node
    {
        get => _node;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, NodeMax);
            lock (_lock)
            {
                _node = value;
            }
        }
    }

    /// <summary>Every id that is given at this time or later, by any node, is at least this one.</summary>
    public static EngineId FirstAt(DateTimeOffset time) => new(First(Math.Max(0, time.ToUnixTimeMilliseconds() - _epoch), node: 0));

    /// <summary>When an id was given, by the clock of its node.</summary>
    public static DateTimeOffset TimeOf(EngineId id) => DateTimeOffset.FromUnixTimeMilliseconds(_epoch + (id.Value >> (NodeBits + CountBits)));

    public EngineId Next()
    {
        lock (_lock)
        {
            // The upper half of the low bits is left free, so that counting on seldom runs into the next millisecond.
            var fresh = First(_time.GetUtcNow().ToUnixTimeMilliseconds() - _epoch, _node) | (uint)_random.Next(1 << (CountBits - 1));
            _last = Math.Max(After(_last), fresh);
            return new EngineId(_last);
        }
    }

    /// <summary>The next one of this node's: what would be another node's is left out.</summary>
    private long After(long id)
    {
        var (next, millisecond) = (id + 1, id >> (NodeBits + CountBits));
        var isOurs = next >> CountBits == First(millisecond, _node) >> CountBits;
        return isOurs ? next : First(millisecond + 1, _node);
    }

    private static long First(long millisecond, int node) => (millisecond << (NodeBits + CountBits)) | ((long)node << CountBits);
}
