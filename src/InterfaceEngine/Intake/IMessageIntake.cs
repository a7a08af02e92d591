using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>
/// The path of one message, parse to commit. Sources call it for every whole body they receive, on their own
/// tasks and in parallel; the receipt they get back <em>is</em> the promise that the message is on disk.
/// </summary>
internal interface IMessageIntake
{
    /// <summary>
    /// Takes one body to its verdict. Returns only after the commit. A body that is refused is kept too.
    /// </summary>
    /// <exception cref="Store.StoreUnavailableException">
    /// Our own store failed: the source gives no answer and closes the connection, for the sender still holds the message.
    /// </exception>
    /// <exception cref="OperationCanceledException">The engine stops; nothing was promised.</exception>
    ValueTask<Receipt> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken);

    /// <summary>A batch or file comes in: called before its first message, which names it.</summary>
    /// <returns>Its id, which is on disk.</returns>
    /// <exception cref="Store.StoreUnavailableException">Our own store failed; the batch gets no answer.</exception>
    ValueTask<EngineId> BeginBatchAsync(string source, bool isFile, CancellationToken cancellationToken);

    /// <summary>Keeps what a batch was, after its messages were accepted, or once it broke off.</summary>
    /// <exception cref="Store.StoreUnavailableException">Our own store failed; the batch gets no answer.</exception>
    ValueTask EndBatchAsync(Batches.BatchSummary batch, CancellationToken cancellationToken);
}

/// <summary>One whole body as a source received it.</summary>
/// <param name="Body">The raw bytes, without framing. The source does not touch them again until the receipt is in.</param>
/// <param name="Source">What the settings say about the source it came through.</param>
/// <param name="Fault">Why the body is not whole (an oversize frame of which only the head was read); null for a whole body.</param>
internal readonly record struct IncomingMessage(ReadOnlyMemory<byte> Body, SourceBinding Source, FrameFault? Fault = null)
{
    /// <summary>Its place among all that the source received (<see cref="SourceNumbers.Next"/>); the source settles it by the receipt.</summary>
    public SourceNumber Number { get; init; }

    /// <summary>The batch or file it came in, which was begun; null for one that came by itself.</summary>
    public EngineId? Batch { get; init; }

    /// <summary>Takes a reply that is given after the receipt; null when its sender can't be reached later.</summary>
    public IReplyTaker? Sender { get; init; }
}

/// <summary>A body that can't be taken whole: its head is kept and answered AR.</summary>
/// <param name="Reason">For the sender, without patient data, e.g. <c>frame is larger than 16 MiB</c>.</param>
internal sealed record FrameFault(string Reason);

/// <summary>What the settings say about a source, as far as the path of a message needs it.</summary>
internal sealed record SourceBinding
{
    /// <summary>The source's name in settings, e.g. <c>front-desk</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The practices whose messages may come this way. MSH-4.1 decides between them.</summary>
    public required IReadOnlyList<string> Practices { get; init; }

    /// <summary>What bad content gets; null takes the practice's profile: <c>athena</c> AA and quarantine, the others AE.</summary>
    public BadContentPolicy? BadContent { get; init; }

    /// <summary>What an event that nobody maps gets; null takes the practice's profile: <c>athena</c> AA and ignored, the others AR.</summary>
    public UnmappedEventPolicy? UnmappedEvent { get; init; }

    /// <summary>Processing ids (MSH-11, table 0103) that are taken; others get AR. An empty MSH-11 is always taken.</summary>
    public IReadOnlyList<string> ProcessingIds { get; init; } = ["P", "T"];

    /// <summary>Whether senders number their messages in MSH-13, and only the next one is taken. Default: false.</summary>
    public bool SequenceNumbers { get; init; }

    /// <summary>When the application's reply of enhanced mode is given. Default: on commit.</summary>
    public AcknowledgePolicy Acknowledge { get; init; }

    /// <summary>Where the application's reply of enhanced mode goes; null sends it back over the message's own connection.</summary>
    public ApplicationReplyOptions? ApplicationReplies { get; init; }

    /// <summary>
    /// Whether only messages after the grammar of their version are taken. Default: no, for real feeds break it. What is
    /// refused gets AE (AR for an event the version has not) with an ERR for every fault, whatever the practice's profile.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>How a batch that comes over a connection is answered. Default: by a batch.</summary>
    public BatchReplyPolicy BatchReply { get; init; }

    /// <summary>Messages that are not for us, in the order they are written. Looked at before anything else.</summary>
    public IReadOnlyList<FilterRow> Filters { get; init; } = [];
}

/// <summary>When the application's reply of enhanced mode is given. In original mode there is but one reply, on commit.</summary>
internal enum AcknowledgePolicy
{
    /// <summary>When the message is stored and judged. One that waits for its patient, or for a person, is answered AA.</summary>
    OnCommit,

    /// <summary>When the message was applied: one that waits is answered once it was taken up again.</summary>
    OnApplied,
}

/// <summary>How a batch is answered.</summary>
internal enum BatchReplyPolicy
{
    /// <summary>By a batch of acknowledgements, one for each message.</summary>
    Batch,

    /// <summary>By one acknowledgement for the whole: AA when every message of it was taken.</summary>
    Single,
}

/// <summary>Where the application's replies of enhanced mode go.</summary>
/// <param name="Destination">The name of a destination in the settings. The reply waits for it in the same transaction as its message.</param>
internal sealed record ApplicationReplyOptions(string Destination);

/// <summary>What the sender is told about bad content.</summary>
internal enum BadContentPolicy
{
    /// <summary>AE, with every problem found.</summary>
    Refuse,

    /// <summary>AA: the message is kept in quarantine and shown, and the sender's feed goes on.</summary>
    Quarantine,
}

/// <summary>What the sender is told about an event that no mapping reads.</summary>
internal enum UnmappedEventPolicy
{
    /// <summary>AR.</summary>
    Refuse,

    /// <summary>AA: kept, counted as ignored.</summary>
    Ignore,
}

/// <summary>The promise that a message is stored, and what to answer.</summary>
/// <param name="Message">The message's id.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reply">The acknowledgement to send, without framing; empty when none is to be sent (an acknowledgement is never acknowledged).</param>
internal sealed record Receipt(EngineId Message, Store.MessageState State, ReadOnlyMemory<byte> Reply)
{
    /// <summary>In enhanced mode the application's reply, to be sent after the accept acknowledgement; empty when none is, or not yet.</summary>
    public ReadOnlyMemory<byte> ApplicationReply { get; init; }

    /// <summary>What <see cref="Reply"/> says, or would say if it were asked for; null when the message is never answered.</summary>
    public AcknowledgementCode? Answer { get; init; }

    /// <summary>What is wrong with a message that was not taken.</summary>
    public IReadOnlyList<Hl7Fault> Faults { get; init; } = [];

    /// <summary>The first deciding code; null when all is well.</summary>
    public string? Code { get; init; }

    /// <summary>MSH-10.</summary>
    public string ControlId { get; init; } = "";

    /// <summary>For a trial only: what was noticed.</summary>
    public MessageDetail? Detail { get; init; }

    /// <summary>What the charges of the message come to, by kind; empty unless it was applied.</summary>
    public IReadOnlyList<ChargeTotal> Charges { get; init; } = [];
}
