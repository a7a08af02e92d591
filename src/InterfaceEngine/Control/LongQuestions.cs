namespace InterfaceEngine.Control;

/// <summary>One question that reads very much is answered at a time: each takes half of the cores that messages are taken with. One for an engine, used by all connections.</summary>
internal sealed class LongQuestions
{
    private Turn? _turn;

    /// <summary>Takes the turn; it ends with what is returned.</summary>
    /// <param name="question">What is asked, for the one who comes next: <c>map diff</c>.</param>
    /// <param name="actor">Who asks.</param>
    /// <exception cref="RequestException">Another is being answered.</exception>
    public IDisposable Begin(string question, string actor)
    {
        var turn = new Turn(this, question, actor);
        return Interlocked.CompareExchange(ref _turn, turn, null) is { } other
            ? throw RequestException.Refused($"The engine works on a {other.Question} of {other.Actor}: it answers one such question at a time. Ask again when that has ended.")
            : turn;
    }

    private sealed record Turn(LongQuestions Questions, string Question, string Actor) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref Questions._turn, null);
    }
}
