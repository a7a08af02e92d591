using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake;

/// <summary>
/// Brings what the sources say they received into the store: numbers that went unanswered within a second, for nothing
/// else remembers them; how far a source has counted every ten seconds. A store that fails is asked again. Sources come and
/// go: a file that is imported is one for as long as it is read.
/// </summary>
internal sealed partial class NumberReporter(ILedgerStore ledger, TimeProvider time, ILogger<NumberReporter> logger) : IDisposable
{
    private const int TicksBetweenReports = 10;
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    // The ledger's check reports as well: what one keeps, the other must not take for its own.
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _lock = new();
    private readonly List<SourceNumbers> _sources = [];
    private bool _isFailing;

    /// <summary>Begins a run of a source's numbering, which is reported from now on.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="inFlightMax">How many numbers can be on their way at once.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task<SourceNumbers> BeginAsync(string source, int inFlightMax, CancellationToken cancellationToken)
    {
        var numbers = new SourceNumbers(await ledger.BeginRunAsync(source, inFlightMax, cancellationToken), time) { InFlightMax = inFlightMax };
        lock (_lock)
        {
            _sources.Add(numbers);
        }

        return numbers;
    }

    /// <summary>Every source's side at this moment.</summary>
    public IReadOnlyList<NumbersNow> Now() => [.. Sources().Select(source => source.Now())];

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_tick, time);
        for (var tick = 1; await timer.WaitForNextTickAsync(cancellationToken); tick++)
        {
            await TryAsync(() => ReportAsync(isUrgent: tick % TicksBetweenReports != 0, cancellationToken));
        }
    }

    /// <summary>
    /// Once a source has ended: nothing of it is on its way any more. What can't be kept stays in the books as unreported, and
    /// is found at the next start.
    /// </summary>
    public Task EndAsync(SourceNumbers source) => TryAsync(async () =>
    {
        await ReportAsync([source], isUrgent: false, isFinal: true, CancellationToken.None);
        lock (_lock)
        {
            _sources.Remove(source);
        }
    });

    /// <exception cref="StoreUnavailableException">The store failed; what was not kept is reported the next time.</exception>
    public Task ReportAsync(bool isUrgent, CancellationToken cancellationToken) => ReportAsync(Sources(), isUrgent, isFinal: false, cancellationToken);

    public void Dispose() => _one.Dispose();

    private async Task ReportAsync(IReadOnlyList<SourceNumbers> sources, bool isUrgent, bool isFinal, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            foreach (var source in sources)
            {
                if (source.Report(isUrgent, isFinal) is { } report)
                {
                    if (await ledger.ReportAsync(report, cancellationToken))
                    {
                        source.Reported(report);
                    }
                    else
                    {
                        await GoOnAsync(source, cancellationToken);
                    }
                }
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Others ended the run, because nothing had been heard of this node for so long.</summary>
    private async Task GoOnAsync(SourceNumbers source, CancellationToken cancellationToken)
    {
        source.GoOnIn(await ledger.BeginRunAsync(source.Run.Source, source.InFlightMax, cancellationToken));
        Log.RunWasEnded(logger, source.Run.Source);
    }

    private List<SourceNumbers> Sources()
    {
        lock (_lock)
        {
            return [.. _sources];
        }
    }

    private async Task TryAsync(Func<Task> report)
    {
        try
        {
            await report();
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
        [LoggerMessage(2, LogLevel.Warning, "{Source} begins another run: this node was not heard of for so long that the others ended the one before", EventName = "RunWasEnded")]
        public static partial void RunWasEnded(ILogger logger, string source);

        [LoggerMessage(1, LogLevel.Error, "What the sources received could not be noted for the ledger and is noted later: {Reason}", EventName = "NumbersNotReported")]
        public static partial void ReportFailed(ILogger logger, string reason);
    }
}
