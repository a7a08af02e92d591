using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>Goes on with the exports of a connection, on one node at a time (a duty).</summary>
internal sealed partial class BulkWork(BulkExport export, string connection, TimeProvider time, ILogger<BulkWork> logger)
{
    /// <summary>How often it is looked whether something is to be done: an export may be begun on another node.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _keptFor = new BulkLimits().KeptFor;

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var hasWorked = await StepAsync(cancellationToken);
            if (!hasWorked)
            {
                await Task.Delay(_look, time, cancellationToken);
            }
        }
    }

    /// <summary>Takes a step of each export that one is due of; false when none is.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var hasWorked = false;
        foreach (var kept in await export.Jobs.OpenAsync(cancellationToken))
        {
            if (kept.IsDue)
            {
                hasWorked = true;
                var next = await export.StepAsync(kept, cancellationToken);
                if (next.Job.IsOver && await export.Jobs.DropAsync(next.Now - _keptFor, cancellationToken) is > 0 and var dropped)
                {
                    Log.Dropped(logger, connection, dropped);
                }
            }
        }

        return hasWorked;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection}: {Count} exports that were over long ago are forgotten", EventName = "BulkExportsDropped")]
        public static partial void Dropped(ILogger logger, string connection, int count);
    }
}
