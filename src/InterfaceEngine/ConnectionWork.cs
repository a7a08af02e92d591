using InterfaceEngine.Ehr;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Sources.Ehr.Attachments;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Sources.Ehr.Events;
using InterfaceEngine.Sources.Ehr.Insurances;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>What runs for each connection to a vendor, on one node at a time.</summary>
internal static partial class ConnectionWork
{
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>Each with the name of its duty.</summary>
    public static IEnumerable<(string Duty, Func<CancellationToken, Task> Work)> Of(EngineCore core, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger(typeof(ConnectionWork));
        foreach (var connection in core.Connections.Values)
        {
            if (connection.Options.Client.Missing is not null)
            {
                Log.Off(logger, connection.WhyOff!);
            }

            var discovery = $"ehr discovery {connection.Options.Id}";
            yield return (discovery, Guarded(discovery, connection.Discovery.RunAsync, time, logger));
            foreach (var (duty, work) in Of(connection, core, time, loggers))
            {
                yield return (duty, Guarded(duty, work, time, logger));
            }
        }

        const string Cancelled = "cancelled orders";
        if (core.Settings.Destinations.Where(one => one.Outbound.Form is not OutboundForm.Hl7).Select(one => one.Name).ToList() is { Count: > 0 } called)
        {
            yield return (Cancelled, Guarded(Cancelled, new CancelledOrders(core.Store, called, time, loggers.CreateLogger<CancelledOrders>()).RunAsync, time, logger));
        }
    }

    /// <summary>What connections do by the clock.</summary>
    public static IEnumerable<ScheduledWork> Schedules(EngineSettings settings)
    {
        foreach (var connection in settings.Connections)
        {
            var zone = settings.FindPractice(connection.Practice)!.Zone;
            if (connection.Bulk.Schedule is { } bulk)
            {
                yield return new ScheduledWork(BulkName(connection), "bulk export", bulk, zone);
            }

            if (connection.Sync.Schedule is { } sync)
            {
                yield return new ScheduledWork(SyncName(connection), "synchronisation", sync, zone);
            }

            if (connection.References.Schedule is { } references)
            {
                yield return new ScheduledWork(ReferencesName(connection), "comparison", references, zone);
            }
        }
    }

    private static IEnumerable<(string Duty, Func<CancellationToken, Task> Work)> Of(EhrConnection connection, EngineCore core, TimeProvider time, ILoggerFactory loggers)
    {
        var (options, parts) = (connection.Options, core.Vendor(connection));
        yield return ($"bulk {options.Id}", new BulkWork(parts.Bulk(), options.Id, time, loggers.CreateLogger<BulkWork>()).RunAsync);
        if (options.Bulk.Schedule is { } bulk)
        {
            yield return ByClock(BulkName(options), bulk, stop => StartBulkAsync(parts.Bulk(), time, stop));
        }

        yield return ($"broken runs {options.Id}", parts.BrokenRuns().RunAsync);
        var events = parts.Events();
        yield return ($"events {options.Id}", new EventWork(connection, events.Queue, core.VendorDocuments, events.Poll, parts.Insurances(), time, loggers.CreateLogger<EventWork>()).RunAsync);
        yield return ($"event poll {options.Id}", events.Poll.RunAsync);
        yield return ($"subscriptions {options.Id}", new SubscriptionKeeper(connection, core.Store.Connections, events.Inbox, events.Poll, time, loggers.CreateLogger<SubscriptionKeeper>()).RunAsync);
        if (options.Sync.Schedule is { } sync)
        {
            yield return ByClock(SyncName(options), sync, stop => SyncAsync(parts.Sync(), stop));
        }

        if (options.References.Schedule is { } references)
        {
            yield return ByClock(ReferencesName(options), references, parts.References().RunByClockAsync);
        }

        if (parts.Insurances() is { IsUsed: true } insurances)
        {
            yield return ($"insurances {options.Id}", new InsuranceWork(connection, insurances, core.VendorDocuments, time, loggers.CreateLogger<InsuranceWork>()).RunAsync);
        }

        if (parts.Attachments() is { IsUsed: true } attachments)
        {
            yield return ($"attachments {options.Id}", new AttachmentWork(connection, attachments, core.FetchedDocuments, time, loggers.CreateLogger<AttachmentWork>()).RunAsync);
        }

        foreach (var (name, feed) in parts.Changed())
        {
            yield return ($"changed {name} {options.Id}", feed.RunAsync);
        }

        (string Duty, Func<CancellationToken, Task> Work) ByClock(string name, ISchedule schedule, Func<CancellationToken, Task<string?>> run) =>
            (name, new ConnectionSchedule(name, schedule, run, core.Store, time, loggers.CreateLogger<ConnectionSchedule>()).RunAsync);
    }

    private static string SyncName(ConnectionOptions connection) => $"synchronisation {connection.Id}";

    private static string ReferencesName(ConnectionOptions connection) => $"references {connection.Id}";

    private static string BulkName(ConnectionOptions connection) => $"bulk export {connection.Id}";

    private static async Task<string?> StartBulkAsync(BulkExport export, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return (await export.StartAsync(new BulkRequest(), time.GetUtcNow(), cancellationToken)) is { Step: BulkStep.Failed } failed ? failed.Problem : null;
        }
        catch (BulkRefusedException refused)
        {
            return refused.Message;
        }
        catch (EhrException fault)
        {
            return fault.Message;
        }
    }

    private static async Task<string?> SyncAsync(VendorSync sync, CancellationToken cancellationToken)
    {
        try
        {
            return (await sync.RunAsync(new SyncRequest(), cancellationToken)).Fault;
        }
        catch (SyncBusyException busy)
        {
            return busy.Message;
        }
        catch (EhrException fault)
        {
            return fault.Message;
        }
    }

    /// <summary>What a vendor answers may make us fail in a way that nobody foresaw: that is said, and what has nothing to do with it goes on.</summary>
    private static Func<CancellationToken, Task> Guarded(string duty, Func<CancellationToken, Task> work, TimeProvider time, ILogger logger) => async stopping =>
    {
        while (true)
        {
            try
            {
                await work(stopping);
                return;
            }
            catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailableException))
            {
                Log.Broke(logger, duty, new ExceptionPlace(failure));
            }

            await Task.Delay(_pauseAfterFailure, time, stopping);
        }
    };

    /// <summary>Tells the node's health of connections that are off because this machine lacks something; the node is ready all the same.</summary>
    public static void Report(EngineCore core, Readiness readiness)
    {
        foreach (var connection in core.Connections.Values.Where(connection => connection.Options.Client.Missing is not null))
        {
            readiness.Report($"connection {connection.Options.Id}", connection.WhyOff, ReadinessEffect.Warns);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "A connection is off, and everything else runs: {Reason}", EventName = "ConnectionOff")]
        public static partial void Off(ILogger logger, string reason);

        [LoggerMessage(1, LogLevel.Critical, "The duty of {Duty} failed inside the engine and is begun anew in a minute: {Place}", EventName = "ConnectionWorkBroke")]
        public static partial void Broke(ILogger logger, string duty, ExceptionPlace place);
    }
}
