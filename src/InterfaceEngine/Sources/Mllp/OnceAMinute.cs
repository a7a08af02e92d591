namespace InterfaceEngine.Sources.Mllp;

/// <summary>Whether something that may happen all the time is to be logged now: a flood of connections must not become a flood of log lines.</summary>
internal sealed class OnceAMinute(TimeProvider time)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private long? _toldAt;

    /// <summary>True the first time, and then once a minute at the most.</summary>
    public bool IsDue()
    {
        var now = time.GetTimestamp();
        if (_toldAt is { } before && time.GetElapsedTime(before, now) < _interval)
        {
            return false;
        }

        _toldAt = now;
        return true;
    }
}
