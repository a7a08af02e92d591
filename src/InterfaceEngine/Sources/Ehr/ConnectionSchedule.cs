using InterfaceEngine.Schedules;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>What a connection does by the clock.</summary>
/// <param name="work">Its name among what has a schedule.</param>
/// <param name="schedule">When.</param>
/// <param name="run">Does it; says why it failed, null when it did not, without patient data.</param>
/// <param name="store">Keeps when it ran last.</param>
internal sealed partial class ConnectionSchedule(string work, ISchedule schedule, Func<CancellationToken, Task<string?>> run, IEngineStore store, TimeProvider time, ILogger<ConnectionSchedule> logger)
{
    /// <summary>Goes on until it is cancelled. One node at a time does it (a duty).</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        new DueRuns(schedule, time).RunAsync(stop => PollNote.FindMetAsync(store, work, stop), TryRunAsync, cancellationToken);

    private async Task<bool> TryRunAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var fault = await run(cancellationToken);
        await store.Files.NotePollAsync(new PollNote(work, due.ToUnixTimeMilliseconds(), started.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds(), fault, 0), cancellationToken);
        if (fault is not null)
        {
            Log.Failed(logger, work, fault);
        }

        return fault is null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Work} failed, and is tried again in some minutes: {Reason}", EventName = "ConnectionScheduleFailed")]
        public static partial void Failed(ILogger logger, string work, string reason);
    }
}
