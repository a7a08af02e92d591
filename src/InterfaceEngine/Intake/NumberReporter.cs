using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake;

/// <summary>
/// Brings what the sources say they received into the store: numbers that went unanswered within a second, for nothing
/// else remembers them; how far a source has counted every ten seconds. A store that fails is asked again.
/// </summary>
internal sealed partial class NumberReporter(ILedgerStore ledger, IReadOnlyList<SourceNumbers> sources, TimeProvider time, ILogger<NumberReporter> logger) : IDisposable
{
    private const int TicksBetweenReports = 10;
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    // The ledger's check reports as well: what one keeps, the other must not take for its own.
    private readonly SemaphoreSlim _one = new(1);
    private bool _isFailing;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_tick, time);
        for (var tick = 1; await timer.WaitForNextTickAsync(cancellationToken); tick++)
        {
            await TryReportAsync(isUrgent: tick % TicksBetweenReports != 0, isFinal: false, cancellationToken);
        }
    }

    /// <summary>Once the sources have ended: nothing is on its way any more. What can't be kept is found at the next start.</summary>
    public Task FinishAsync() => TryReportAsync(isUrgent: false, isFinal: true, CancellationToken.None);

    /// <exception cref="StoreUnavailableException">The store failed; what was not kept is reported the next time.</exception>
    public async Task ReportAsync(bool isUrgent, bool isFinal, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            foreach (var source in sources)
            {
                if (source.Report(isUrgent, isFinal) is { } report)
                {
                    await ledger.ReportAsync(report, cancellationToken);
                    source.Reported(report);
                }
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task TryReportAsync(bool isUrgent, bool isFinal, CancellationToken cancellationToken)
    {
        try
        {
            await ReportAsync(isUrgent, isFinal, cancellationToken);
            _isFailing = false;
        }
        catch (StoreUnavailableException failure)
        {
            // Said once for each time the store goes away: it is tried every second.
            if (!_isFailing)
            {
                Log.ReportFailed(logger, failure.Message);
            }

            _isFailing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "What the sources received could not be noted for the ledger and is noted later: {Reason}", EventName = "NumbersNotReported")]
        public static partial void ReportFailed(ILogger logger, string reason);
    }
}
