namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>What another mapping set would have done with messages: counts, and what differs by which cell. Without <c>--show-values</c> it holds no value.</summary>
public sealed record ComparisonReport
{
    /// <summary>The most cells that are listed as <see cref="Unmet"/>.</summary>
    public const int UnmetMax = 50;

    /// <summary>Why a message is not compared that no table would read: there is nothing to know of it.</summary>
    public const string Acknowledgements = "acknowledgements";

    /// <summary>The hash of the old set.</summary>
    public required string Before { get; init; }

    /// <summary>The hash of the new set.</summary>
    public required string After { get; init; }

    /// <summary>How many messages, rows and documents were compared: the sum of the four below.</summary>
    public required long Messages { get; init; }

    public required long Same { get; init; }

    public required long Changed { get; init; }

    public required long NewlyFailing { get; init; }

    public required long NewlyPassing { get; init; }

    /// <summary>What could not be compared, by reason.</summary>
    public required IReadOnlyList<CountedReason> NotCompared { get; init; }

    /// <summary>What differs, the most frequent first within its record type.</summary>
    public required IReadOnlyList<DifferenceGroup> Differences { get; init; }

    /// <summary>What would be sent out otherwise.</summary>
    public required IReadOnlyList<SentGroup> Sent { get; init; }

    /// <summary>
    /// What keeps the gate shut: the MAP codes and words of <see cref="FailureReason"/> by which messages newly fail, with the messages that
    /// do; and that too much was not compared.
    /// </summary>
    public required IReadOnlyList<CountedReason> Failures { get; init; }

    /// <summary>What the sets say differently and no message showed: its effect is not known by these messages. Rules that look at what is stored are here.</summary>
    public IReadOnlyList<ReasonOfDifference> Unmet { get; init => field = value ?? []; } = [];

    /// <summary>How much more of that.</summary>
    public int UnmetLeftOut { get; init; }

    /// <summary>The failures that nobody has accepted: with any of them the gate stays shut.</summary>
    public IReadOnlyList<CountedReason> NotAccepted(IReadOnlyCollection<string> accepted) =>
        [.. Failures.Where(failure => !accepted.Contains(failure.Reason, StringComparer.OrdinalIgnoreCase))];
}

/// <param name="Count">Messages.</param>
public sealed record CountedReason(string Reason, long Count);

/// <summary>One kind of difference and the messages that have it.</summary>
public sealed record DifferenceGroup
{
    /// <summary>The record type; <c>message</c> for the message as a whole.</summary>
    public required string Type { get; init; }

    /// <summary>The field, or a word in brackets.</summary>
    public required string Field { get; init; }

    /// <summary><c>(empty)</c>, <c>value</c>, <c>(cleared)</c>, <c>MAP504</c> …, by the old set.</summary>
    public required string Before { get; init; }

    /// <summary>By the new set.</summary>
    public required string After { get; init; }

    /// <summary>How many messages have it.</summary>
    public required long Messages { get; init; }

    /// <summary>What they newly fail by; null when they don't.</summary>
    public string? FailsBy { get; init; }

    /// <summary>They failed, and don't any more.</summary>
    public bool Passes { get; init; }

    /// <summary>Where it was looked for last: <c>PID-14</c>; empty where it is no place.</summary>
    public string Place { get; init => field = value ?? ""; } = "";

    /// <summary>The cells that say otherwise, at most <see cref="DifferenceTally.CausesMax"/>.</summary>
    public IReadOnlyList<ReasonOfDifference> Causes { get; init => field = value ?? []; } = [];

    /// <summary>How many more cells say otherwise.</summary>
    public int CausesLeftOut { get; init; }

    /// <summary>The cell that decides; null when none is known.</summary>
    public string? Cell { get; init; }

    /// <summary>What the values look like, the most frequent first.</summary>
    public IReadOnlyList<CountedReason> Shapes { get; init => field = value ?? []; } = [];

    /// <summary>Values of further shapes.</summary>
    public long ShapesLeftOut { get; init; }

    /// <summary>Messages to look at, the first to be received.</summary>
    public IReadOnlyList<Example> Examples { get; init => field = value ?? []; } = [];
}

/// <param name="Where"><c>practices/1959/patient.map.md:11:25</c>; null for what has no cell.</param>
public sealed record ReasonOfDifference(string? Where, string What, string Before, string After)
{
    public static ReasonOfDifference Of(Cause cause) => new(cause.Where?.ToString(), cause.What, cause.Before, cause.After);
}

/// <param name="Message">The message's id, or file and number.</param>
public sealed record Example(string Message, string Before, string After);

/// <param name="Place">The cell that writes it.</param>
/// <param name="Change"><c>would be sent</c>, <c>would be sent otherwise</c> or <c>would not be sent any more</c>.</param>
public sealed record SentGroup(string Type, string Field, string Format, string Place, string Change, long Messages);
