using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Nodes;

/// <summary>
/// The right to do what only one process may do, for as long as its lease is renewed. It ends by itself when it can't be
/// renewed in time, a little before another may take it.
/// </summary>
internal sealed partial class Ownership : IAsyncDisposable
{
    private const int RenewalsInTime = 3;

    /// <summary>The part of the lease's time in which the owner is sure of it: its end comes before the store's.</summary>
    private const double SurePart = 0.9;

    /// <summary>By which part of the lease's time two clocks may disagree. More means that one of them stood still, or was set.</summary>
    private const double DoubtPart = 0.1;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly ILeaseStore _leases;
    private readonly TimeSpan _lasts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _renewing;
    private Moment _renewed;

    private Ownership(ILeaseStore leases, Lease lease, TimeSpan lasts, Moment taken, TimeProvider time, ILogger logger)
    {
        _leases = leases;
        _lasts = lasts;
        _time = time;
        _logger = logger;
        _renewed = taken;
        Lease = lease;
        _renewing = RenewAsync();
    }

    public Lease Lease { get; }

    /// <summary>Is cancelled when the lease is lost: stop at once.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>
    /// False when another may have taken the lease by now. A clock that counts stands still while a virtual machine is paused,
    /// and one that tells the time is set now and then: the longer of what the two say has passed counts, and where they
    /// disagree nothing is sure.
    /// </summary>
    public bool IsSure
    {
        get
        {
            var renewed = Volatile.Read(ref _renewed);
            var (counted, told) = (_time.GetElapsedTime(renewed.Timestamp), _time.GetUtcNow() - renewed.Time);
            return !_lost.IsCancellationRequested && counted < _lasts * SurePart && told < _lasts * SurePart && (counted - told).Duration() < _lasts * DoubtPart;
        }
    }

    /// <summary>Takes the lease; null when another holds it.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public static async Task<Ownership?> TryTakeAsync(
        ILeaseStore leases, string name, string owner, TimeSpan lasts, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var taken = Moment.Of(time);
        return await leases.TakeAsync(name, owner, lasts, cancellationToken) is { } lease ? new Ownership(leases, lease, lasts, taken, time, logger) : null;
    }

    /// <summary>
    /// Takes the lease as soon as nobody holds it: asks when one was given back, and else from time to time. A store that fails is
    /// asked again each second, which is said once for each time that it goes away.
    /// </summary>
    public static async Task<Ownership> TakeAsync(
        ILeaseStore leases, string name, string owner, TimeSpan lasts, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var freed = new Signal();
        leases.Freed += freed.Raise;
        try
        {
            using var timer = time.CreateTimer(_ => freed.Raise(), null, lasts / RenewalsInTime, lasts / RenewalsInTime);
            for (var isFailing = false; ;)
            {
                try
                {
                    if (await TryTakeAsync(leases, name, owner, lasts, time, logger, cancellationToken) is { } ownership)
                    {
                        return ownership;
                    }

                    isFailing = false;
                    await freed.WaitAsync(cancellationToken);
                }
                catch (StoreUnavailableException failure)
                {
                    if (!isFailing)
                    {
                        Log.LeaseNotTaken(logger, name, failure.Message);
                    }

                    isFailing = true;
                    await Task.Delay(_pause, time, cancellationToken);
                }
            }
        }
        finally
        {
            leases.Freed -= freed.Raise;
        }
    }

    /// <summary>
    /// Called before each attempt: a process that was frozen wakes up with a lease that is long gone, and no timer has
    /// told it yet.
    /// </summary>
    /// <exception cref="OwnershipLostException">Another may have the lease by now: send nothing.</exception>
    public void ThrowUnlessSure()
    {
        if (!IsSure)
        {
            throw new OwnershipLostException($"{Lease.Name} was not renewed in time.");
        }
    }

    /// <summary>Gives the lease back. Nothing may be done for it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _renewing;
        if (!_lost.IsCancellationRequested)
        {
            try
            {
                await _leases.ReleaseAsync(Lease, CancellationToken.None);
            }
            catch (StoreUnavailableException failure)
            {
                // It ends by itself.
                Log.LeaseNotReleased(_logger, Lease.Name, failure.Message);
            }
        }

        _ending.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(_lasts / RenewalsInTime, _time);
            while (await timer.WaitForNextTickAsync(_ending.Token) && await TryRenewAsync())
            {
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
        }
        finally
        {
            // However it came to its end: what is not renewed is soon another's.
            if (!_ending.IsCancellationRequested)
            {
                Log.LeaseLost(_logger, Lease.Name);
                await _lost.CancelAsync();
            }
        }
    }

    /// <returns>False when the lease is lost.</returns>
    private async Task<bool> TryRenewAsync()
    {
        // Counted from before the store was asked.
        var asked = Moment.Of(_time);
        try
        {
            if (!await _leases.RenewAsync(Lease, _lasts, _ending.Token))
            {
                return false;
            }

            Volatile.Write(ref _renewed, asked);
            return true;
        }
        catch (StoreUnavailableException failure)
        {
            Log.LeaseNotRenewed(_logger, Lease.Name, failure.Message);
            return IsSure;
        }
    }

    /// <summary>One moment by both clocks.</summary>
    private sealed record Moment(long Timestamp, DateTimeOffset Time)
    {
        public static Moment Of(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Lease} was lost: nothing more is done for it from here", EventName = "LeaseLost")]
        public static partial void LeaseLost(ILogger logger, string lease);

        [LoggerMessage(2, LogLevel.Warning, "{Lease} could not be renewed and is tried again: {Reason}", EventName = "LeaseNotRenewed")]
        public static partial void LeaseNotRenewed(ILogger logger, string lease, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Who has {Lease} can't be found out and is asked again until the store answers: {Reason}", EventName = "LeaseNotTaken")]
        public static partial void LeaseNotTaken(ILogger logger, string lease, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Lease} could not be given back and ends by itself: {Reason}", EventName = "LeaseNotReleased")]
        public static partial void LeaseNotReleased(ILogger logger, string lease, string reason);
    }
}

/// <summary>Another process may own it by now.</summary>
internal sealed class OwnershipLostException(string message) : Exception(message);
