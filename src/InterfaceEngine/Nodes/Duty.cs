using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Nodes;

/// <summary>
/// What one of the processes does for all that share the store. Each stands ready for it; the one that has the lease does it, and
/// when that ends or falls silent another goes on.
/// </summary>
/// <param name="name">Its name among the duties.</param>
/// <param name="owner">This process: a name that no other has.</param>
/// <param name="leases">Who has it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Says when it is taken and lost.</param>
internal sealed partial class Duty(string name, string owner, ILeaseStore leases, TimeProvider time, ILogger<Duty> logger)
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>How long the duty stays with a process that says nothing any more. It is renewed three times in that time.</summary>
    public static TimeSpan LeaseFor { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs the work whenever this process has the duty, until it is told to stop. It is begun anew each time.</summary>
    /// <param name="work">Goes on until it is cancelled, which it is at the stop and at the loss of the lease. A store that fails has it begun anew; what it throws else is thrown on.</param>
    /// <param name="stopping">Ends it and gives the duty back.</param>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await using var ownership = await Ownership.TakeAsync(leases, LeaseOf(name), owner, LeaseFor, time, logger, stopping);
                Log.DutyTaken(logger, name, ownership.Lease.Number);
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, ownership.Lost);
                await work(ending.Token);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                // The lease was lost, which was said.
            }
            catch (StoreUnavailableException failure)
            {
                Log.DutyInterrupted(logger, name, failure.Message);
            }

            await Task.Delay(_pause, time, stopping);
        }
    }

    /// <summary>The lease of a duty.</summary>
    public static string LeaseOf(string name) => $"duty/{name}";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The duty of {Duty} is done from here now (lease {Number})", EventName = "DutyTaken")]
        public static partial void DutyTaken(ILogger logger, string duty, long number);

        [LoggerMessage(2, LogLevel.Warning, "The duty of {Duty} was interrupted by the store's failing and is begun anew: {Reason}", EventName = "DutyInterrupted")]
        public static partial void DutyInterrupted(ILogger logger, string duty, string reason);
    }
}
