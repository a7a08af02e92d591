namespace InterfaceEngine.Core.Mapping;

/// <summary>"Did you mean": the word that was probably meant.</summary>
public static class Suggestion
{
    /// <summary>What is longer is no misspelt word.</summary>
    private const int WordLengthMax = 100;

    /// <summary>The nearest candidate, or null when none is near enough to be worth saying.</summary>
    public static string? Nearest(string text, IEnumerable<string> candidates)
    {
        if (text.Length > WordLengthMax)
        {
            return null;
        }

        var limit = (text.Length + 2) / 3;
        string? nearest = null;
        foreach (var candidate in candidates)
        {
            // That many letters must be added or dropped.
            if (Math.Abs(candidate.Length - text.Length) > limit)
            {
                continue;
            }

            var distance = Distance(text, candidate);
            if (distance <= limit)
            {
                (nearest, limit) = (candidate, distance - 1);
            }
        }

        return nearest;
    }

    /// <summary><c>Did you mean X?</c>, or null when nothing is near.</summary>
    public static string? Advice(string text, IEnumerable<string> candidates) =>
        Nearest(text, candidates) is { } nearest ? $"Did you mean {nearest}?" : null;

    /// <summary><c>Did you mean X?</c>, or nothing.</summary>
    public static string DidYouMean(string text, IEnumerable<string> candidates) => Advice(text, candidates) ?? "";

    /// <summary><c>a, b or c</c>.</summary>
    public static string Or(IReadOnlyList<string> words) =>
        words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}";

    /// <summary>Letters to add, drop, change or swap with their neighbour; case does not count.</summary>
    public static int Distance(string left, string right)
    {
        var before = new int[right.Length + 1];
        var last = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var row = 1; row <= left.Length; row++)
        {
            var next = new int[right.Length + 1];
            next[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var cost = Same(left[row - 1], right[column - 1]) ? 0 : 1;
                next[column] = Math.Min(Math.Min(next[column - 1], last[column]) + 1, last[column - 1] + cost);
                if (row > 1 && column > 1 && Same(left[row - 1], right[column - 2]) && Same(left[row - 2], right[column - 1]))
                {
                    next[column] = Math.Min(next[column], before[column - 2] + 1);
                }
            }

            (before, last) = (last, next);
        }

        return last[^1];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
