using InterfaceEngine.Schedules;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>What a connection does by the clock. What failed is tried again after a pause; however many times were missed, one makes up for them.</summary>
/// <param name="work">Its name among what has a schedule.</param>
/// <param name="schedule">When.</param>
/// <param name="run">Does it; says why it failed, null when it did not, without patient data.</param>
/// <param name="store">Keeps when it ran last.</param>
internal sealed partial class ConnectionSchedule(string work, ISchedule schedule, Func<CancellationToken, Task<string?>> run, IEngineStore store, TimeProvider time, ILogger<ConnectionSchedule> logger)
{
    private static readonly TimeSpan _pauseAfterFault = TimeSpan.FromMinutes(5);

    /// <summary>Goes on until it is cancelled. One node at a time does it (a duty).</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var clock = new ScheduleClock(schedule, time);
        while (true)
        {
            var due = await clock.WaitAsync(await MetAsync(cancellationToken), cancellationToken);
            var started = time.GetUtcNow();
            var fault = await run(cancellationToken);
            await store.Files.NotePollAsync(
                new PollNote(work, due.At.ToUnixTimeMilliseconds(), started.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds(), fault, 0), cancellationToken);
            if (fault is not null)
            {
                Log.Failed(logger, work, fault);
                await Task.Delay(_pauseAfterFault, time, cancellationToken);
            }
        }
    }

    /// <summary>The time that was met last. One that failed, or broke off, was not met and is due again.</summary>
    private async Task<DateTimeOffset?> MetAsync(CancellationToken cancellationToken)
    {
        var notes = await store.LookAsync(reader => reader.PollNotes(), cancellationToken);
        return notes.FirstOrDefault(note => note.Source == work) is { } last ? DateTimeOffset.FromUnixTimeMilliseconds(last.Fault is null ? last.DueAt : last.DueAt - 1) : null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Work} failed, and is tried again in some minutes: {Reason}", EventName = "ConnectionScheduleFailed")]
        public static partial void Failed(ILogger logger, string work, string reason);
    }
}
