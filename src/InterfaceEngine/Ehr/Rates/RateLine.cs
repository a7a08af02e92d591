namespace InterfaceEngine.Ehr.Rates;

/// <summary>A call that waits for its turn.</summary>
/// <param name="priority">How urgent it is.</param>
/// <param name="isToken">It asks for a token.</param>
/// <param name="deadline">A turn after this is too late.</param>
internal sealed class RateTurn(CallPriority priority, bool isToken, DateTimeOffset deadline)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallPriority Priority { get; } = priority;

    public bool IsToken { get; } = isToken;

    public DateTimeOffset Deadline { get; } = deadline;

    /// <summary>Ends when the call may go, was turned away, or was given up.</summary>
    public Task Task => _done.Task;

    /// <summary>Its place in the line, by which it comes back there.</summary>
    public (CallPriority, long) Place { get; set; }

    public bool IsWaiting => !_done.Task.IsCompleted;

    public void Go() => _done.TrySetResult();

    public void TurnAway(Exception reason) => _done.TrySetException(reason);

    public void GiveUp(CancellationToken cancellationToken) => _done.TrySetCanceled(cancellationToken);
}

/// <summary>The line of calls that wait: the most urgent first, and among those the one that came first. Those that were given up leave it by themselves.</summary>
internal sealed class RateLine
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<RateTurn, (CallPriority, long)> _turns = new();
    private TaskCompletionSource _arrival = new();
    private long _sequence;

    /// <returns>False when so many wait already.</returns>
    public bool TryJoin(RateTurn turn, int waitingMax)
    {
        lock (_lock)
        {
            if (_turns.Count >= waitingMax)
            {
                return false;
            }

            _turns.Enqueue(turn, (turn.Priority, _sequence++));
            _arrival.TrySetResult();
            return true;
        }
    }

    /// <summary>Ends with the next call that joins.</summary>
    public Task ArrivalAsync()
    {
        lock (_lock)
        {
            return (_arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The one at the head; null when nobody waits.</summary>
    public RateTurn? First()
    {
        lock (_lock)
        {
            while (_turns.TryPeek(out var turn, out _))
            {
                if (turn.IsWaiting)
                {
                    return turn;
                }

                _turns.Dequeue();
            }

            return null;
        }
    }

    /// <summary>Takes the most urgent out of the line, as many as may go. One that waits for a token's turn does not hold up the others.</summary>
    /// <param name="free">How many calls may go, of which the last is so urgent.</param>
    /// <param name="tokens">How many of them may ask for a token.</param>
    public List<RateTurn> Take(Func<CallPriority, int> free, int tokens)
    {
        var (taken, aside) = (new List<RateTurn>(), new List<RateTurn>());
        lock (_lock)
        {
            while (First() is { } turn && taken.Count < free(turn.Priority))
            {
                _turns.TryDequeue(out _, out var place);
                turn.Place = place;
                if (turn.IsToken && tokens-- <= 0)
                {
                    aside.Add(turn);
                }
                else
                {
                    taken.Add(turn);
                }
            }

            aside.ForEach(turn => _turns.Enqueue(turn, turn.Place));
        }

        return taken;
    }

    /// <summary>Puts what was taken back where it was.</summary>
    public void PutBack(List<RateTurn> turns)
    {
        lock (_lock)
        {
            turns.ForEach(turn => _turns.Enqueue(turn, turn.Place));
        }
    }

    /// <summary>How many calls that somebody waits for are left: the nodes with less urgent ones leave room for them.</summary>
    public (CallPriority Priority, int Count) Urgent()
    {
        lock (_lock)
        {
            var urgent = _turns.UnorderedItems.Where(one => one.Priority.Item1 <= CallPriority.Prompt && one.Element.IsWaiting).Select(one => one.Priority.Item1).ToList();
            return urgent.Count == 0 ? (CallPriority.Bulk, 0) : (urgent.Min(), urgent.Count);
        }
    }

    /// <summary>Those whose deadline is before a time.</summary>
    public List<RateTurn> Before(DateTimeOffset time)
    {
        lock (_lock)
        {
            return [.. _turns.UnorderedItems.Select(one => one.Element).Where(turn => turn.Deadline < time)];
        }
    }

    /// <summary>Takes all out of the line.</summary>
    public List<RateTurn> Clear()
    {
        lock (_lock)
        {
            List<RateTurn> all = [.. _turns.UnorderedItems.Select(one => one.Element)];
            _turns.Clear();
            return all;
        }
    }
}
