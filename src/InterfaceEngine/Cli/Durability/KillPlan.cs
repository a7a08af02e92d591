namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// When the engine is killed: one random moment in each of as many equal parts of the run. The last messages of a part, one for each
/// connection, are kept back until its kill comes, and the next part until it is mended: so every kill finds work, however
/// fast the others go on meanwhile.
/// </summary>
internal sealed class KillPlan
{
    private const int PauseMillisecondsMax = 20;

    private readonly int[] _counts;
    private readonly int[] _keptAfter;
    private readonly int[] _ends;
    private readonly TimeSpan[] _pauses;

    public KillPlan(int messages, int kills, int connections, Random random)
    {
        (_counts, _keptAfter, _ends, _pauses) = (new int[kills], new int[kills], new int[kills], new TimeSpan[kills]);
        for (var kill = 0; kill < kills; kill++)
        {
            var first = (int)((long)messages * kill / kills);
            _ends[kill] = (int)((long)messages * (kill + 1) / kills);
            _keptAfter[kill] = Math.Max(first, _ends[kill] - connections);
            _counts[kill] = random.Next(first, _keptAfter[kill] + 1);
            _pauses[kill] = TimeSpan.FromMilliseconds(random.NextDouble() * PauseMillisecondsMax);
        }
    }

    public int Kills => _counts.Length;

    /// <summary>The number of replies that a kill waits for.</summary>
    public int CountBefore(int kill) => _counts[kill];

    /// <summary>And the time it waits after that, so that it also falls between two steps of the engine.</summary>
    public TimeSpan PauseBefore(int kill) => _pauses[kill];

    /// <summary>The last number of the part that a kill falls into.</summary>
    public int EndOf(int kill) => _ends[kill];

    /// <summary>The kill in whose part a number is; the number of kills where there is none.</summary>
    public int PartOf(int number)
    {
        var found = Array.BinarySearch(_ends, number);
        return found < 0 ? ~found : found;
    }

    /// <summary>Whether a number is sent only as its part's kill comes.</summary>
    public bool IsKept(int number) => PartOf(number) is var part && part < Kills && number > _keptAfter[part];
}
