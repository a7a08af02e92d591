namespace InterfaceEngine.Sandbox.Chance;

/// <summary>
/// Numbers that look random and are not: the same input gives the same number on every machine and in every version,
/// which <see cref="Random"/> does not promise.
/// </summary>
public static class Scatter
{
    /// <summary>One number of several. The mixing is SplitMix64's.</summary>
    public static ulong Of(params ReadOnlySpan<long> values)
    {
        var state = 0x9E3779B97F4A7C15;
        foreach (var value in values)
        {
            state = Mix(unchecked(state + (ulong)value + 0x9E3779B97F4A7C15));
        }

        return state;
    }

    /// <summary>One number of a text. FNV-1a.</summary>
    public static long Of(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in text)
        {
            hash = unchecked((hash ^ character) * 1099511628211);
        }

        return unchecked((long)hash);
    }

    /// <summary>From 0 up to 1.</summary>
    public static double Fraction(ulong number) => (number >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong value)
    {
        value = unchecked((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D049BB133111EB);
        return value ^ (value >> 31);
    }
}
