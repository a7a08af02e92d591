using InterfaceEngine.Control;
using InterfaceEngine.Health;
using InterfaceEngine.Nodes;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Files;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace InterfaceEngine;

/// <summary>Puts sources of files together, for an engine that runs and for a command that polls once.</summary>
internal static class FilePolling
{
    /// <summary>Makes a source of files; it does not poll yet.</summary>
    public static FilePoller Open(EngineCore core, FileSourceSettings source, Readiness readiness, TimeProvider time, ILoggerFactory loggers)
    {
        var settings = core.Settings;
        return new FilePoller(
            new FilePollerParts
            {
                Name = source.Name,
                Options = source.Options,
                Zone = Zone(settings, source),
                Open = () => Catalog.Open(source, time),
                Intake = core.FileIntake(source),
                WriteBack = new FileWriteBack(core.Store, source.Options).WriteAsync,
                Store = core.Store,
                Owner = core.Node.Identity.Owner,
                After = source.Options.After is { } after ? Work(settings, settings.FileSources.First(other => other.Name == after)) : null,
                Readiness = readiness,
                DutyLogger = loggers.CreateLogger<Duty>(),
            },
            time,
            loggers.CreateLogger<FilePoller>());
    }

    /// <summary>Polls where no engine runs.</summary>
    public static async Task<PolledFilesAnswer?> OnceAsync(EngineCore core, string name, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var source = core.Settings.FileSources.First(one => one.Name == name);
        var poller = Open(core, source, new Readiness(time, loggers.CreateLogger<Readiness>()), time, loggers);
        return await poller.OnceAsync(cancellationToken) is { } report ? Answer(name, report) : null;
    }

    public static PolledFilesAnswer Answer(string name, PollReport report)
    {
        var result = report.Result;
        return new PolledFilesAnswer(name, result.Files, result.Done, result.Known, result.Held, result.Refused, result.Changed, result.Growing, report.Fault);
    }

    public static FileSourceInfo Info(EngineSettings settings, FileSourceSettings source) =>
        new(Work(settings, source), source.Options.Practice, source.Place, source.Options.Expects);

    public static ScheduledWork Work(EngineSettings settings, FileSourceSettings source) =>
        new(source.Name, "source", source.Options.Schedule, Zone(settings, source));

    private static DateTimeZone Zone(EngineSettings settings, FileSourceSettings source) => settings.FindPractice(source.Options.Practice)!.Zone;
}
