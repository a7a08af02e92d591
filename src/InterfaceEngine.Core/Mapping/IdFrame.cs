namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// What stands round an id where a format dresses it up: <c>a-{practice}.E-{}</c>, with <c>{}</c> where the id stands and
/// <c>{practice}</c> for the practice's own id. Immutable.
/// </summary>
public sealed class IdFrame
{
    private const string Hole = "{}";
    private const string PracticeHole = "{practice}";

    private readonly string _before;
    private readonly string _after;

    /// <summary>The parts round <c>{practice}</c>; one where it does not stand before the id.</summary>
    private readonly string[] _round;

    /// <param name="template">As written, without its quotes; see <see cref="IsFrame"/>.</param>
    /// <param name="practice">The practice's id.</param>
    public IdFrame(string template, string practice)
    {
        var hole = template.IndexOf(Hole, StringComparison.Ordinal);
        _before = template[..hole].Replace(PracticeHole, practice, StringComparison.Ordinal);
        _after = template[(hole + Hole.Length)..].Replace(PracticeHole, practice, StringComparison.Ordinal);
        _round = template[..hole].Split(PracticeHole);
    }

    /// <summary>True when the text has one place for the id, and none for anything but the practice's.</summary>
    public static bool IsFrame(string template)
    {
        var rest = template.Replace(PracticeHole, "", StringComparison.Ordinal);
        return rest.Split(Hole).Length == 2 && !rest.Replace(Hole, "", StringComparison.Ordinal).AsSpan().ContainsAny('{', '}');
    }

    /// <summary>The id in its frame.</summary>
    public string Around(string id) => _before + id + _after;

    /// <summary>Takes the frame off.</summary>
    /// <returns>False, and the text stays as it is, when it does not stand in this frame.</returns>
    public bool TryTake(ref ReadOnlySpan<char> text)
    {
        if (text.Length <= _before.Length + _after.Length
            || !text.StartsWith(_before, StringComparison.Ordinal) || !text.EndsWith(_after, StringComparison.Ordinal))
        {
            return false;
        }

        text = text[_before.Length..^_after.Length];
        return true;
    }

    /// <summary>True when the frame is this one with another practice's id in it: whoever is meant is not ours.</summary>
    public bool IsOfAnotherPractice(ReadOnlySpan<char> text)
    {
        if (_round is not [{ Length: > 0 } start, { Length: > 0 } end] || !text.StartsWith(start, StringComparison.Ordinal) || text.StartsWith(_before, StringComparison.Ordinal))
        {
            return false;
        }

        return text[start.Length..].IndexOf(end, StringComparison.Ordinal) > 0;
    }
}
