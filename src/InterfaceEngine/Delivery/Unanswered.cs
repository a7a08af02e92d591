using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Delivery;

/// <summary>
/// Tells a message that is never answered from a receiver that answers nothing. What counts is an attempt without an
/// answer, if another message was answered since the attempt before it. Known in memory only: a new owner counts anew.
/// Asked by all lines of a destination.
/// </summary>
internal sealed class Unanswered
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EngineId, (int Count, long AnswersBefore)> _attempts = [];
    private long _answers;

    /// <summary>The receiver answered a message, whatever it said.</summary>
    public void Answered(EngineId delivery)
    {
        lock (_lock)
        {
            _answers++;
            _attempts.Remove(delivery);
        }
    }

    /// <summary>An attempt got no answer.</summary>
    /// <returns>How many such attempts of this message failed while others were answered, this one included.</returns>
    public int Count(EngineId delivery)
    {
        lock (_lock)
        {
            var (count, answersBefore) = _attempts.GetValueOrDefault(delivery, (0, -1));
            count += answersBefore >= 0 && _answers > answersBefore ? 1 : 0;
            _attempts[delivery] = (count, _answers);
            return count;
        }
    }

    /// <summary>Nothing more is sent of it.</summary>
    public void Forget(EngineId delivery)
    {
        lock (_lock)
        {
            _attempts.Remove(delivery);
        }
    }
}
