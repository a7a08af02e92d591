namespace InterfaceEngine.Core.Records;

/// <summary>
/// Gives ids that rise with time and never repeat within a process: 41 bits of milliseconds since 2020, then
/// 22 bits that start at random in each millisecond and count from there. Two processes can, very rarely, give
/// the same id: the store refuses the second row, and the unit is tried again with new ids.
/// </summary>
public sealed class IdSource
{
    private static readonly long _epoch = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private long _last;

    /// <param name="time">The clock.</param>
    /// <param name="random">Where the low bits start; tests fix it.</param>
    public IdSource(TimeProvider time, Random random)
    {
        _time = time;
        _random = random;
    }

    /// <summary>Every id that is given at this time or later is at least this one.</summary>
    public static EngineId FirstAt(DateTimeOffset time) => new(Math.Max(0, time.ToUnixTimeMilliseconds() - _epoch) << 22);

    public EngineId Next()
    {
        lock (_lock)
        {
            // The upper half of the low bits is left free, so that counting on does not run into the next millisecond.
            var fresh = ((_time.GetUtcNow().ToUnixTimeMilliseconds() - _epoch) << 22) | (uint)_random.Next(1 << 21);
            _last = Math.Max(_last + 1, fresh);
            return new EngineId(_last);
        }
    }
}
