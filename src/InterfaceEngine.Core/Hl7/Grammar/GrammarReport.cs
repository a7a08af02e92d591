namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>What a check found.</summary>
public sealed record GrammarReport
{
    /// <summary>The version whose grammar was used, which is the nearest to the message's own.</summary>
    public required Hl7Version Version { get; init; }

    /// <summary>E.g. <c>ADT_A01</c>, from the event; null when the version knows none for it.</summary>
    public required string? Structure { get; init; }

    /// <summary>Why the message is not of the grammar, in its order; at most <see cref="GrammarOptions.FaultsMax"/>.</summary>
    public required IReadOnlyList<GrammarFault> Faults { get; init; }

    /// <summary>What is worth knowing and no reason to refuse; at most <see cref="GrammarOptions.FaultsMax"/>.</summary>
    public required IReadOnlyList<GrammarFault> Warnings { get; init; }

    /// <summary>There are more faults or warnings than are told.</summary>
    public required bool IsCut { get; init; }

    public bool IsValid => Faults.Count == 0;

    /// <summary>What the message was checked against, for people: <c>ADT_A01 of HL7 2.3</c>.</summary>
    public string Against => Structure is null ? $"HL7 {Version}" : $"{Structure} of HL7 {Version}";
}
