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
    private const int FailuresMax = 2;
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    /// <summary>Messages that failed inside the engine when they were taken up, and how often.</summary>
    private readonly Dictionary<EngineId, int> _failures = [];

    private readonly Signal _wake = new();

    /// <summary>See <see cref="MessageOptions.ParkedFor"/>.</summary>
    public TimeSpan ParkedFor { get; init; } = new MessageOptions().ParkedFor;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        store.Signals.Raised += Hear;
        try
        {
            using var timer = time.CreateTimer(_ => _wake.Raise(), null, TimeSpan.Zero, _interval);
            while (true)
            {
                await _wake.WaitAsync(cancellationToken);
                await TryResumeAsync(cancellationToken);
            }
        }
        finally
        {
            store.Signals.Raised -= Hear;
        }
    }

    /// <summary>
    /// Takes up everything that is ready now. A message that fails keeps no other from its turn: it stays ready, and when it
    /// fails again it is put before a person.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store failed; what is left stays ready.</exception>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var left = new HashSet<EngineId>();
        while (true)
        {
            var ready = await store.ReadAsync(reader => reader.MessagesIn(MessageState.Ready, PageSize + left.Count), cancellationToken);
            var next = ready.Where(message => !left.Contains(message)).ToList();
            if (next.Count == 0)
            {
                return;
            }

            foreach (var message in next)
            {
                await ResumeAsync(message, cancellationToken);
                left.Add(message);
            }
        }
    }

    /// <summary>Takes up a page of what has been parked for too long: it is held now, unless its patient has come.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; what is left stays parked.</exception>
    public async Task HoldOverdueAsync(CancellationToken cancellationToken)
    {
        var before = IdSource.FirstAt(time.GetUtcNow() - ParkedFor);
        var overdue = await store.ReadAsync(reader => reader.ParkedBefore(before, PageSize + _failures.Count), cancellationToken);
        foreach (var message in overdue.Where(message => _failures.GetValueOrDefault(message) < FailuresMax))
        {
            await ResumeAsync(message, cancellationToken);
        }
    }

    private void Hear(StoreSignal signal)
    {
        if (signal == StoreSignal.Ready)
        {
            _wake.Raise();
        }
    }

    private async Task TryResumeAsync(CancellationToken cancellationToken)
    {
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

    private async Task ResumeAsync(EngineId message, CancellationToken cancellationToken)
    {
        if (_failures.GetValueOrDefault(message) >= FailuresMax)
        {
            // Not even giving it up worked, which was said then.
            return;
        }

        try
        {
            await replay.ReplayAsync(message, Acceptance.None, audit: null, cancellationToken);
            _failures.Remove(message);
        }
        catch (MessageMovedException)
        {
            // Somebody else has decided about it meanwhile.
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OperationCanceledException))
        {
            // Were it thrown on, this one message would stop the engine, and again at every start.
            Log.MessageNotResumed(logger, message, new ExceptionPlace(failure));
            if ((_failures[message] = _failures.GetValueOrDefault(message) + 1) >= FailuresMax)
            {
                await GiveUpAsync(message, cancellationToken);
            }
        }
    }

    private async Task GiveUpAsync(EngineId message, CancellationToken cancellationToken)
    {
        try
        {
            await replay.GiveUpAsync(message, cancellationToken);
            _failures.Remove(message);
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OperationCanceledException))
        {
            Log.MessageNotGivenUp(logger, message, new ExceptionPlace(failure));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Parked messages could not be resumed and are tried again within a minute: {Reason}", EventName = "ResumeFailed")]
        public static partial void ResumeFailed(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Critical, "Looking for parked messages to resume failed inside the engine and is tried again within a minute: {Place}", EventName = "ResumeBroke")]
        public static partial void ResumeBroke(ILogger logger, ExceptionPlace place);

        [LoggerMessage(2, LogLevel.Critical, "{Message} failed inside the engine when it was taken up again: {Place}", EventName = "MessageNotResumed")]
        public static partial void MessageNotResumed(ILogger logger, EngineId message, ExceptionPlace place);

        [LoggerMessage(4, LogLevel.Critical, "{Message} can't even be put before a person, and is left as it is until the next start: {Place}", EventName = "MessageNotGivenUp")]
        public static partial void MessageNotGivenUp(ILogger logger, EngineId message, ExceptionPlace place);
    }
}
