using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>
/// A body with what it says by its practice's tables, and what comes of that: the steps that an HL7 message and a row of a file have in
/// common. It is mapped once and reconciled as often as its records change meanwhile.
/// </summary>
internal sealed class MappedBody
{
    private readonly Hl7Message? _message;
    private readonly Practice _practice;
    private readonly LiveMapping _live;
    private readonly IReadOnlyList<MappingNote> _noted;

    private MappedBody(Hl7Message? message, MappedMessage mapped, IReadOnlyList<MappingNote> order, Practice practice, LiveMapping live)
    {
        (_message, Mapped, _practice, _live) = (message, mapped, practice, live);
        _noted = order.Count > 0 ? [.. mapped.Notes, .. order] : mapped.Notes;
    }

    public MappedMessage Mapped { get; }

    public static MappedBody Of(Hl7Message message, DateTimeOffset receivedAt, Practice practice, LiveMapping live) =>
        new(message, live.For(practice).Read(message, new ReadContext(Instant.FromDateTimeOffset(receivedAt))), GrammarRules.Order(message), practice, live);

    /// <param name="row">The row.</param>
    /// <param name="receivedAt">When its file was received.</param>
    /// <param name="eventAt">When its file was made.</param>
    /// <param name="practice">Whose it is.</param>
    /// <param name="live">The mapping set that reads it.</param>
    public static MappedBody Of(FileRow row, DateTimeOffset receivedAt, Instant eventAt, Practice practice, LiveMapping live) =>
        new(null, row.Read(live.For(practice), new ReadContext(Instant.FromDateTimeOffset(receivedAt), eventAt)), [], practice, live);

    /// <summary>What becomes of it whatever is stored: nobody maps it, or its content can't be applied. Null for all others.</summary>
    public Verdict? Foregone(SourceBinding source) =>
        !Mapped.IsMapped ? Verdict.NotMapped(_message, Policy.UnmappedEvent(source, _practice))
        : Mapped.IsRejected ? Verdict.BadContent(_message, Details.Of(_noted), Details.Reviews(Mapped.Notes, []), Policy.BadContent(source, _practice))
        : null;

    /// <summary>What must be loaded before <see cref="Reconcile"/>.</summary>
    public LoadQuery Query(ReceiptKey? receipt) => MessageWork.Query(Mapped.Records, receipt);

    /// <summary>Meets what is stored.</summary>
    /// <param name="arrival">The body and how it came.</param>
    /// <param name="loaded">What <see cref="Query"/> asked for.</param>
    /// <param name="merged">Its patients who are one with others.</param>
    /// <param name="ids">Gives new records theirs.</param>
    /// <param name="latest">It counts from this time at the latest, UTC milliseconds; null for its own.</param>
    public (Verdict Verdict, MessageWork Work) Reconcile(Arrival arrival, LoadedRecords loaded, MergedPatients merged, IdSource ids, long? latest = null)
    {
        var mapped = latest is { } time ? Mapped.AsOf(time) : Mapped;
        var cause = new Cause(arrival.Id, mapped.EventTime, arrival.Source.Name, _live.Hash);
        var work = MessageWork.Run(_practice.Id, _practice.Conflicts, mapped, loaded, merged, cause, ids, arrival.Accepted);
        var notes = Details.Of(_noted, work.Notes, _live.For(_practice).Maps);
        return (Verdict.Of(arrival, _message, mapped, work, notes, loaded.Earlier, Policy.BadContent(arrival.Source, _practice)), work);
    }
}
