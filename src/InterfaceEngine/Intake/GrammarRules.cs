using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Grammar;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Intake;

/// <summary>
/// What the grammar of the standard means for a message. A strict source takes only what is after it. Others take what can be
/// read, for real feeds break the standard everywhere, and a message whose segments are out of order says so in its detail.
/// </summary>
internal static class GrammarRules
{
    /// <summary>How many segments a warning about the order names.</summary>
    private const int NamedMax = 3;

    /// <summary>The refusal of a message that is not after the standard, with every fault; null when it is, or its source is not strict.</summary>
    public static Verdict? Refusal(Hl7Message message, SourceBinding source) =>
        source.Strict && GrammarCheck.Full(message) is { IsValid: false } report ? Verdict.NotOfGrammar(message, report) : null;

    /// <summary>One warning when the segments are not in the order of the event's structure; nothing for the most.</summary>
    public static IReadOnlyList<MappingNote> Order(Hl7Message message)
    {
        if (GrammarCheck.Order(message) is not { } report)
        {
            return [];
        }

        var named = string.Join("; ", report.Faults.Take(NamedMax).Select(fault => $"{fault.Segment} {fault.Text}"));
        var rest = report.Faults.Count - NamedMax;
        return
        [
            new MappingNote
            {
                Severity = NoteSeverity.Warning,
                Code = Details.SegmentOrder,
                Path = report.Faults[0].Place,
                Reason = rest > 0 ? $"{named}; and {rest} more" : named,
            },
        ];
    }
}
