using InterfaceEngine.Ehr;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>How what waits for calls over a connection is worked off.</summary>
internal static class WaitingWork
{
    /// <summary>While a connection can't be used at all, it is looked at least so often whether it can.</summary>
    private static readonly TimeSpan _stopMax = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _pauseMax = TimeSpan.FromHours(1);

    /// <summary>Goes on until it is cancelled: at once while there is more, else after a look's pause, which doubles as long as nothing can be asked for.</summary>
    /// <param name="work">Works off what is due; says whether there may be more, and why it was stopped.</param>
    /// <param name="look">How often it is looked for what is due.</param>
    /// <param name="onStopped">Told why, and when it is tried again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(
        Func<CancellationToken, Task<(bool HasMore, EhrException? Stopped)>> work, TimeSpan look, Action<EhrException, TimeSpan> onStopped, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = look;
        while (true)
        {
            var (hasMore, stopped) = await work(cancellationToken);
            pause = stopped is null ? look : Min(pause + pause, _stopMax);
            if (stopped is not null)
            {
                onStopped(stopped, pause);
            }

            if (stopped is not null || !hasMore)
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    /// <summary>The pause before something is tried again: doubled each time, an hour at most, and never shorter than the vendor asks for.</summary>
    /// <param name="first">After the first attempt.</param>
    /// <param name="attempts">Those before the one that failed.</param>
    /// <param name="wanted">What the vendor asks for; null when it says nothing.</param>
    public static TimeSpan PauseAfter(TimeSpan first, int attempts, TimeSpan? wanted)
    {
        var own = Min(first * (1L << Math.Min(attempts, 20)), _pauseMax);
        return wanted > own ? wanted.Value : own;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
