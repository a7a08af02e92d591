using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>
/// Closes the books of nodes that fell silent: what they were receiving is interrupted, what they had stored is theirs. Looked for
/// every minute; while nobody is gone, that is one question.
/// </summary>
internal sealed partial class GoneNodes(IEngineStore store, TimeProvider time, ILogger<GoneNodes> logger)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await EndAsync(cancellationToken);
            }
            catch (StoreUnavailableException failure)
            {
                Log.BooksNotClosed(logger, failure.Message);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The ledger's loop beside it goes on: thrown on, nobody would look any more, in silence.
                Log.LookingBroke(logger, new ExceptionPlace(failure));
            }
        }
    }

    /// <summary>One round.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; the next round does it.</exception>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        var gone = await store.ReadAsync(reader => reader.OpenRuns().Where(run => run.IsGone).Select(run => run.Node).Distinct().ToList(), cancellationToken);
        if (gone.Count == 0)
        {
            return;
        }

        Log.NodesGone(logger, string.Join(", ", gone.Select(node => node.Length > 0 ? node : "the engine that had this store before it was moved here")));
        foreach (var (source, interrupted) in await store.Ledger.EndRunsOfGoneNodesAsync(cancellationToken))
        {
            Log.RunEnded(logger, source, interrupted);
        }

        if (await store.Batches.EndThoseOfGoneNodesAsync(cancellationToken) is > 0 and var batches)
        {
            Log.BatchesEnded(logger, batches);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Nothing is heard any more of {Nodes}: the others close its books", EventName = "NodesGone")]
        public static partial void NodesGone(ILogger logger, string nodes);

        [LoggerMessage(2, LogLevel.Warning, "{Source} of a node that is gone did not end its last run; {Interrupted} messages that it was receiving then were interrupted and got no answer", EventName = "GoneRunEnded")]
        public static partial void RunEnded(ILogger logger, string source, long interrupted);

        [LoggerMessage(3, LogLevel.Warning, "{Batches} batches of nodes that are gone were not received to their end", EventName = "GoneBatchesEnded")]
        public static partial void BatchesEnded(ILogger logger, int batches);

        [LoggerMessage(4, LogLevel.Warning, "Whether nodes are gone can't be found out and is asked again within a minute: {Reason}", EventName = "GoneNotFound")]
        public static partial void BooksNotClosed(ILogger logger, string reason);

        [LoggerMessage(5, LogLevel.Critical, "Looking for nodes that are gone failed inside the engine and is tried again within a minute: {Place}", EventName = "GoneNodesBroke")]
        public static partial void LookingBroke(ILogger logger, ExceptionPlace place);
    }
}
