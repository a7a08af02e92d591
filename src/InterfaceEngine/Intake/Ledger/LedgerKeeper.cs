using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>When the ledger is checked in the background.</summary>
internal sealed record LedgerOptions
{
    /// <summary>How often both sides are compared. Default: 1 hour.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The hour of the day (UTC) after which a check counts the rows as well, once a day. Default: 2.</summary>
    public int FullAtHour { get; init; } = 2;

    /// <summary>How long after its end a day is closed. Default: 1 hour.</summary>
    public TimeSpan ClosesAfter { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>
/// Keeps the ledger of a running engine: checks it at every interval, counts the rows once a day, closes days that are
/// over. The last finding shows in the status; a difference is an error in the log each time it is seen.
/// </summary>
internal sealed partial class LedgerKeeper(
    IEngineStore store, GoneNodes gone, LedgerCheck check, NumberReporter numbers, LedgerOptions options, TimeProvider time, ILogger<LedgerKeeper> logger)
{
    private long _lastFullDay = LedgerDay.Of(time.GetUtcNow()) - (time.GetUtcNow().Hour < options.FullAtHour ? 1 : 0);

    /// <summary>What the last check found; null before the first.</summary>
    public LedgerReport? Last { get; private set; }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Interval, time);
        do
        {
            try
            {
                await KeepAsync(cancellationToken);
            }
            catch (StoreUnavailableException failure)
            {
                Log.CheckFailed(logger, failure.Message);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Nobody awaits this loop while the engine runs: thrown on, the ledger would go unchecked in silence.
                Log.CheckBroke(logger, new ExceptionPlace(failure));
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>One round: close the books of nodes that are gone, report what the sources counted, check, close what is over.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; the next round does it.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await gone.EndAsync(cancellationToken);
        await numbers.ReportAsync(isUrgent: false, cancellationToken);
        var isFull = LedgerDay.Of(now) > _lastFullDay && now.Hour >= options.FullAtHour;
        Tell(await check.RunAsync(since: 0, isFull, cancellationToken));
        _lastFullDay = isFull ? LedgerDay.Of(now) : _lastFullDay;
        await store.Ledger.SealAsync(LedgerDay.Of(now - options.ClosesAfter) - 1, cancellationToken);
    }

    /// <summary>Takes note of a check that a person asked for, or of one of its own.</summary>
    public void Tell(LedgerReport report)
    {
        Last = report;
        foreach (var difference in report.Differences)
        {
            Log.DifferenceFound(logger, difference.Day is { } day ? LedgerDay.Text(day) : "-", difference.Name ?? "-", difference.Text, string.Join(' ', difference.Numbers.Select(Words)), string.Join(' ', difference.Messages));
        }

        foreach (var accepted in report.Accepted)
        {
            TellAccepted(accepted);
        }
    }

    private void TellAccepted(AcceptedDifference accepted) =>
        Log.DifferenceAccepted(logger, accepted.Acceptance.Difference, accepted.Day is { } day ? LedgerDay.Text(day) : "-", accepted.Name ?? "-");

    private static string Words(NumberRange range) => range.Count == 1 ? $"{range.First}" : $"{range.First}-{range.Last}";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The ledger does not balance: {Day} {Name}: {Difference}; numbers [{Numbers}], messages [{Messages}]", EventName = "LedgerDifferenceFound")]
        public static partial void DifferenceFound(ILogger logger, string day, string name, string difference, string numbers, string messages);

        [LoggerMessage(4, LogLevel.Information, "The ledger does not balance, which a person has accepted: difference {Difference}, {Day} {Name}", EventName = "LedgerDifferenceAccepted")]
        public static partial void DifferenceAccepted(ILogger logger, EngineId difference, string day, string name);

        [LoggerMessage(2, LogLevel.Error, "The ledger could not be checked and is checked at the next interval: {Reason}", EventName = "LedgerCheckFailed")]
        public static partial void CheckFailed(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Critical, "Checking the ledger failed inside the engine and is tried again at the next interval: {Place}", EventName = "LedgerCheckBroke")]
        public static partial void CheckBroke(ILogger logger, ExceptionPlace place);
    }
}
