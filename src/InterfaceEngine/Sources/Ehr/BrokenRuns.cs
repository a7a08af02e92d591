using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>
/// Ends the runs of a connection that a kill broke off. What a vendor answers is asked for again and seldom comes again letter by letter, so that such a run would stay
/// as it is for ever. Where it does come so, the run may have gone on meanwhile; that is seen, and it is left alone. Files of an export come again as they were, so the
/// runs of an export that is under way are left to it.
/// </summary>
/// <param name="connection">Whose runs.</param>
/// <param name="store">Where they are.</param>
/// <param name="rows">Ends them.</param>
/// <param name="jobs">The exports of the connection.</param>
internal sealed partial class BrokenRuns(ConnectionOptions connection, IEngineStore store, RowFileIntake rows, BulkJobs jobs, TimeProvider time, ILogger<BrokenRuns> logger)
{
    private const string Reason = "It was broken off when the engine ended. What was read of it stays; the rest was asked for again.";
    private const int RunsMax = 1_000;

    /// <summary>A node that fell silent is known to be gone some time later.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromHours(1);

    /// <summary>Looks for them now and every hour, until it is cancelled. One node at a time does it (a duty).</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await EndAsync(cancellationToken);
            await Task.Delay(_look, time, cancellationToken);
        }
    }

    /// <summary>Ends those that there are.</summary>
    /// <returns>How many were ended.</returns>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        var exported = (await jobs.OpenAsync(cancellationToken)).SelectMany(kept => kept.Job.Types).Select(FhirResource.KindOf).ToHashSet();

        // A run that somebody reads has an open batch: whoever finds that its reader ended gives the batch its verdict.
        var broken = await store.ReadAsync(
            reader => reader.FileRuns(new FileRunQuery(connection.Practice, connection.Id, FileRunState.Running), EngineId.None, RunsMax)
                .Where(run => !exported.Contains(run.Kind) && reader.Batch(run.Id) is not { Verdict: BatchVerdict.Open }).ToList(),
            cancellationToken);
        var ended = 0;
        foreach (var run in broken)
        {
            ended += await rows.EndBrokenAsync(run, Reason, cancellationToken) ? 1 : 0;
        }

        if (ended > 0)
        {
            Log.Ended(logger, connection.Id, ended);
        }

        return ended;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection}: {Count} runs that were broken off when the engine ended are over", EventName = "BrokenRunsEnded")]
        public static partial void Ended(ILogger logger, string connection, int count);
    }
}
