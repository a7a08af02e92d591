using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>Both sides of the ledger, inside one read transaction.</summary>
internal interface ILedgerReader
{
    /// <summary>The sources' side: the numbers that each gave on each day, from a day on.</summary>
    IReadOnlyList<SourceDay> SourceDays(long since);

    /// <summary>The store's side: messages by day of receipt, source, run and state, from a day on.</summary>
    IReadOnlyList<DayCount> DayCounts(long since);

    /// <summary>Numbers without a message that are explained, in order.</summary>
    IReadOnlyList<UnansweredRange> Unanswered(long run, NumberRange within);

    /// <summary>The messages with these numbers, in order; at most ten thousand.</summary>
    IReadOnlyList<NumberedMessage> Numbered(long run, NumberRange within, int limit);
}

/// <param name="Run">0 for what was stored before sources numbered; its numbers only count.</param>
internal sealed record SourceDay(long Day, string Source, long Run, NumberRange Numbers);

internal sealed record DayCount(long Day, string Source, long Run, MessageState State, long Messages);

/// <param name="IsInterrupted">It was on its way when the engine was killed; else it got no answer.</param>
internal sealed record UnansweredRange(NumberRange Numbers, bool IsInterrupted);

internal readonly record struct NumberedMessage(long Number, MessageState State, EngineId Message);
