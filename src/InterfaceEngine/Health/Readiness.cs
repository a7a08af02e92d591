using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Health;

/// <summary>
/// Whether this node takes new connections. Whoever knows a reason against it reports it under a name of its own, and reports
/// again when it is gone; nobody has to ask. Listeners close while there is a reason and open again afterwards; connections
/// that are open go on. Safe to use from any thread.
/// </summary>
internal sealed partial class Readiness(TimeProvider time, ILogger<Readiness> logger)
{
    private readonly Lock _lock = new();
    private readonly List<ReadinessCheck> _checks = [];
    private TaskCompletionSource _changed = New();
    private ReadinessState _state = ReadinessState.Starting;
    private DateTimeOffset _since = time.GetUtcNow();

    public ReadinessNow Now
    {
        get
        {
            lock (_lock)
            {
                return new ReadinessNow(_state, _since, [.. _checks]);
            }
        }
    }

    /// <summary>From now on the node is ready unless something was reported. Until then it is not, but its listeners are not closed for it.</summary>
    public void Started()
    {
        lock (_lock)
        {
            if (_state == ReadinessState.Starting)
            {
                Turn(Judge());
            }
        }
    }

    /// <summary>Says how one thing stands. It counts from its first report on.</summary>
    /// <param name="check">Its name, e.g. <c>store</c>; anybody who reaches the health port may read it.</param>
    /// <param name="problem">Why no new connection should come, for operators and the log, without patient data; null when nothing speaks against it.</param>
    /// <param name="effect">What a problem means for the node.</param>
    public void Report(string check, string? problem, ReadinessEffect effect = ReadinessEffect.ClosesListeners)
    {
        lock (_lock)
        {
            var index = _checks.FindIndex(one => one.Name == check);
            var before = index < 0 ? null : _checks[index];
            var isTurn = before is null || before.IsFine != problem is null;
            var now = new ReadinessCheck(check, problem, isTurn ? time.GetUtcNow() : before!.Since, effect);
            if (index < 0)
            {
                _checks.Add(now);
            }
            else
            {
                _checks[index] = now;
            }

            if (effect == ReadinessEffect.Warns)
            {
                // Whoever reports it says so in its own words.
            }
            else if (isTurn && problem is not null)
            {
                Log.ProblemReported(logger, check, problem);
            }
            else if (isTurn && before is not null)
            {
                Log.ProblemGone(logger, check);
            }

            Turn(_state is ReadinessState.Starting or ReadinessState.Draining ? _state : Judge());
        }
    }

    /// <summary>The node takes no new connection any more, for it is about to stop. There is no way back.</summary>
    public void Drain()
    {
        lock (_lock)
        {
            if (_state != ReadinessState.Draining)
            {
                Turn(ReadinessState.Draining);
                Log.DrainingBegan(logger);
            }
        }
    }

    /// <summary>Waits until listeners are to be open, or to be closed.</summary>
    public async Task WaitAsync(bool isOpen, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (isOpen == (_state != ReadinessState.Draining && _checks.TrueForAll(check => check.IsFine || check.Effect != ReadinessEffect.ClosesListeners)))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private ReadinessState Judge() => _checks.TrueForAll(check => check.IsFine || check.Effect == ReadinessEffect.Warns) ? ReadinessState.Ready : ReadinessState.NotReady;

    private void Turn(ReadinessState state)
    {
        if (state != _state)
        {
            _state = state;
            _since = time.GetUtcNow();
        }

        var changed = _changed;
        _changed = New();
        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, EventName = "NodeNotReady", Message = "Not ready: {Check}: {Problem}")]
        public static partial void ProblemReported(ILogger logger, string check, string problem);

        [LoggerMessage(Level = LogLevel.Warning, EventName = "NodeProblemGone", Message = "No longer a reason against new connections: {Check}")]
        public static partial void ProblemGone(ILogger logger, string check);

        [LoggerMessage(Level = LogLevel.Information, EventName = "NodeDraining", Message = "Draining: no new connection is taken, those that are open go on for now")]
        public static partial void DrainingBegan(ILogger logger);
    }
}

internal enum ReadinessState
{
    /// <summary>The node is about to open its store and its listeners.</summary>
    Starting,

    Ready,

    /// <summary>At least one check has a problem.</summary>
    NotReady,

    /// <summary>The node is about to stop.</summary>
    Draining,
}

/// <summary>What a problem means for the node.</summary>
internal enum ReadinessEffect
{
    /// <summary>It is to be seen, and the node is ready all the same.</summary>
    Warns,

    /// <summary>The node is not ready, and no listener closes for it: a listener's own trouble.</summary>
    NotReady,

    /// <summary>The node is not ready, and its listeners close.</summary>
    ClosesListeners,
}

/// <summary>How a node stands at one moment.</summary>
/// <param name="Since">Since when it is so.</param>
/// <param name="Checks">In the order of their first reports.</param>
internal sealed record ReadinessNow(ReadinessState State, DateTimeOffset Since, IReadOnlyList<ReadinessCheck> Checks);

/// <param name="Problem">Null when nothing speaks against new connections.</param>
/// <param name="Since">Since when it is fine, or is not.</param>
/// <param name="Effect">What it means for the node while it is not.</param>
internal sealed record ReadinessCheck(string Name, string? Problem, DateTimeOffset Since, ReadinessEffect Effect)
{
    public bool IsFine => Problem is null;
}
