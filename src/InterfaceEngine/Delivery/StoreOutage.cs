using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Delivery;

/// <summary>
/// What a sender makes of a store that fails: it asks again after pauses that grow, for as long as the destination is its own. The
/// log hears of it when it begins and when it is over.
/// </summary>
/// <param name="destination">The destination's name.</param>
/// <param name="what">What waits meanwhile, for the log.</param>
/// <param name="options">The shortest pause; the longest is that between two looks into the store.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For this destination.</param>
internal sealed partial class StoreOutage(string destination, string what, DeliveryOptions options, TimeProvider time, ILogger logger)
{
    private readonly BackOff _backOff = new(options.BackOffMin, options.PollInterval, Random.Shared);
    private int _failures;

    /// <summary>Waits until the store may be asked again.</summary>
    public Task PauseAsync(StoreUnavailableException failure, CancellationToken cancellationToken)
    {
        var failures = Interlocked.Increment(ref _failures);
        if (failures == 1)
        {
            Log.Begun(logger, destination, what, failure.Message);
        }

        return Task.Delay(_backOff.After(failures), time, cancellationToken);
    }

    /// <summary>The store answered.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _failures, 0) > 0)
        {
            Log.Over(logger, destination, what);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Destination}: the store fails, and {What} is tried again until it answers: {Reason}", EventName = "SenderStoreFailed")]
        public static partial void Begun(ILogger logger, string destination, string what, string reason);

        [LoggerMessage(2, LogLevel.Information, "{Destination}: the store answers again, and {What} goes on", EventName = "SenderStoreAnswers")]
        public static partial void Over(ILogger logger, string destination, string what);
    }
}
