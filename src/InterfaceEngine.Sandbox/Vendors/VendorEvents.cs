using System.Net;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>A way in which notifications of events go wrong.</summary>
public enum EventFault
{
    /// <summary>It is sent a second time.</summary>
    Twice,

    /// <summary>It is signed with another secret.</summary>
    WrongSignature,

    /// <summary>It is not signed.</summary>
    NoSignature,

    /// <summary>It is counted and never sent.</summary>
    Lost,
}

/// <summary>One attempt to notify a client.</summary>
/// <param name="Type"><c>handshake</c>, <c>heartbeat</c> or <c>event-notification</c>.</param>
/// <param name="Status">What was answered; null where nothing was within the time.</param>
public sealed record VendorNotification(string Subscription, string Type, int Attempt, HttpStatusCode? Status, string Body);

/// <summary>What clients are told of as it happens, and how that goes wrong on request. Safe for concurrent use.</summary>
public sealed class VendorEvents
{
    private readonly Lock _lock = new();
    private readonly List<VendorNotification> _sent = [];
    private readonly Queue<EventFault> _faults = new();
    private readonly List<(Func<int, bool> IsEnough, TaskCompletionSource Reached)> _waiting = [];
    private bool _isHeld;
    private int _spoiled;

    /// <summary>Every attempt, in order.</summary>
    public IReadOnlyList<VendorNotification> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>How many notifications were spoiled.</summary>
    public int Spoiled
    {
        get
        {
            lock (_lock)
            {
                return _spoiled;
            }
        }
    }

    /// <summary>Whether notifications are being held back.</summary>
    internal bool IsHeld => Volatile.Read(ref _isHeld);

    /// <summary>Spoils the next notifications of events.</summary>
    public void Spoil(EventFault fault, int times = 1)
    {
        lock (_lock)
        {
            for (var time = 0; time < times; time++)
            {
                _faults.Enqueue(fault);
            }
        }
    }

    /// <summary>Holds notifications back from now on; <see cref="VendorServer.ReleaseEventsAsync"/> sends them, the last first.</summary>
    public void Hold() => Volatile.Write(ref _isHeld, true);

    /// <summary>Ends when there were so many attempts.</summary>
    public Task WaitForAsync(int attempts, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_sent.Count >= attempts)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count => count >= attempts, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    internal void Release() => Volatile.Write(ref _isHeld, false);

    internal EventFault? TakeFault()
    {
        lock (_lock)
        {
            if (!_faults.TryDequeue(out var fault))
            {
                return null;
            }

            _spoiled++;
            return fault;
        }
    }

    internal void Add(VendorNotification notification)
    {
        lock (_lock)
        {
            _sent.Add(notification);
            foreach (var (_, reached) in _waiting.Where(one => one.IsEnough(_sent.Count)).ToList())
            {
                reached.TrySetResult();
            }

            _waiting.RemoveAll(one => one.Reached.Task.IsCompleted);
        }
    }
}
