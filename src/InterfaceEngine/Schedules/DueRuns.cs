namespace InterfaceEngine.Schedules;

/// <summary>Does something whenever it is due. What failed is tried again after a pause; however many times were missed, one makes up for them.</summary>
/// <param name="schedule">When.</param>
/// <param name="time">The clock.</param>
internal sealed class DueRuns(ISchedule schedule, TimeProvider time)
{
    private static readonly TimeSpan _pauseAfterFault = TimeSpan.FromMinutes(5);

    /// <summary>Goes on until it is cancelled. One node at a time does it (a duty).</summary>
    /// <param name="findMet">The time that was met last; null when none was. One that failed, or broke off, was not met and is due again.</param>
    /// <param name="tryRun">Does it for a time; false when it failed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Func<CancellationToken, Task<DateTimeOffset?>> findMet, Func<DateTimeOffset, CancellationToken, Task<bool>> tryRun, CancellationToken cancellationToken)
    {
        var clock = new ScheduleClock(schedule, time);
        while (true)
        {
            var due = await clock.WaitAsync(await findMet(cancellationToken), cancellationToken);
            if (!await tryRun(due.At, cancellationToken))
            {
                await Task.Delay(_pauseAfterFault, time, cancellationToken);
            }
        }
    }
}
