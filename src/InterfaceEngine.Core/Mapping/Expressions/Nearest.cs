namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>Finds the name somebody may have meant.</summary>
internal static class Nearest
{
    /// <summary><c>Did you mean phone_mobile?</c>, or null when nothing is near: at most about a third of the letters differ.</summary>
    public static string? Advice(string written, IEnumerable<string> names)
    {
        string? best = null;
        var bestDistance = Math.Max(1, (written.Length + 1) / 3) + 1;
        foreach (var name in names)
        {
            var distance = Math.Abs(name.Length - written.Length) < bestDistance ? Distance(written, name) : bestDistance;
            if (distance < bestDistance)
            {
                (best, bestDistance) = (name, distance);
            }
        }

        return best is null ? null : $"Did you mean {best}?";
    }

    /// <summary>Insertions, deletions and replacements from one to the other.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
