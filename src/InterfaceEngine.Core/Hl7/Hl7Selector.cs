namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Picks one repetition of a field, or one segment of a name: the first that fits, where one that fits exactly
/// wins over one in which something is not said. A repetition without any content fits only where nothing else does.
/// </summary>
public sealed class Hl7Selector
{
    private const int RankBlank = 1;
    private const int RankUnsaid = 2;
    private const int RankExact = 3;

    private readonly Hl7Condition[] _conditions = [];

    internal Hl7Selector(int ordinal) => Ordinal = ordinal;

    internal Hl7Selector(IEnumerable<Hl7Condition> conditions) => _conditions = [.. conditions];

    /// <summary>The number in <c>[#2]</c>, from 1; 0 when there are conditions.</summary>
    public int Ordinal { get; }

    /// <summary>All of them must fit; empty for <c>[#2]</c>.</summary>
    public IReadOnlyList<Hl7Condition> Conditions => _conditions;

    /// <summary>The repetition that is picked, and its number from 1; absent, 0, when none fits.</summary>
    internal Hl7Element Pick(Hl7Element field, out int number)
    {
        if (Ordinal > 0)
        {
            number = Ordinal;
            return field.Repetition(Ordinal);
        }

        Hl7Element picked = default;
        var best = 0;
        number = 0;
        var at = 0;
        foreach (var repetition in field.EnumerateRepetitions())
        {
            at++;
            var rank = Rank(repetition);
            if (rank > best)
            {
                (best, number, picked) = (rank, at, repetition);
                if (rank == RankExact)
                {
                    break;
                }
            }
        }

        return picked;
    }

    /// <summary>Adds all repetitions that fit; among conditions, exactness does not matter.</summary>
    internal void PickAll(Hl7Element field, List<Hl7Element> picked)
    {
        if (Ordinal > 0)
        {
            if (field.Repetition(Ordinal) is { IsPresent: true } one)
            {
                picked.Add(one);
            }

            return;
        }

        foreach (var repetition in field.EnumerateRepetitions())
        {
            if (Rank(repetition) > RankBlank)
            {
                picked.Add(repetition);
            }
        }
    }

    /// <summary>How a segment fits the conditions; an ordinal is for the caller to count.</summary>
    internal Hl7Fit FitOf(Hl7Segment segment)
    {
        var fit = Hl7Fit.Exact;
        foreach (var condition in _conditions)
        {
            fit = (Hl7Fit)Math.Min((int)fit, (int)condition.FitOf(segment));
        }

        return fit;
    }

    private int Rank(Hl7Element repetition)
    {
        var fit = Hl7Fit.Exact;
        foreach (var condition in _conditions)
        {
            fit = (Hl7Fit)Math.Min((int)fit, (int)condition.FitOf(repetition));
        }

        return fit == Hl7Fit.None ? 0
            : repetition.SaysNothing() ? RankBlank
            : fit == Hl7Fit.Unsaid ? RankUnsaid : RankExact;
    }
}
