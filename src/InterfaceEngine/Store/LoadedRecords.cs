using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>What one message needs to know before it is reconciled.</summary>
/// <param name="Receipt">Asks whether the message was accepted before; null skips the question.</param>
/// <param name="Aliases">Records by name.</param>
/// <param name="LookUps">All records under a look-up key, e.g. the items of a patient's list.</param>
internal sealed record LoadQuery(ReceiptKey? Receipt, IReadOnlyList<RecordAlias> Aliases, IReadOnlyList<LookUpKey> LookUps)
{
    /// <summary>Asks for the last sequence number of a sender; null skips the question.</summary>
    public SequenceKey? Sequence { get; init; }
}

/// <summary>The answer to a <see cref="LoadQuery"/>.</summary>
internal sealed class LoadedRecords
{
    public static LoadedRecords Empty { get; } = new();

    /// <summary>An earlier accepted message with the same sender and control id; null when there is none.</summary>
    public EarlierReceipt? Earlier { get; init; }

    /// <summary>The last sequence number that was taken; null when none is known, or none was asked for.</summary>
    public long? LastSequenceNumber { get; init; }

    public IReadOnlyDictionary<RecordAlias, StoredRecord> ByAlias { get; init; } = new Dictionary<RecordAlias, StoredRecord>();

    public IReadOnlyDictionary<LookUpKey, IReadOnlyList<StoredRecord>> ByLookUp { get; init; } = new Dictionary<LookUpKey, IReadOnlyList<StoredRecord>>();
}

/// <param name="Message">The earlier message.</param>
/// <param name="IsSameBody">True: a resend. False: the sender used the id again for another body.</param>
/// <param name="Reply">The reply it got; empty when the body is another.</param>
/// <param name="ApplicationReply">In enhanced mode the application's reply, if it was given; empty when the body is another.</param>
internal sealed record EarlierReceipt(EngineId Message, bool IsSameBody, ReadOnlyMemory<byte> Reply, ReadOnlyMemory<byte> ApplicationReply = default);
