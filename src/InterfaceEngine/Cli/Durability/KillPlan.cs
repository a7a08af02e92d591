namespace InterfaceEngine.Cli.Durability;

/// <summary>When the engine is killed: one random moment in each of as many equal parts of the run.</summary>
internal sealed class KillPlan
{
    private const int PauseMillisecondsMax = 20;

    private readonly int[] _counts;
    private readonly TimeSpan[] _pauses;

    public KillPlan(int messages, int kills, Random random)
    {
        _counts = new int[kills];
        _pauses = new TimeSpan[kills];
        for (var kill = 0; kill < kills; kill++)
        {
            var first = (int)((long)messages * kill / kills);
            var end = (int)((long)messages * (kill + 1) / kills);
            _counts[kill] = random.Next(first, end);
            _pauses[kill] = TimeSpan.FromMilliseconds(random.NextDouble() * PauseMillisecondsMax);
        }
    }

    public int Kills => _counts.Length;

    /// <summary>The number of replies that a kill waits for.</summary>
    public int CountBefore(int kill) => _counts[kill];

    /// <summary>And the time it waits after that, so that it also falls between two steps of the engine.</summary>
    public TimeSpan PauseBefore(int kill) => _pauses[kill];
}
