using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Health;

/// <summary>
/// Asks one question over and over and reports what it finds. An answer that does not come in time is a problem until it
/// comes; meanwhile nothing is asked again, so questions never pile up on what is slow already.
/// </summary>
/// <param name="name">The check's name.</param>
/// <param name="ask">The problem, or null. May block its thread. A failure of its own counts as a problem.</param>
/// <param name="interval">The pause between an answer and the next question.</param>
/// <param name="timeout">How long an answer may take.</param>
internal sealed partial class WatchedCheck(
    string name, Func<CancellationToken, Task<string?>> ask, TimeSpan interval, TimeSpan timeout, Readiness readiness, TimeProvider time, ILogger<WatchedCheck> logger)
{
    /// <summary>Runs until it is cancelled. Then an answer that is still to come is not waited for.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = Task.Run(() => AskAsync(cancellationToken), cancellationToken);
            try
            {
                readiness.Report(name, await answer.WaitAsync(timeout, time, cancellationToken));
            }
            catch (TimeoutException)
            {
                readiness.Report(name, $"no answer for {timeout.TotalSeconds:0.###} seconds");
                readiness.Report(name, await answer.WaitAsync(cancellationToken));
            }

            await Task.Delay(interval, time, cancellationToken);
        }
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ask(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The question is what is asked about: that it could not be asked is an answer, and the next one may be better.
            var kind = failure.GetType().Name;
            Log.QuestionFailed(logger, name, kind);
            return $"the check failed ({kind})";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, EventName = "HealthQuestionFailed", Message = "The check of {Name} failed with {Kind}")]
        public static partial void QuestionFailed(ILogger logger, string name, string kind);
    }
}
