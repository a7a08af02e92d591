using InterfaceEngine.Destinations;
using InterfaceEngine.Nodes;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Delivery;

/// <summary>How a destination does, for the status.</summary>
/// <param name="State"><c>connected</c>, <c>idle</c>, <c>backing off</c>, or <c>waiting</c> while another process owns it.</param>
/// <param name="LastReplyAt">When the last reply came since the start; null before.</param>
/// <param name="Reason">Why it backs off; null while it does not.</param>
internal sealed record SenderStatus(string State, DateTimeOffset? LastReplyAt, string? Reason);

/// <summary>
/// Sends one destination's deliveries while this process owns it: claims what is ready, hands each lane to its
/// connection, settles what came of it. What is on its way is known here only; when the process dies, or loses the
/// lease, it is still waiting in the store and is sent again with the same control id and bytes.
/// </summary>
internal sealed partial class DestinationSender
{
    private readonly string _name;
    private readonly string _owner;
    private readonly DeliveryOptions _options;
    private readonly Func<IDestination> _open;
    private readonly IEngineStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackOff _backOff;
    private readonly Signal _wake = new();
    private IReadOnlyList<DeliveryLine> _lines = [];

    /// <param name="name">The destination's name.</param>
    /// <param name="owner">This process: a name that no other has.</param>
    /// <param name="options">Connections, pauses and limits.</param>
    /// <param name="open">Makes a connection; it does not connect yet.</param>
    /// <param name="store">Where deliveries wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For this destination.</param>
    public DestinationSender(string name, string owner, DeliveryOptions options, Func<IDestination> open, IEngineStore store, TimeProvider time, ILogger<DestinationSender> logger)
    {
        _name = name;
        _owner = owner;
        _options = options;
        _open = open;
        _store = store;
        _time = time;
        _logger = logger;
        _backOff = new BackOff(options.BackOffMin, options.BackOffMax, Random.Shared);
    }

    /// <summary>The lease of a destination.</summary>
    public static string LeaseOf(string destination) => $"destination/{destination}";

    public SenderStatus Status
    {
        get
        {
            var lines = _lines;
            var state = lines.Count == 0 ? "waiting"
                : lines.Any(line => line.State is LineState.BackingOff) ? "backing off"
                : lines.Any(line => line.State is LineState.Connected) ? "connected"
                : "idle";
            return new SenderStatus(state, lines.Max(line => line.LastReplyAt), lines.Select(line => line.Reason).FirstOrDefault(reason => reason is not null));
        }
    }

    /// <summary>
    /// Runs until it is cancelled; then what is being sent has <see cref="DeliveryOptions.StopTimeout"/> to end, and
    /// what came of it is settled.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        _store.Deliveries.Queued += _wake.Raise;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await RunOnceAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        finally
        {
            _store.Deliveries.Queued -= _wake.Raise;
        }
    }

    /// <summary>Owns the destination once, as soon as nobody else does; then pauses.</summary>
    private async Task RunOnceAsync(CancellationToken stopping)
    {
        var pause = _options.BackOffMin;
        try
        {
            await using var ownership = await Ownership.TakeAsync(_store.Leases, LeaseOf(_name), _owner, _options.LeaseFor, _time, _logger, stopping);
            await SendAsync(ownership, stopping);
        }
        catch (OwnershipLostException failure)
        {
            Log.OwnershipLost(_logger, failure.Message);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The lease was lost, as its owner has said, and what waited for the store or a reply was broken off.
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Thrown on, it would end the engine and stop every other destination and source.
            // Its type and place only: a message may quote a patient's value.
            Log.SenderBroke(_logger, _name, $"{failure.GetType()}\n{failure.StackTrace}");
            pause = _options.BackOffMax;
        }

        await Task.Delay(pause, _time, stopping);
    }

    /// <summary>Sends until stopping or the loss of the lease.</summary>
    private async Task SendAsync(Ownership ownership, CancellationToken stopping)
    {
        Log.Owned(_logger, _name, ownership.Lease.Number);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, ownership.Lost);
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var begun = ending.Token.UnsafeRegister(_ => late.CancelAfter(_options.StopTimeout), null);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(ownership.Lost, late.Token);
        using var givenUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var stopped = stopping.UnsafeRegister(_ => givenUp.CancelAfter(_options.StopTimeout), null);
        var outage = new StoreOutage(_name, "the asking for deliveries", _options, _time, _logger);
        var onTheirWay = new OnTheirWay(_options.Connections, _options.OnTheirWayMax);
        var settlements = new SettlementQueue(_name, _store.Deliveries, ownership.Lease, onTheirWay, _options, _time, _logger) { Settled = _wake.Raise };
        var destinations = Enumerable.Range(0, _options.Connections).Select(_ => _open()).ToList();
        var judgement = new Judgement(_backOff, _options.UnansweredMax);
        var lines = destinations.ConvertAll(destination => new DeliveryLine(_name, destination, _store.Deliveries, outage, judgement, _backOff, settlements, ownership, _time, _logger));
        _lines = lines;
        var settling = settlements.RunAsync(givenUp.Token);
        var sending = lines.Select(line => Task.Run(() => line.RunAsync(ending.Token, broken.Token), CancellationToken.None)).ToList();
        try
        {
            // Whichever ends first, of its own or by failing, ends the others.
            await await Task.WhenAny([ClaimAsync(ownership.Lease, lines, settlements, onTheirWay, outage, ending.Token), settling, .. sending]);
        }
        finally
        {
            _lines = [];
            await ending.CancelAsync();
            await EndAsync(sending, settlements, settling);
            destinations.ForEach(destination => destination.Dispose());
        }
    }

    /// <summary>Lets the lines end and writes what they brought home.</summary>
    private async Task EndAsync(List<Task> sending, SettlementQueue settlements, Task<bool> settling)
    {
        try
        {
            await Task.WhenAll(sending);
        }
        finally
        {
            settlements.Complete();
            if (!await IsSettledAsync(settling))
            {
                Log.NotSettledInTime(_logger, _name);
            }
        }
    }

    /// <summary>False when it was given up, or another owns the destination by now.</summary>
    private static async Task<bool> IsSettledAsync(Task<bool> settling)
    {
        try
        {
            return await settling;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Hands ready deliveries to the lines until it is cancelled or the lease is lost.</summary>
    private async Task ClaimAsync(Lease lease, List<DeliveryLine> lines, SettlementQueue settlements, OnTheirWay onTheirWay, StoreOutage outage, CancellationToken ending)
    {
        using var timer = _time.CreateTimer(_ => _wake.Raise(), null, _options.PollInterval, _options.PollInterval);
        using var due = _time.CreateTimer(_ => _wake.Raise(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            for (var isMore = true; ; await _wake.WaitAsync(ending))
            {
                // With much on its way and more in the store, claiming waits until a good part is settled.
                if (isMore && !onTheirWay.HasMuchRoom)
                {
                    continue;
                }

                if (!onTheirWay.HasRoom)
                {
                    continue;
                }

                if (await ClaimOnceAsync(lease, onTheirWay, outage, ending) is not var (claim, isLeftOut))
                {
                    return;
                }

                isMore = isLeftOut;
                foreach (var delivery in claim.Deliveries)
                {
                    onTheirWay.Add(delivery);
                    Hand(delivery, lines[onTheirWay.LineOf(delivery.Lane)], settlements);
                }

                if (claim.NextDueIn is { } wait)
                {
                    due.Change(TimeSpan.FromMilliseconds(Math.Clamp(wait.TotalMilliseconds, 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
        }
    }

    /// <summary>What may be sent now, and whether there is more of it; asks until the store answers. Null when the lease is lost.</summary>
    private async Task<(DeliveryClaim Claim, bool IsMore)?> ClaimOnceAsync(Lease lease, OnTheirWay onTheirWay, StoreOutage outage, CancellationToken ending)
    {
        while (true)
        {
            var (known, room) = onTheirWay.Snapshot();
            try
            {
                var claim = await _store.Deliveries.ClaimAsync(lease, _name, new ClaimScope(known, room.TryTake, room.Total), ending);
                outage.End();
                return claim is null ? null : (claim, room.IsLeftOut || claim.Deliveries.Count == room.Total);
            }
            catch (StoreUnavailableException failure)
            {
                await outage.PauseAsync(failure, ending);
            }
        }
    }

    private static void Hand(ClaimedDelivery delivery, DeliveryLine line, SettlementQueue settlements)
    {
        if (delivery.IsDamaged)
        {
            settlements.Add(Judgement.Damaged(delivery));
        }
        else
        {
            line.Add(delivery);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Destination} is sent to from here now (lease {Number})", EventName = "DestinationOwned")]
        public static partial void Owned(ILogger logger, string destination, long number);

        [LoggerMessage(4, LogLevel.Critical, "{Destination}: sending failed inside the engine and is begun anew: {Place}", EventName = "SenderBroke")]
        public static partial void SenderBroke(ILogger logger, string destination, string place);

        [LoggerMessage(3, LogLevel.Error, "Nothing more is sent for now: {Reason}", EventName = "OwnershipLost")]
        public static partial void OwnershipLost(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Destination}: what was sent last could not be settled in time and is sent again", EventName = "NotSettledInTime")]
        public static partial void NotSettledInTime(ILogger logger, string destination);
    }
}
