namespace InterfaceEngine.Sandbox.Chance;

/// <summary>A row of numbers that look random: the same seed gives the same row everywhere. Not for concurrent use.</summary>
public sealed class Dice(long seed)
{
    private long _count;

    /// <summary>From 0 up to <paramref name="end"/>, without it.</summary>
    public int Below(int end) => (int)(Roll() % (ulong)end);

    /// <summary>From <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    /// <summary>True so many times of a hundred.</summary>
    public bool Percent(int times) => Below(100) < times;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>The place of one of several weights, each as likely as its share of the sum.</summary>
    public int Weighted(ReadOnlySpan<int> weights)
    {
        var sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var at = Below(sum);
        for (var index = 0; ; index++)
        {
            at -= weights[index];
            if (at < 0)
            {
                return index;
            }
        }
    }

    private ulong Roll() => Scatter.Of(seed, _count++);
}
