using System.Threading.Channels;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake;

/// <summary>
/// Takes up parked messages whose patient has come. Which ones is in the store, so a crash forgets none: they are
/// looked for at start, whenever a commit brings an awaited patient, and every minute besides.
/// </summary>
internal sealed partial class ReadyMessages(IEngineStore store, IMessageReplay replay, TimeProvider time, ILogger<ReadyMessages> logger)
{
    private const int PageSize = 100;
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says that something may be ready. Never waits.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = time.CreateTimer(_ => Wake(), null, TimeSpan.Zero, _interval);
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            try
            {
                await ResumeAsync(cancellationToken);
            }
            catch (StoreUnavailableException failure)
            {
                Log.ResumeFailed(logger, failure.Message);
            }
        }
    }

    /// <summary>Takes up everything that is ready now.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; what is left stays ready.</exception>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        while (await store.ReadAsync(reader => reader.MessagesIn(MessageState.Ready, PageSize), cancellationToken) is { Count: > 0 } ready)
        {
            foreach (var message in ready)
            {
                await replay.ReplayAsync(message, overrideHold: false, audit: null, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Parked messages could not be resumed and are tried again within a minute: {Reason}", EventName = "ResumeFailed")]
        public static partial void ResumeFailed(ILogger logger, string reason);
    }
}
