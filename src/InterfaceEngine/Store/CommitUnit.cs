using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>What became of a message. Every message is in exactly one of these.</summary>
internal enum MessageState
{
    /// <summary>It changed at least one record.</summary>
    Applied,

    /// <summary>It was read and changed nothing.</summary>
    Unchanged,

    /// <summary>The same message came before and was accepted: it got the stored reply.</summary>
    Duplicate,

    /// <summary>No mapping reads this event, and the listener says to ignore such.</summary>
    Ignored,

    /// <summary>Refused with AE or AR. Kept; a resend is a new attempt.</summary>
    Refused,

    /// <summary>Its content is bad, and the listener says to accept and keep such for a person.</summary>
    Quarantined,

    /// <summary>It waits for a patient whom nobody has sent yet.</summary>
    Parked,

    /// <summary>The patient it waited for has come: to be taken up again.</summary>
    Ready,

    /// <summary>It contradicts what is stored: a person decides.</summary>
    Held,

    /// <summary>A person decided that it is not to be applied.</summary>
    Dismissed,
}

/// <summary>
/// One message with everything it does to the store: raw bytes, verdict, reply, records, reviews. One transaction.
/// </summary>
internal sealed record CommitUnit
{
    /// <summary>The practice; null when it is not known: then only the message is kept, under the engine's own key.</summary>
    public required string? Practice { get; init; }

    /// <summary>The message, or null for a unit that only a command makes.</summary>
    public MessageWrite? Message { get; init; }

    /// <summary>Remembered when the message was accepted, so that a resend gets the stored reply.</summary>
    public ReceiptKey? Receipt { get; init; }

    /// <summary>Advances the sequence number of the message's sender; null where there is none.</summary>
    public SequenceWrite? Sequence { get; init; }

    public IReadOnlyList<RecordWrite> Records { get; init; } = [];

    /// <summary>
    /// Look-ups of records whose contents stay as they are: for what was stored before it could be found so. One that is there already is no fault.
    /// For a unit without a message.
    /// </summary>
    public IReadOnlyList<LookUpWrite> LookUps { get; init; } = [];

    public IReadOnlyList<ReviewWrite> Reviews { get; init; } = [];

    /// <summary>Binaries that the records name. What the practice has already is not kept twice.</summary>
    public IReadOnlyList<AttachmentWrite> Attachments { get; init; } = [];

    /// <summary>
    /// The aliases a parked message waits for: a later commit that makes one of them turns it <see cref="MessageState.Ready"/>.
    /// A <see cref="CommitOutcome.Conflict"/> when one has come meanwhile.
    /// </summary>
    public IReadOnlyList<RecordAlias> WaitsFor { get; init; } = [];

    /// <summary>What is to be sent because of it.</summary>
    public IReadOnlyList<DeliveryWrite> Deliveries { get; init; } = [];

    /// <summary>What a person decided about deliveries of the practice.</summary>
    public IReadOnlyList<DeliveryDecision> DeliveryDecisions { get; init; } = [];

    /// <summary>Why its message needs somebody; null when it does not (any more).</summary>
    public CauseWrite? Cause { get; init; }

    /// <summary>Review items that this unit closes.</summary>
    public IReadOnlyList<ReviewDecision> Decisions { get; init; } = [];

    /// <summary>Review items that this unit closes where they are open: those that its message has settled by leaving its state.</summary>
    public IReadOnlyList<ReviewClosing> Closes { get; init; } = [];

    /// <summary>A message that stands still and was kept without a cause gets <see cref="Cause"/>. For a unit without a message.</summary>
    public EngineId CauseOf { get; init; } = EngineId.None;

    /// <summary>
    /// A difference of the ledger that a person accepts; of a unit without a practice. A <see cref="CommitOutcome.Conflict"/> when it was
    /// accepted before.
    /// </summary>
    public LedgerAcceptance? Accepts { get; init; }

    /// <summary>For changes by a command: who, what and why, in the same transaction.</summary>
    public AuditEntry? Audit { get; init; }
}

/// <summary>A message to keep, or (when <see cref="Replaces"/> is set) the new state of one that is kept.</summary>
internal sealed record MessageWrite
{
    public required EngineId Id { get; init; }

    /// <summary>
    /// Null for a new message. For one that is taken up again: the state it was read in. The unit is a
    /// <see cref="CommitOutcome.Conflict"/> when it has left that state meanwhile.
    /// </summary>
    public MessageState? Replaces { get; init; }

    /// <summary>
    /// For a corrected copy, its original, which is dismissed in the same transaction and keeps all else. A
    /// <see cref="CommitOutcome.Conflict"/> when it has left its state meanwhile.
    /// </summary>
    public Original? Corrects { get; init; }

    /// <summary>The source's name.</summary>
    public required string Source { get; init; }

    /// <summary>UTC milliseconds.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>The run of its source's numbering (<see cref="SourceRun"/>); 0 when no source numbered it. Kept when it is taken up again.</summary>
    public long Run { get; init; }

    /// <summary>Its number among all that its source received; 0 when no source numbered it.</summary>
    public long Number { get; init; }

    /// <summary>The batch or file it came in, which is open; null for one that came by itself. Kept when it is taken up again.</summary>
    public EngineId? Batch { get; init; }

    /// <summary>The trigger event, e.g. <c>ADT^A04</c>; empty when it can't be read. No patient value.</summary>
    public required string Event { get; init; }

    public required MessageState State { get; init; }

    /// <summary>The first deciding code, e.g. <c>MAP530</c>, <c>AR201</c>; null when all is well. No patient value.</summary>
    public string? Code { get; init; }

    /// <summary>The hash of the mapping set that read it; null when none did.</summary>
    public string? MappingSet { get; init; }

    /// <summary>
    /// The raw bytes. Not written again on a replay, unless the message was kept without a practice and now has one:
    /// then it moves from the engine's own key to the practice's.
    /// </summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The acknowledgement as sent: the only one of original mode, or the accept acknowledgement of enhanced mode.</summary>
    public required ReadOnlyMemory<byte> Reply { get; init; }

    /// <summary>In enhanced mode the application's reply; empty when none is asked for, or it is not given yet.</summary>
    public ReadOnlyMemory<byte> ApplicationReply { get; init; }

    /// <summary>MSH-10, encrypted with the rest.</summary>
    public string ControlId { get; init; } = "";

    /// <summary>What it did and what was noticed, as JSON text; encrypted. Null when there is nothing to say.</summary>
    public string? Detail { get; init; }
}

/// <summary>The message that a corrected copy takes the place of.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">The state it was read in.</param>
internal sealed record Original(EngineId Id, MessageState State);

/// <summary>How a resend is recognised (architecture §4.3): sender, facility and control id, and the same body.</summary>
/// <param name="Control">MSH-3, MSH-4 and MSH-10 joined by a line break; without MSH-10, the body's fingerprint.</param>
/// <param name="Fingerprint">SHA-256 of the body, MSH-7 and MSH-13 left out.</param>
internal sealed record ReceiptKey(string Control, ReadOnlyMemory<byte> Fingerprint);

/// <summary>A record's next version.</summary>
internal sealed record RecordWrite
{
    /// <summary>
    /// The next version; its <see cref="StoredRecord.Version"/> is <see cref="ExpectedVersion"/> + 1, and its
    /// <see cref="StoredRecord.ChangedSequence"/> that of the version it was made from (0 for a new record): the store
    /// chains a change to the one before it, and gives the new sequence when there are <see cref="Changes"/>.
    /// </summary>
    public required StoredRecord Next { get; init; }

    /// <summary>The version it was made from; 0 for a new record.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>See <see cref="StoredRecord.Confirmations"/>, of the version it was made from. A <see cref="CommitOutcome.Conflict"/> when a file has confirmed that since.</summary>
    public long Confirmations { get; init; }

    /// <summary>Aliases this write adds. A <see cref="CommitOutcome.Conflict"/> when one names another record meanwhile.</summary>
    public IReadOnlyList<RecordAlias> NewAliases { get; init; } = [];

    public IReadOnlyList<LookUpKey> NewLookUps { get; init; } = [];

    public IReadOnlyList<LookUpKey> OldLookUps { get; init; } = [];

    /// <summary>Values that changed, for the change log; empty when only clocks advanced.</summary>
    public IReadOnlyList<FieldChange> Changes { get; init; } = [];
}

/// <param name="Record">The record that is found.</param>
/// <param name="Key">By what.</param>
/// <param name="IsRemoved">It is found so no longer.</param>
internal readonly record struct LookUpWrite(EngineId Record, LookUpKey Key, bool IsRemoved = false);

/// <summary>A binary to keep, encrypted in chunks.</summary>
/// <param name="Id">Made of its content: equal content has one id.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Open">
/// Reads exactly <paramref name="Size"/> bytes from the first. Called on the writer's thread, and again when the transaction had
/// to be run again; it must not wait for anything.
/// </param>
internal sealed record AttachmentWrite(string Id, long Size, Func<Stream> Open);

/// <summary>
/// Something a person should look at; repeated sightings are counted on one item, which keeps its first detail. A
/// dismissed item goes on counting and stays dismissed; after an accepted one, the next sighting opens a new item.
/// </summary>
/// <param name="Kind"><c>unknown code</c>, <c>unknown provider</c>, <c>unknown location</c>, <c>held</c>, <c>change</c>.</param>
/// <param name="Key">What makes it the same item, e.g. table, format and code. Hashed; may hold a patient's value.</param>
/// <param name="Detail">JSON text for people; encrypted.</param>
internal sealed record ReviewWrite(string Kind, string Key, string Detail);

/// <summary>The end of a review item that is known by what it is about; nothing happens where none is open.</summary>
/// <param name="Kind">As in <see cref="ReviewWrite"/>.</param>
/// <param name="Key">As in <see cref="ReviewWrite"/>.</param>
/// <param name="Decision"><c>accepted</c> or <c>dismissed</c>.</param>
internal sealed record ReviewClosing(string Kind, string Key, string Decision);

/// <summary>A person's word on a review item.</summary>
/// <param name="Item">The review item.</param>
/// <param name="Decision"><c>accepted</c> or <c>dismissed</c>.</param>
internal sealed record ReviewDecision(EngineId Item, string Decision);

/// <summary>Who read or changed what, when and why.</summary>
/// <param name="Actor">The account, e.g. the operating system's user name.</param>
/// <param name="Action">The command, e.g. <c>records show</c>.</param>
/// <param name="Practice">The practice whose data it concerns; null for the engine's own.</param>
/// <param name="Subject">What was asked for, e.g. type and external id or a query; encrypted.</param>
/// <param name="Reason">Why, as the person gave it; encrypted.</param>
internal sealed record AuditEntry(string Actor, string Action, string? Practice, string? Subject, string? Reason);

internal enum CommitOutcome
{
    Committed,

    /// <summary>A record, an alias or the message's state changed since it was read: load and reconcile again.</summary>
    Conflict,

    /// <summary>The same message was accepted meanwhile on another connection: load again and answer the stored reply.</summary>
    Duplicate,

    /// <summary>Another message of the same sender took the sequence number meanwhile: nothing may be answered, its sender will try again.</summary>
    OutOfSequence,

    /// <summary>Of a row that is committed with others: it breaks a rule of the schema, and would again. A unit that is committed by itself throws.</summary>
    Broken,
}

/// <param name="Outcome">Whether it is on disk.</param>
/// <param name="Sequence">Its place in the change log; 0 when no value changed.</param>
/// <param name="Ready">Parked messages whose patient this commit brought.</param>
internal sealed record CommitResult(CommitOutcome Outcome, long Sequence, IReadOnlyList<EngineId> Ready);
