using System.Threading.Channels;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
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

    /// <summary>See <see cref="MessageOptions.ParkedFor"/>.</summary>
    public TimeSpan ParkedFor { get; init; } = new MessageOptions().ParkedFor;

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
                await HoldOverdueAsync(cancellationToken);
            }
            catch (StoreUnavailableException failure)
            {
                Log.ResumeFailed(logger, failure.Message);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Nobody awaits this loop while the engine runs: thrown on, parked messages would wait for ever in silence.
                Log.ResumeBroke(logger, new ExceptionPlace(failure));
            }
        }
    }

    /// <summary>Takes up everything that is ready now. A message that fails stays ready and keeps no other from its turn.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; what is left stays ready.</exception>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var failed = new HashSet<EngineId>();
        while (true)
        {
            var ready = await store.ReadAsync(reader => reader.MessagesIn(MessageState.Ready, PageSize + failed.Count), cancellationToken);
            var next = ready.Where(message => !failed.Contains(message)).ToList();
            if (next.Count == 0)
            {
                return;
            }

            foreach (var message in next)
            {
                if (!await TryResumeAsync(message, cancellationToken))
                {
                    failed.Add(message);
                }
            }
        }
    }

    /// <summary>Takes up a page of what has been parked for too long: it is held now, unless its patient has come.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; what is left stays parked.</exception>
    public async Task HoldOverdueAsync(CancellationToken cancellationToken)
    {
        var before = IdSource.FirstAt(time.GetUtcNow() - ParkedFor);
        foreach (var message in await store.ReadAsync(reader => reader.ParkedBefore(before, PageSize), cancellationToken))
        {
            await TryResumeAsync(message, cancellationToken);
        }
    }

    private async Task<bool> TryResumeAsync(EngineId message, CancellationToken cancellationToken)
    {
        try
        {
            await replay.ReplayAsync(message, Acceptance.None, audit: null, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OperationCanceledException))
        {
            // Were it thrown on, this one message would stop the engine, and again at every start.
            Log.MessageNotResumed(logger, message, new ExceptionPlace(failure));
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Parked messages could not be resumed and are tried again within a minute: {Reason}", EventName = "ResumeFailed")]
        public static partial void ResumeFailed(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Critical, "Looking for parked messages to resume failed inside the engine and is tried again within a minute: {Place}", EventName = "ResumeBroke")]
        public static partial void ResumeBroke(ILogger logger, ExceptionPlace place);

        [LoggerMessage(2, LogLevel.Critical, "{Message} failed inside the engine when it was taken up again; it stays ready: {Place}", EventName = "MessageNotResumed")]
        public static partial void MessageNotResumed(ILogger logger, EngineId message, ExceptionPlace place);
    }
}
