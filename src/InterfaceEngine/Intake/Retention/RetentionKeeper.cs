using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake.Retention;

/// <summary>
/// Makes room in the store ahead of time, on every node, at the start and every hour; and drops what is too old once a day, on the
/// node that holds the lease for it.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="options">How long what is kept.</param>
/// <param name="owner">This process among those that share the store.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what it dropped.</param>
internal sealed partial class RetentionKeeper(IEngineStore store, RetentionOptions options, string owner, TimeProvider time, ILogger<RetentionKeeper> logger)
{
    public const string LeaseName = "retention";

    private const int CallsTogether = 1_000;

    private static readonly TimeSpan _interval = TimeSpan.FromHours(1);

    /// <summary>A turn takes milliseconds, but for the count of a large month's rows.</summary>
    private static readonly TimeSpan _leaseLasts = TimeSpan.FromMinutes(30);

    /// <summary>More than a clock is set by while an engine runs.</summary>
    private static readonly TimeSpan _clockStepMax = TimeSpan.FromDays(1);

    private readonly (DateTimeOffset At, long Timestamp) _start = (time.GetUtcNow(), time.GetTimestamp());

    private long _lastDay = LedgerDay.Of(time.GetUtcNow()) - (time.GetUtcNow().Hour < options.AtHour ? 1 : 0);

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

        var now = time.GetUtcNow();
        if (LedgerDay.Of(now) > _lastDay && now.Hour >= options.AtHour && await store.Leases.TakeAsync(LeaseName, owner, _leaseLasts, cancellationToken) is { } lease)
        {
            try
            {
                // By a clock that jumped years ahead everything is too old.
                if (now - (_start.At + time.GetElapsedTime(_start.Timestamp)) is var step && step > _clockStepMax)
                {
                    Log.ClockJumped(logger, step.TotalDays);
                }
                else
                {
                    await DropAsync(lease, cancellationToken);
                    await DropCallsAsync(now - options.Calls, cancellationToken);
                }

                _lastDay = LedgerDay.Of(now);
            }
            finally
            {
                await store.Leases.ReleaseAsync(lease, CancellationToken.None);
            }
        }
    }

    /// <summary>Receipts and deliveries first: what they speak of is still there then. Runs last: they go when their messages are gone.</summary>
    private async Task DropAsync(Lease lease, CancellationToken cancellationToken)
    {
        foreach (var (what, kept) in new (DroppedKind, TimeSpan?)[]
        {
            (DroppedKind.Receipts, options.Receipts), (DroppedKind.Deliveries, options.Deliveries), (DroppedKind.Changes, options.Changes), (DroppedKind.Messages, options.Messages),
            (DroppedKind.Runs, options.Runs),
        })
        {
            if (kept is { } age && !await TryDropAsync(lease, what, LedgerDay.Start(LedgerDay.Of(time.GetUtcNow() - age)), cancellationToken))
            {
                Log.LeaseLost(logger);
                return;
            }
        }
    }

    /// <summary>Nothing depends on calls, so two nodes may do it at once.</summary>
    private async Task DropCallsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var rows = 0L;
        for (var dropped = CallsTogether; dropped == CallsTogether; rows += dropped)
        {
            dropped = await store.Calls.DropAsync(before, CallsTogether, cancellationToken);
        }

        if (rows > 0)
        {
            Log.Dropped(logger, rows, "calls", LedgerDay.Text(LedgerDay.Of(before)));
        }
    }

    /// <returns>False when another node drops now.</returns>
    private async Task<bool> TryDropAsync(Lease lease, DroppedKind what, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var (rows, renewedAt) = (0L, long.MinValue);
        for (DropPlace? place = DropPlace.Start; place is { } after;)
        {
            var startedAt = time.GetTimestamp();
            if (renewedAt == long.MinValue || time.GetElapsedTime(renewedAt) > _leaseLasts / 3)
            {
                if (!await store.Leases.RenewAsync(lease, _leaseLasts, cancellationToken))
                {
                    return false;
                }

                renewedAt = startedAt;
            }

            if (await store.Retention.DropAsync(lease, new Dropping(what, before, after), cancellationToken) is not { } turn)
            {
                return false;
            }

            foreach (var stays in turn.Stays)
            {
                Log.Stays(logger, stays);
            }

            rows += turn.Rows;
            place = turn.Next;

            // Messages have the store for as long as this turn had it.
            await Task.Delay(time.GetElapsedTime(startedAt), time, cancellationToken);
        }

        if (rows > 0)
        {
            Log.Dropped(logger, rows, what.Text(), LedgerDay.Text(LedgerDay.Of(before)));
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No room could be made ahead in the store, and is tried again in an hour: {Problem}. Nothing is lost: what belongs there is kept with the rest.", EventName = "RoomNotMade")]
        public static partial void RoomNotMade(ILogger logger, string problem);

        [LoggerMessage(2, LogLevel.Error, "The store could not be kept in order and is at the next hour: {Reason}", EventName = "RetentionFailed")]
        public static partial void KeepingFailed(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Critical, "Keeping the store in order failed inside the engine and is tried again at the next hour: {Place}", EventName = "RetentionBroke")]
        public static partial void KeepingBroke(ILogger logger, ExceptionPlace place);

        [LoggerMessage(4, LogLevel.Information, "{Rows} {What} of before {Day} were dropped", EventName = "OldRowsDropped")]
        public static partial void Dropped(ILogger logger, long rows, string what, string day);

        [LoggerMessage(5, LogLevel.Warning, "What is old enough to be dropped stays: {Why}", EventName = "OldRowsStay")]
        public static partial void Stays(ILogger logger, string why);

        [LoggerMessage(7, LogLevel.Error, "Nothing that is too old is dropped: the clock jumped {Days:0.0} days ahead while the engine ran. If it is right now, start the engine again", EventName = "RetentionClockJumped")]
        public static partial void ClockJumped(ILogger logger, double days);

        [LoggerMessage(6, LogLevel.Information, "Another node drops what is too old now", EventName = "RetentionLeaseLost")]
        public static partial void LeaseLost(ILogger logger);
    }
}
