using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Insurances;

/// <summary>
/// Asks for the insurances of patients of whom something changed, one call for each, behind everybody who waits for an answer. One node at a time does it (a duty).
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="queue">Its patients.</param>
/// <param name="documents">Takes in what came.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what it gave up.</param>
internal sealed partial class InsuranceWork(EhrConnection connection, InsuranceQueue queue, VendorDocuments documents, TimeProvider time, ILogger<InsuranceWork> logger)
{
    private const int Together = 50;

    /// <summary>With the pauses between them, tried over half a day.</summary>
    private const int AttemptsMax = 16;

    /// <summary>A chart that is closed, or a patient who is gone, stays so; a moment's fault does not.</summary>
    private const int RefusedMax = 3;

    private static readonly TimeSpan _look = TimeSpan.FromSeconds(5);

    private readonly AthenaNetClient _client = new(connection) { Priority = CallPriority.Sync };

    private ConnectionOptions Options => connection.Options;

    /// <summary>Goes on until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => WaitingWork.RunAsync(
        async stopping =>
        {
            var (count, stopped) = await WorkAsync(stopping);
            return (count == Together, stopped);
        },
        _look,
        (fault, pause) => Log.Stopped(logger, Options.Id, fault.Message, pause),
        time,
        cancellationToken);

    /// <summary>Asks for those who are due now.</summary>
    /// <returns>How many they were, and why it was stopped; null when it was not.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: who is not done is asked for later.</exception>
    public async Task<(int Count, EhrException? Stopped)> WorkAsync(CancellationToken cancellationToken)
    {
        var due = await queue.Waiting.DueAsync(Together, cancellationToken);
        foreach (var one in due)
        {
            try
            {
                var insurances = await _client.Patients.InsurancesAsync(one.State.Patient, cancellationToken);
                await documents.TakeAsync(Options.Practice, Options.Id, insurances.Documents, insurances.ServerTime, cancellationToken);
                await queue.Waiting.DoneAsync(one, cancellationToken);
            }
            catch (EhrException fault) when (fault.IsOfConnection)
            {
                return (due.Count, fault);
            }
            catch (EhrException fault)
            {
                if (!await queue.Waiting.TryAgainAsync(one, fault, fault.IsTransient ? AttemptsMax : RefusedMax, cancellationToken))
                {
                    Log.GivenUp(logger, Options.Id, one.State.Attempts + 1, fault.Message);
                }
            }
        }

        return (due.Count, null);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connection}: a patient's insurances could not be asked for, {Attempts} times, and are left until something changes again (ehr sync asks at once): {Reason}", EventName = "InsurancesGivenUp")]
        public static partial void GivenUp(ILogger logger, string connection, int attempts, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Connection}: insurances wait, since nothing can be asked for: {Reason} It is tried again in {Pause}", EventName = "InsurancesWait")]
        public static partial void Stopped(ILogger logger, string connection, string reason, TimeSpan pause);
    }
}
