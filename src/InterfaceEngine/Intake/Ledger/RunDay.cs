using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>One day of one run of a source, from both sides, read in one transaction.</summary>
internal sealed record RunDay
{
    public required long Day { get; init; }

    public required string Source { get; init; }

    /// <summary>0 for messages that no source numbered.</summary>
    public required long Run { get; init; }

    /// <summary>What the source says; null when it says nothing of the day.</summary>
    public required NumberRange? Numbers { get; init; }

    /// <summary>Messages that came from a person's correction, not from the source. Only of run 0.</summary>
    public long Corrected { get; init; }

    /// <summary>Rows of files that became messages, as their runs count them. Only of run 0.</summary>
    public long Rows { get; init; }

    /// <summary>What the store counts.</summary>
    public required IReadOnlyDictionary<MessageState, long> States { get; init; }

    public IReadOnlyList<UnansweredRange> Unanswered { get; init; } = [];

    /// <summary>How many numbers the source had on their way, or unanswered and not noted yet, that the store does not know.</summary>
    public long OnTheirWay { get; init; }

    /// <summary>Those numbers, and perhaps some that the store knows by now.</summary>
    public IReadOnlyList<NumberRange> Open { get; init; } = [];

    /// <summary>Messages that came after the source was asked.</summary>
    public long Later { get; init; }

    /// <summary>Whether more of this day may come at any moment.</summary>
    public bool IsOpen { get; init; }

    public long Stored => States.Values.Sum();

    public long Interrupted => Unanswered.Where(range => range.IsInterrupted).Sum(range => range.Numbers.Count);

    public long NotAnswered => Unanswered.Where(range => !range.IsInterrupted).Sum(range => range.Numbers.Count);

    public long Received => (Numbers?.Count ?? 0) + Later + Rows;

    /// <summary>What nothing accounts for.</summary>
    public long Missing => Received + Corrected - Stored - Interrupted - NotAnswered - OnTheirWay;
}
