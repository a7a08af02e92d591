using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake.Retention;

/// <summary>Makes room in the store ahead of time, on every node: at the start and every hour.</summary>
internal sealed partial class RetentionKeeper(IEngineStore store, TimeProvider time, ILogger<RetentionKeeper> logger)
{
    private static readonly TimeSpan _interval = TimeSpan.FromHours(1);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        do
        {
            try
            {
                await KeepAsync(cancellationToken);
            }
            catch (StoreUnavailableException failure)
            {
                Log.KeepingFailed(logger, failure.Message);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Nobody awaits this loop while the engine runs: thrown on, no more room would be made, in silence.
                Log.KeepingBroke(logger, new ExceptionPlace(failure));
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>One round.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; the next round does it.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        foreach (var problem in await store.Retention.PrepareAsync(cancellationToken))
        {
            Log.RoomNotMade(logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No room could be made ahead in the store, and is tried again in an hour: {Problem}. Nothing is lost: what belongs there is kept with the rest.", EventName = "RoomNotMade")]
        public static partial void RoomNotMade(ILogger logger, string problem);

        [LoggerMessage(2, LogLevel.Error, "The store could not be kept in order and is at the next hour: {Reason}", EventName = "RetentionFailed")]
        public static partial void KeepingFailed(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Critical, "Keeping the store in order failed inside the engine and is tried again at the next hour: {Place}", EventName = "RetentionBroke")]
        public static partial void KeepingBroke(ILogger logger, ExceptionPlace place);
    }
}
