using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>Questions to the store, inside one read transaction. Lists are paged: no question can fill the memory.</summary>
internal interface IStoreReader : ILedgerReader, ICauseReader, IBatchReader, IFileReader, IRetentionReader
{
    /// <summary>Messages, newest first. One that was altered outside the engine is listed as that (<see cref="StoredMessage.IsDamaged"/>).</summary>
    IReadOnlyList<StoredMessage> Messages(MessageFilter filter);

    /// <summary>The corrected copies of a message, oldest first.</summary>
    IReadOnlyList<EngineId> Corrections(EngineId message);

    /// <summary>One message with body, reply and detail; null when there is none.</summary>
    /// <exception cref="Protection.ProtectionException">It was altered outside the engine.</exception>
    StoredMessage? Message(EngineId id);

    /// <summary>
    /// Messages with their bodies in the order of their receipt, a page of <see cref="MessageBody.PageBytesMax"/> at most or one message that
    /// is larger. What became of them is not read. For the engine's own comparing: a body that reaches a person is audited by whoever shows it.
    /// </summary>
    /// <param name="practice">Null for all practices.</param>
    /// <param name="after">Only messages with a larger id: where the page before ended.</param>
    /// <param name="until">Only messages with a smaller id.</param>
    /// <param name="limit">The most messages of a page.</param>
    IReadOnlyList<MessageBody> MessageBodies(string? practice, EngineId after, EngineId until, int limit);

    /// <summary>The id before which to begin, so that of the messages between two ids only the last are read.</summary>
    /// <param name="practice">Null for all practices.</param>
    /// <param name="after">Only messages with a larger id count.</param>
    /// <param name="until">Only messages with a smaller id count.</param>
    /// <param name="count">How many messages; where there are no more, <paramref name="after"/> is the answer.</param>
    EngineId BeforeLast(string? practice, EngineId after, EngineId until, int count);

    /// <summary>Those of some messages that are stored and wait for nothing any more.</summary>
    IReadOnlyList<EngineId> Settled(IReadOnlyList<EngineId> messages);

    /// <summary>Records of a practice and type in the order they were made.</summary>
    IReadOnlyList<StoredRecord> Records(string practice, string type, EngineId after, int limit);

    StoredRecord? Record(string practice, EngineId id);

    StoredRecord? Record(string practice, RecordAlias alias);

    /// <summary>Records under a look-up key, in the order they were made.</summary>
    IReadOnlyList<StoredRecord> Records(string practice, LookUpKey key);

    /// <summary>A page of the records under a look-up key, in the order they were made: under one there may be more than are ever read at once.</summary>
    IReadOnlyList<StoredRecord> Records(string practice, LookUpKey key, EngineId after, int limit);

    /// <summary>The record types of a practice with their counts.</summary>
    IReadOnlyList<(string Type, long Count)> RecordCounts(string practice);

    /// <summary>Changes of one record, newest first, by following the chain from <see cref="StoredRecord.ChangedSequence"/>.</summary>
    IReadOnlyList<StoredChange> Changes(string practice, StoredRecord record, int limit);

    /// <summary>
    /// Commits that changed something of a practice, in the order in which they were committed: one that is not there yet never gets a sequence below one that is.
    /// </summary>
    /// <param name="practice">The practice.</param>
    /// <param name="after">The sequence of the last one that is known; 0 for the beginning of what is kept.</param>
    /// <param name="limit">The most commits of a page.</param>
    IReadOnlyList<StoredCommit> Commits(string practice, long after, int limit);

    /// <summary>Open review items (or those of <paramref name="state"/>), newest first; practice null for all. One that can't be opened has no detail.</summary>
    IReadOnlyList<StoredReview> Reviews(string? practice, string state, int limit);

    StoredReview? Review(EngineId id);

    /// <summary>The messages in which a review item was seen, oldest first (the first thousand are kept).</summary>
    IReadOnlyList<EngineId> ReviewMessages(EngineId review);

    /// <summary>Messages in a state, oldest first: what is to be taken up again.</summary>
    /// <exception cref="ArgumentException">It is a state in which nothing waits, of which there may be any number.</exception>
    IReadOnlyList<EngineId> MessagesIn(MessageState state, int limit);

    /// <summary>How many messages of each source and state.</summary>
    IReadOnlyList<(string Source, MessageState State, long Count)> MessageCounts();

    /// <summary>Deliveries that tell of a record, newest first, without their bodies.</summary>
    IReadOnlyList<StoredDelivery> DeliveriesOf(string practice, EngineId record, int limit);

    /// <summary>Deliveries, newest first, without their bodies. One that was altered outside the engine is listed as that (<see cref="StoredDelivery.IsDamaged"/>).</summary>
    IReadOnlyList<StoredDelivery> Deliveries(DeliveryFilter filter);

    /// <summary>Whose delivery it is and how it stands; null when there is none. Opens nothing, so it tells of damaged ones too.</summary>
    DeliveryStanding? Standing(EngineId delivery);

    /// <summary>One delivery with its body; null when there is none. What can't be opened is left empty (<see cref="StoredDelivery.IsDamaged"/>).</summary>
    StoredDelivery? Delivery(EngineId id);

    /// <summary>Records of which a delivery waits or is held, with when the oldest of them was queued, UTC milliseconds.</summary>
    IReadOnlyDictionary<EngineId, long> WaitingChanges(string practice);

    /// <summary>How many deliveries of each destination and state.</summary>
    IReadOnlyList<(string Destination, DeliveryState State, long Count)> DeliveryCounts();

    /// <summary>When the oldest delivery that waits was queued, UTC milliseconds; null when none waits.</summary>
    long? OldestWaiting(string destination);

    /// <summary>Every lease that was ever taken, by name.</summary>
    IReadOnlyList<StoredLease> Leases();

    /// <summary>The processes that share the store, dead ones too, by name.</summary>
    IReadOnlyList<StoredNode> Nodes();

    /// <summary>Audit rows, newest first.</summary>
    IReadOnlyList<StoredAudit> Audit(string? practice, int limit);

    /// <summary>The sequence of the first audit row that was altered, left out or put in outside the engine; null when all are as they were written.</summary>
    long? FirstAlteredAudit();

    /// <summary>The files of a mapping set as they were kept; null when the set is unknown.</summary>
    ReadOnlyMemory<byte>? MappingSet(string hash);

    /// <summary>The mapping sets that were deployed, the one in force first.</summary>
    IReadOnlyList<DeployedSet> DeployedSets(int limit);

    /// <summary>Writes a practice's attachment to a stream, piece by piece.</summary>
    /// <returns>Its size in bytes; null when the practice has no attachment of this id.</returns>
    /// <exception cref="Protection.ProtectionException">It was altered, cut off or put together outside the engine; the stream may hold its beginning.</exception>
    long? CopyAttachment(string practice, string id, Stream target);

    /// <summary>Adds the records that this question showed to its audit row.</summary>
    void Shown(StoredRecord record);
}

/// <param name="Practice">Null for all practices, an empty string for messages whose practice is unknown.</param>
/// <param name="Before">Only messages with a smaller id (the next page); <see cref="EngineId.None"/> for the first page.</param>
internal sealed record MessageFilter(string? Practice, MessageState? State, string? Event, EngineId Before, int Limit = 50);

/// <summary>What came, without what became of it.</summary>
/// <param name="Practice">Null when the practice is unknown.</param>
/// <param name="Body">Empty when it is damaged.</param>
/// <param name="IsDamaged">It was altered outside the engine, or its key is not kept.</param>
internal sealed record MessageBody(EngineId Id, string? Practice, long ReceivedAt, ReadOnlyMemory<byte> Body, bool IsDamaged)
{
    /// <summary>See <see cref="MessageWrite.Event"/>: says whether it is a row of a file, and of which kind.</summary>
    public required string Event { get; init; }

    /// <summary>The most bytes of a page of bodies.</summary>
    public const int PageBytesMax = 4 * 1024 * 1024;
}

/// <summary>A message as it is kept.</summary>
internal sealed record StoredMessage
{
    public required EngineId Id { get; init; }

    /// <summary>Null when the practice is unknown.</summary>
    public required string? Practice { get; init; }

    public required string Source { get; init; }

    public required long ReceivedAt { get; init; }

    public required string Event { get; init; }

    public required MessageState State { get; init; }

    public required string? Code { get; init; }

    public required string? MappingSet { get; init; }

    public required string ControlId { get; init; }

    public required string? Detail { get; init; }

    /// <summary>Empty in lists.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Empty in lists.</summary>
    public ReadOnlyMemory<byte> Reply { get; init; }

    /// <summary>In enhanced mode the application's reply, once it was given. Empty in lists.</summary>
    public ReadOnlyMemory<byte> ApplicationReply { get; init; }

    /// <summary>Size of the body in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>In lists: it was altered outside the engine, and only its plain columns are known.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>The original, for a corrected copy; null for what a source received.</summary>
    public EngineId? Parent { get; init; }

    /// <summary>See <see cref="MessageWrite.Run"/>.</summary>
    public long Run { get; init; }

    /// <summary>See <see cref="MessageWrite.Number"/>.</summary>
    public long Number { get; init; }
}

/// <summary>One commit's changes to one record.</summary>
/// <param name="Previous">The sequence of the record's change before it, kept or not; 0 for its first.</param>
internal sealed record StoredChange(long Sequence, long CommittedAt, EngineId Message, EngineId Record, long Previous, IReadOnlyList<FieldChange> Fields);

/// <summary>All that one commit changed.</summary>
/// <param name="Message">What caused it; <see cref="EngineId.None"/> for a person's own change.</param>
internal sealed record StoredCommit(long Sequence, long CommittedAt, EngineId Message, IReadOnlyList<RecordChange> Records);

/// <param name="Detail">Null in a list when it can't be opened.</param>
internal sealed record StoredReview(EngineId Id, string Practice, string Kind, string State, long FirstSeen, long LastSeen, long Count, string? Detail);

internal sealed record StoredAudit(long Sequence, long At, string Actor, string Action, string? Practice, string? Subject, string? Reason, IReadOnlyList<EngineId> Records);
