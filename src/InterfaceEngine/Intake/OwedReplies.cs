using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>Whoever brought a message and can be given its application's reply later: its connection, while it is open.</summary>
internal interface IReplyTaker
{
    /// <summary>False once it can't take any more.</summary>
    bool IsOpen { get; }

    /// <summary>Takes a reply to send as soon as it may. Never waits.</summary>
    /// <returns>False when it can't: it is closed, or too many wait.</returns>
    bool TryTake(ReadOnlyMemory<byte> reply);
}

/// <summary>
/// Who waits for the application's reply of which message. Only in memory: a connection does not outlive the engine, and
/// the reply itself is stored with its message, for a resend.
/// </summary>
internal sealed class OwedReplies
{
    /// <summary>More senders than this are not waited with; the others get their replies on a resend.</summary>
    public const int CountMax = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<EngineId, IReplyTaker> _takers = [];

    /// <summary>Called before the commit that lets a message wait, so that no reply can come too early.</summary>
    public void Expect(EngineId message, IReplyTaker taker)
    {
        lock (_lock)
        {
            if (_takers.Count >= CountMax)
            {
                foreach (var (other, closed) in _takers.Where(entry => !entry.Value.IsOpen).ToList())
                {
                    _takers.Remove(other);
                }
            }

            if (_takers.Count < CountMax)
            {
                _takers[message] = taker;
            }
        }
    }

    /// <summary>The message was not stored under this id after all: whoever has the id now is not waited for by this sender.</summary>
    public void Forget(EngineId message, IReplyTaker taker)
    {
        lock (_lock)
        {
            if (_takers.TryGetValue(message, out var known) && ReferenceEquals(known, taker))
            {
                _takers.Remove(message);
            }
        }
    }

    /// <summary>Another message is waited for in the place of one.</summary>
    public void Move(EngineId message, EngineId other)
    {
        lock (_lock)
        {
            if (_takers.Remove(message, out var taker))
            {
                _takers[other] = taker;
            }
        }
    }

    /// <summary>The messages whose replies open connections wait for.</summary>
    public IReadOnlyList<EngineId> Awaited()
    {
        lock (_lock)
        {
            return [.. _takers.Where(entry => entry.Value.IsOpen).Select(entry => entry.Key)];
        }
    }

    /// <summary>Gives the reply to whoever waits for it.</summary>
    /// <returns>False when nobody does any more.</returns>
    public bool TryPay(EngineId message, ReadOnlyMemory<byte> reply)
    {
        IReplyTaker? taker;
        lock (_lock)
        {
            _takers.Remove(message, out taker);
        }

        return taker?.TryTake(reply) == true;
    }
}
