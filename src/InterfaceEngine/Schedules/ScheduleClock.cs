namespace InterfaceEngine.Schedules;

/// <summary>Says when what has a schedule is due, and waits for it.</summary>
/// <param name="schedule">Its times.</param>
/// <param name="time">The clock.</param>
internal sealed class ScheduleClock(ISchedule schedule, TimeProvider time)
{
    /// <summary>No wait is longer without a look at the clock: it may be set, and a machine may sleep.</summary>
    private static readonly TimeSpan _waitMax = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The time that is to be met next. Times that passed while nobody was there are one, the last of them: however many were missed, the
    /// work is made up for once.
    /// </summary>
    /// <param name="met">The time that was met last; null for what was never done, which is due at its next time.</param>
    /// <returns>Null when no time comes any more.</returns>
    public DueTime? Next(DateTimeOffset? met)
    {
        var now = time.GetUtcNow();
        // A time in the future was met by a clock that was wrong.
        var after = met is { } last && last < now ? last : now;
        return schedule.NextAfter(after) switch
        {
            { } next when next > now => new DueTime(next, Missed: false),
            { } first when schedule.LastUntil(now) is { } latest => new DueTime(latest, Missed: latest > first),
            { } only => new DueTime(only, Missed: false),
            null => null,
        };
    }

    /// <summary>Waits until the next time is there.</summary>
    /// <param name="met">See <see cref="Next"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The time that is met now. Never returns when none comes any more.</returns>
    public async Task<DueTime> WaitAsync(DateTimeOffset? met, CancellationToken cancellationToken)
    {
        var begun = met ?? time.GetUtcNow();
        while (true)
        {
            var due = Next(begun);
            var wait = due is { } next ? next.At - time.GetUtcNow() : _waitMax;
            if (due is { } there && wait <= TimeSpan.Zero)
            {
                return there;
            }

            await Task.Delay(wait < _waitMax ? wait : _waitMax, time, cancellationToken);
        }
    }
}

/// <param name="At">The time of the schedule.</param>
/// <param name="Missed">Earlier times passed as well, and are met with it.</param>
internal readonly record struct DueTime(DateTimeOffset At, bool Missed);
