using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake;

/// <summary>
/// Gives senders the replies that other nodes made: a message that was parked here may be taken up where its patient comes, and its
/// sender's connection is here. Looks when a node says that a message has its verdict, and every few seconds while anybody waits.
/// </summary>
internal sealed partial class RepliesOfOthers(IEngineStore store, OwedReplies owed, TimeProvider time, ILogger<RepliesOfOthers> logger)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    private readonly Signal _wake = new();

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        store.Signals.Raised += Hear;
        try
        {
            using var timer = time.CreateTimer(_ => _wake.Raise(), null, _interval, _interval);
            while (true)
            {
                await _wake.WaitAsync(cancellationToken);
                try
                {
                    await PayAsync(cancellationToken);
                }
                catch (StoreUnavailableException failure)
                {
                    Log.NotLooked(logger, failure.Message);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // Nobody awaits this loop while the engine runs: thrown on, it would end the engine for a reply that a resend gets.
                    Log.LookingBroke(logger, new ExceptionPlace(failure));
                }
            }
        }
        finally
        {
            store.Signals.Raised -= Hear;
        }
    }

    /// <summary>One round.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; the next round does it.</exception>
    public async Task PayAsync(CancellationToken cancellationToken)
    {
        var awaited = owed.Awaited();
        if (awaited.Count == 0)
        {
            return;
        }

        foreach (var message in await store.ReadAsync(reader => reader.Settled(awaited), cancellationToken))
        {
            var (reply, copy) = await store.ReadAsync(reader => (reader.Message(message)?.ApplicationReply ?? default, reader.Corrections(message) is [.., var last] ? last : EngineId.None), cancellationToken);
            if (!reply.IsEmpty)
            {
                owed.TryPay(message, reply);
            }
            else if (copy != EngineId.None)
            {
                // A person corrected it, and its copy waits in its place.
                owed.Move(message, copy);
            }
        }
    }

    private void Hear(StoreSignal signal)
    {
        if (signal == StoreSignal.Answered)
        {
            _wake.Raise();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Whether other nodes answered what senders here wait for can't be found out and is asked again: {Reason}", EventName = "RepliesNotLooked")]
        public static partial void NotLooked(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Critical, "Looking for replies of other nodes failed inside the engine and is tried again: {Place}", EventName = "RepliesBroke")]
        public static partial void LookingBroke(ILogger logger, ExceptionPlace place);
    }
}
