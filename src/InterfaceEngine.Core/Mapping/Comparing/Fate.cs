using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>What becomes of a message by one set: which records it makes, or why none.</summary>
/// <param name="Word">For people.</param>
/// <param name="Rank">0 when it is applied; more is worse.</param>
/// <param name="Mapped">What was read; null when a filter kept it out.</param>
internal sealed record Fate(string Word, int Rank, MappedMessage? Mapped)
{
    public bool IsApplied => Rank == 0;

    /// <summary>The filter that kept it out; null when none did.</summary>
    public FilterRow? Filter { get; private init; }

    /// <summary>What it would be called as a failure, where no note has a code for it.</summary>
    public string? Reason { get; private init; }

    public static Fate Of(PracticeReader reader, Hl7Message message, ReadContext context) =>
        FilterRow.First(reader.Maps.Filters, message, context.ReceivedAt, reader.Practice.Zone) is { } filter
            ? new Fate("filtered", 2, null) { Filter = filter, Reason = FailureReason.Filtered }
            : Of(reader.Read(message, context));

    public static Fate Of(MappedMessage mapped) => mapped switch
    {
        { IsMapped: false } => new Fate("not mapped", 2, mapped) { Reason = FailureReason.Unmapped },
        { IsRejected: true } => new Fate("refused", 2, mapped),
        { IsHeld: true } => new Fate("held", 1, mapped),
        _ => new Fate("applied", 0, mapped),
    };
}
