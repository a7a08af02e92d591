using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>Both sides of the ledger, inside one read transaction.</summary>
internal interface ILedgerReader
{
    /// <summary>The sources' side: the numbers that each gave on each day, from a day on.</summary>
    IReadOnlyList<SourceDay> SourceDays(long since);

    /// <summary>Runs that have not ended, of all nodes, with what their sources said of them last.</summary>
    IReadOnlyList<OpenRun> OpenRuns();

    /// <summary>The store's side: messages by day of receipt, source, run and state, from a day on.</summary>
    IReadOnlyList<DayCount> DayCounts(long since);

    /// <summary>Corrected copies that people brought, by the day on which their original was received, from a day on.</summary>
    IReadOnlyList<(long Day, string Source, long Count)> CorrectionCounts(long since);

    /// <summary>What a recount finds: the messages with these numbers, by state.</summary>
    IReadOnlyList<(MessageState State, long Count)> CountNumbered(long run, NumberRange within);

    /// <summary>Messages that no source numbered, by message id: a page after the given one.</summary>
    IReadOnlyList<UnnumberedMessage> Unnumbered(MessageState state, EngineId after, int limit);

    /// <summary>What a recount finds of rows of files: the messages with these numbers of their files, whichever files.</summary>
    IReadOnlyList<DayCount> CountRows(NumberRange within);

    /// <summary>The highest number that a row of a file has of which a message is kept; 0 when there is none.</summary>
    long LastRow();

    /// <summary>Deliveries that were queued, by destination: the other side of <see cref="IStoreReader.DeliveryCounts"/>.</summary>
    IReadOnlyList<(string Destination, long Count)> QueuedCounts();

    /// <summary>What a recount finds: deliveries by destination and state, of a page of ids after the given one; empty at the end.</summary>
    DeliveryRecount RecountDeliveries(EngineId after, int limit);

    /// <summary>The last closed day; null when none is.</summary>
    long? SealedThrough();

    /// <summary>The first closed day whose counts or seal were altered outside the engine; null when all are as they were closed.</summary>
    long? FirstAlteredDay();

    /// <summary>The sequence of the first entry that was altered, left out or put in outside the engine; null when all are as they were written.</summary>
    /// <param name="isFull">Looks at all; else at those that came since it was asked last, as far as the store remembers.</param>
    long? FirstAlteredEntry(bool isFull);

    /// <summary>Differences that people accepted. What was put in or altered outside the engine is not among them.</summary>
    IReadOnlyList<LedgerAcceptance> Acceptances();

    /// <summary>Numbers without a message that are explained, in order.</summary>
    IReadOnlyList<UnansweredRange> Unanswered(long run, NumberRange within);

    /// <summary>The messages with these numbers, in order; at most ten thousand.</summary>
    IReadOnlyList<NumberedMessage> Numbered(long run, NumberRange within, int limit);
}

/// <param name="Run">0 for what was stored before sources numbered; its numbers only count.</param>
internal sealed record SourceDay(long Day, string Source, long Run, NumberRange Numbers);

/// <param name="SettledThrough">Up to this number, every one is stored or was reported as unanswered.</param>
/// <param name="InFlightMax">How many of those after it can be neither.</param>
/// <param name="IsGone">Its node fell silent: nothing more comes, and it is to be ended.</param>
internal sealed record OpenRun(SourceRun Run, string Node, long SettledThrough, long InFlightMax, bool IsGone);

internal sealed record DayCount(long Day, string Source, long Run, MessageState State, long Messages);

/// <param name="IsInterrupted">It was on its way when the engine was killed; else it got no answer.</param>
internal sealed record UnansweredRange(NumberRange Numbers, bool IsInterrupted);

internal readonly record struct UnnumberedMessage(EngineId Message, string Source, long Day);

/// <param name="Last">The page's last id; <see cref="EngineId.None"/> when there was none left.</param>
internal sealed record DeliveryRecount(IReadOnlyList<(string Destination, DeliveryState State, long Count)> Counts, EngineId Last);

internal readonly record struct NumberedMessage(long Number, MessageState State, EngineId Message);
