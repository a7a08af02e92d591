namespace InterfaceEngine.Cli.Durability;

/// <summary>What a check can find wrong.</summary>
internal enum FindingKind
{
    /// <summary>Acknowledged, and not in the store; or queued, and never received.</summary>
    Lost,

    /// <summary>Accepted more than once.</summary>
    Twice,

    /// <summary>Nobody can say what became of it.</summary>
    Unaccounted,

    /// <summary>A record does not hold what the newest acknowledged message said.</summary>
    Stale,

    /// <summary>The reply was not an acceptance of this very message.</summary>
    WrongReply,

    /// <summary>A message is stored with other bytes than were sent, or a delivery arrived with others than were queued.</summary>
    Altered,

    /// <summary>Deliveries of one lane did not arrive in the order in which they were queued.</summary>
    OutOfOrder,

    /// <summary>The engine itself failed: it ended, did not start, or gave no answer.</summary>
    Engine,
}

/// <param name="Kind">What is wrong.</param>
/// <param name="ControlId">The message concerned; empty for the engine itself.</param>
/// <param name="Reason">What was found.</param>
internal sealed record DurabilityFinding(FindingKind Kind, string ControlId, string Reason);

/// <summary>Counts every finding and keeps the first hundred.</summary>
internal sealed class DurabilityFindings
{
    private const int KeptMax = 100;

    private readonly Lock _lock = new();
    private readonly List<DurabilityFinding> _kept = [];
    private readonly int[] _counts = new int[Enum.GetValues<FindingKind>().Length];

    /// <summary>The first hundred.</summary>
    public IReadOnlyList<DurabilityFinding> Kept => _kept;

    public int Count => _counts.Sum();

    public int CountOf(FindingKind kind) => _counts[(int)kind];

    public void Add(FindingKind kind, int number, string reason) => Add(kind, NumberedMessages.ControlId(number), reason);

    public void Add(FindingKind kind, string controlId, string reason)
    {
        lock (_lock)
        {
            _counts[(int)kind]++;
            if (_kept.Count < KeptMax)
            {
                _kept.Add(new DurabilityFinding(kind, controlId, reason));
            }
        }
    }
}
