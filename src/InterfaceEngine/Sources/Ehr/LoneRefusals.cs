using InterfaceEngine.Ehr;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>
/// Tells one thing that may not be read (401) from a token that opens nothing: while the token opens other calls, the refusal is of the thing. One that is met
/// with such an answer is set aside at first, so that the next ones show it. Not shared between threads.
/// </summary>
internal sealed class LoneRefusals(EhrConnection connection)
{
    /// <summary>What the token had opened when each was refused last.</summary>
    private readonly Dictionary<string, long> _refused = new(StringComparer.Ordinal);

    private (long Opened, int Count) _inARow;

    /// <summary>How many were refused behind one another, with nothing opened since.</summary>
    public int InARow => _inARow.Opened == connection.Opened ? _inARow.Count : 0;

    /// <summary>A round begins: what was refused in the one before says nothing of this.</summary>
    public void Begin() => _inARow = default;

    /// <summary>Takes note of a refusal.</summary>
    /// <param name="thing">What could not be read.</param>
    /// <returns>Whether it is the thing's own: the token has opened something since it was refused before.</returns>
    public bool IsItsOwn(string thing)
    {
        var opened = connection.Opened;
        var isItsOwn = _refused.TryGetValue(thing, out var before) && opened > before;
        _refused[thing] = opened;
        if (!isItsOwn)
        {
            _inARow = (opened, InARow + 1);
        }

        return isItsOwn;
    }

    /// <summary>It is done with.</summary>
    public void Forget(string thing) => _refused.Remove(thing);
}
