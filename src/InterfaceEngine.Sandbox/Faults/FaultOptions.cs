namespace InterfaceEngine.Sandbox.Faults;

/// <summary>How to misbehave, how often and for how long. By default not at all.</summary>
public sealed record FaultOptions
{
    /// <summary>The chance of a fault that is named without one: 2 of 100.</summary>
    public const double ChanceByDefault = 0.02;

    private static readonly FaultWords<FaultKind> _words = new(new Dictionary<string, FaultKind>
    {
        ["split"] = FaultKind.Split,
        ["merge"] = FaultKind.Merge,
        ["garbage"] = FaultKind.Garbage,
        ["resend"] = FaultKind.Resend,
        ["lost-ack"] = FaultKind.LostAck,
        ["late-ack"] = FaultKind.LateAck,
        ["wrong-ack"] = FaultKind.WrongAck,
        ["ae"] = FaultKind.Ae,
        ["ar"] = FaultKind.Ar,
        ["slow"] = FaultKind.Slow,
        ["drop"] = FaultKind.Drop,
    });

    public static FaultOptions None { get; } = new();

    /// <summary>What a sender can do.</summary>
    public static IReadOnlyList<FaultKind> OfSender { get; } =
        [FaultKind.Split, FaultKind.Merge, FaultKind.Garbage, FaultKind.Resend, FaultKind.LostAck, FaultKind.Slow, FaultKind.Drop];

    /// <summary>What a receiver can do.</summary>
    public static IReadOnlyList<FaultKind> OfReceiver { get; } = [.. Enum.GetValues<FaultKind>()];

    /// <summary>The chance of each fault at each message, from 0 to 1. A fault that is not named never happens.</summary>
    public IReadOnlyDictionary<FaultKind, double> Chances { get; init; } = new Dictionary<FaultKind, double>();

    /// <summary>Decides which messages are met. The same seed meets the same messages, however threads take turns.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>After so many faults all is well. Default 1,000,000.</summary>
    public int FaultsMax { get; init; } = 1_000_000;

    /// <summary>After so long all is well. Default an hour.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The pause between two pieces. Default 2 ms.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How late a late reply is. Default 2 s.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Every fault of a side with the same chance.</summary>
    public static FaultOptions All(IEnumerable<FaultKind> kinds, double chance, int seed) =>
        new() { Chances = kinds.ToDictionary(kind => kind, _ => chance), Seed = seed };

    /// <summary>Reads <c>split,drop:0.1</c>: names, each with a chance or <see cref="ChanceByDefault"/>; <c>all:0.05</c> names every one of the side's.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="possible">What this side can do.</param>
    /// <exception cref="FormatException">A word is no fault, no chance, or none of this side's; the message says which and what is expected.</exception>
    public static IReadOnlyDictionary<FaultKind, double> ParseChances(string text, IReadOnlyList<FaultKind> possible) => _words.ParseChances(text, possible);

    /// <summary>The name a fault has on the command line.</summary>
    public static string NameOf(FaultKind kind) => _words.NameOf(kind);
}
