using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Faults;

/// <summary>
/// Decides which fault meets which message, and counts them. A decision comes from the seed, the fault and the message
/// alone, so that a run can be repeated although its threads take turns otherwise. Safe for concurrent use.
/// </summary>
public sealed class FaultPlan(FaultOptions options, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly int[] _counts = new int[Enum.GetValues<FaultKind>().Length];
    private int _total;

    public FaultOptions Options => options;

    /// <summary>How often each fault has happened.</summary>
    public IReadOnlyDictionary<FaultKind, int> Counts =>
        Enum.GetValues<FaultKind>().Where(kind => Volatile.Read(ref _counts[(int)kind]) > 0).ToDictionary(kind => kind, kind => Volatile.Read(ref _counts[(int)kind]));

    /// <summary>Whether a fault happens now. An answer of true counts.</summary>
    /// <param name="kind">The fault.</param>
    /// <param name="message">The message's control id, or another name of what is met.</param>
    /// <param name="attempt">Which sending of it; another attempt is another draw, so that no message fails for ever.</param>
    public bool Strikes(FaultKind kind, string message, int attempt = 1)
    {
        if (!options.Chances.TryGetValue(kind, out var chance) || Draw(kind, message, attempt) >= chance || time.GetElapsedTime(_started) > options.Duration)
        {
            return false;
        }

        if (Interlocked.Increment(ref _total) > options.FaultsMax)
        {
            Interlocked.Decrement(ref _total);
            return false;
        }

        Interlocked.Increment(ref _counts[(int)kind]);
        return true;
    }

    /// <summary>A number from 0 up to 1 for the size of a fault, e.g. where a frame is cut.</summary>
    public double Measure(FaultKind kind, string message, int attempt = 1) => Draw(kind, message, attempt + 1_000_003);

    private double Draw(FaultKind kind, string message, int attempt) => Scatter.Fraction(Scatter.Of(options.Seed, (int)kind, attempt, Scatter.Of(message)));
}
