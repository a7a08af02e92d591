namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A clock that stands still until a test moves it. Timers, and with them delays, time-outs and cancellation,
/// fire inside <see cref="Advance"/>, in the order in which they are due.
/// </summary>
internal sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now;

    public FakeTimeProvider()
        : this(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public FakeTimeProvider(DateTimeOffset start) => _now = start;

    /// <summary>How many timers wait.</summary>
    public int Timers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time on; timers see the moment they were due at.</summary>
    public void Advance(TimeSpan step)
    {
        var end = GetUtcNow() + step;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _now = end > _now ? end : _now;
        }
    }

    private FakeTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is null)
            {
                return null;
            }

            _now = next.Due > _now ? next.Due : _now;
            if (next.Period > TimeSpan.Zero)
            {
                next.Due = _now + next.Period;
            }
            else
            {
                _timers.Remove(next);
            }

            return next;
        }
    }

    private sealed class FakeTimer(FakeTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                Period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._now + dueTime;
                    time._timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
