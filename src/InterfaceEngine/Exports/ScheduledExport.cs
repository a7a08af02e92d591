using InterfaceEngine.Files;
using InterfaceEngine.Schedules;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Exports;

/// <summary>Runs an export whenever it is due, on one node.</summary>
internal sealed partial class ScheduledExport(ScheduleExport export, IEngineStore store, TimeProvider time, ILogger<ScheduledExport> logger)
{
    private ExportOptions Options => export.Options;

    /// <summary>Goes on until it is cancelled. One node at a time does it (a duty).</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        new DueRuns(Options.Schedule, time).RunAsync(stop => PollNote.FindMetAsync(store, Options.Work, stop), TryExportAsync, cancellationToken);

    private async Task<bool> TryExportAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        string? fault = null;
        try
        {
            var report = await export.RunAsync(new AuditEntry("engine", "files export", Options.Practice, $"{Options.Name} to {Options.Place}", null), cancellationToken);
            Log.Exported(logger, Options.Name, report.Rows, report.LeftOut);
        }
        catch (FileFaultException failure)
        {
            fault = failure.Message;
            Log.ExportFailed(logger, Options.Name, failure.Message);
        }

        await store.Files.NotePollAsync(
            new PollNote(Options.Work, due.ToUnixTimeMilliseconds(), started.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds(), fault, fault is null ? 1 : 0), cancellationToken);
        return fault is null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Export {Export} was written: {Rows} rows, {LeftOut} left out", EventName = "ScheduleExported")]
        public static partial void Exported(ILogger logger, string export, int rows, int leftOut);

        [LoggerMessage(2, LogLevel.Error, "Export {Export} could not be written, and is tried again in some minutes: {Reason}", EventName = "ExportFailed")]
        public static partial void ExportFailed(ILogger logger, string export, string reason);
    }
}
