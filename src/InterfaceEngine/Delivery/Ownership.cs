using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Delivery;

/// <summary>
/// The right to send to a destination, for as long as its lease is renewed. It ends by itself when it can't be renewed
/// in time, a little before another may take it.
/// </summary>
internal sealed partial class Ownership : IAsyncDisposable
{
    private const int RenewalsInTime = 3;

    private readonly ILeaseStore _leases;
    private readonly TimeSpan _lasts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _renewing;
    private long _sureUntil;

    private Ownership(ILeaseStore leases, Lease lease, TimeSpan lasts, long takenAt, TimeProvider time, ILogger logger)
    {
        _leases = leases;
        _lasts = lasts;
        _time = time;
        _logger = logger;
        Lease = lease;
        Extend(takenAt);
        _renewing = RenewAsync();
    }

    public Lease Lease { get; }

    /// <summary>Is cancelled when the lease is lost: stop sending at once.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>False when another may have taken the lease by now.</summary>
    public bool IsSure => !_lost.IsCancellationRequested && _time.GetTimestamp() < Interlocked.Read(ref _sureUntil);

    /// <summary>Takes the lease; null when another holds it.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public static async Task<Ownership?> TryTakeAsync(
        ILeaseStore leases, string name, string owner, TimeSpan lasts, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var takenAt = time.GetTimestamp();
        return await leases.TakeAsync(name, owner, lasts, cancellationToken) is { } lease ? new Ownership(leases, lease, lasts, takenAt, time, logger) : null;
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

    /// <summary>Gives the lease back. Nothing may be sent any more.</summary>
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
        catch (OperationCanceledException)
        {
            return;
        }

        Log.LeaseLost(_logger, Lease.Name);
        await _lost.CancelAsync();
    }

    /// <returns>False when the lease is lost.</returns>
    private async Task<bool> TryRenewAsync()
    {
        var startedAt = _time.GetTimestamp();
        try
        {
            if (!await _leases.RenewAsync(Lease, _lasts, _ending.Token))
            {
                return false;
            }

            Extend(startedAt);
            return true;
        }
        catch (StoreUnavailableException failure)
        {
            Log.LeaseNotRenewed(_logger, Lease.Name, failure.Message);
            return IsSure;
        }
    }

    /// <summary>Counted from before the store was asked, and shortened, so that our end comes before the store's.</summary>
    private void Extend(long askedAt) =>
        Interlocked.Exchange(ref _sureUntil, askedAt + (long)(_lasts.TotalSeconds * 0.9 * _time.TimestampFrequency));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Lease} was lost: nothing more is sent from here", EventName = "LeaseLost")]
        public static partial void LeaseLost(ILogger logger, string lease);

        [LoggerMessage(2, LogLevel.Warning, "{Lease} could not be renewed and is tried again: {Reason}", EventName = "LeaseNotRenewed")]
        public static partial void LeaseNotRenewed(ILogger logger, string lease, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Lease} could not be given back and ends by itself: {Reason}", EventName = "LeaseNotReleased")]
        public static partial void LeaseNotReleased(ILogger logger, string lease, string reason);
    }
}

/// <summary>Another process may own the destination by now.</summary>
internal sealed class OwnershipLostException(string message) : Exception(message);
