using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store;

/// <summary>A <see cref="CommitUnit"/> as rows: hashed and sealed, so that the writer only has to write.</summary>
internal sealed class SealedUnit
{
    /// <summary>'' for the engine itself.</summary>
    public required string Practice { get; init; }

    public required int KeyVersion { get; init; }

    public MessageRow? Message { get; init; }

    public ReceiptRow? Receipt { get; init; }

    public SequenceRow? Sequence { get; init; }

    public RecordRow[] Records { get; init; } = [];

    public LookUpRow[] LookUps { get; init; } = [];

    public ChangeRow? Change { get; init; }

    public ReviewRow[] Reviews { get; init; } = [];

    public CauseRow? Cause { get; init; }

    public AttachmentRow[] Attachments { get; init; } = [];

    public AliasHash[] WaitsFor { get; init; } = [];

    public IReadOnlyList<ReviewDecision> Decisions { get; init; } = [];

    public ClosingRow[] Closes { get; init; } = [];

    /// <summary>The kept message that gets the cause; <see cref="EngineId.None"/> when it is the unit's own.</summary>
    public EngineId CauseOf { get; init; }

    public DeliveryRow[] Deliveries { get; init; } = [];

    public IReadOnlyList<DeliveryDecision> DeliveryDecisions { get; init; } = [];

    public AcceptanceRow? Accepts { get; init; }

    public AuditRow? Audit { get; init; }

    /// <summary>Sealed bytes in all.</summary>
    public required int Size { get; init; }
}

/// <param name="Write">What stands in plain columns.</param>
/// <param name="Notes">Sealed <see cref="MessageNotes"/>.</param>
/// <param name="Body">Sealed body; null for a large one, which is sealed piece by piece while it is written.</param>
/// <param name="Key">Of the unit.</param>
internal sealed record MessageRow(MessageWrite Write, byte[] Notes, byte[]? Body, DataKey Key)
{
    /// <summary>A body above this is never in memory a second time.</summary>
    public const int WholeBytesMax = 1024 * 1024;

    public int SealedBodyLength => DataKey.SealedLength(Write.Body.Length);
}

/// <param name="Key">The hash that its review item is found by.</param>
internal sealed record ClosingRow(string Kind, KeyedHash Key, string Decision);

internal sealed record ReceiptRow(long ReceivedAt, KeyedHash Control, KeyedHash Fingerprint);

internal sealed record SequenceRow(SequenceWrite Write, KeyedHash Sender);

internal sealed class RecordRow
{
    public required RecordWrite Write { get; init; }

    public required long? EventAt { get; init; }

    public required byte[] Document { get; init; }

    public AliasHash[] NewAliases { get; init; } = [];

    public KeyedHash[] NewLookUps { get; init; } = [];

    public KeyedHash[] OldLookUps { get; init; } = [];
}

internal readonly record struct LookUpRow(long Record, KeyedHash Key, bool IsRemoved);

/// <param name="Unit">A random number that the document is sealed with, because its sequence is not known before the commit.</param>
/// <param name="Document">Sealed <see cref="ChangeDocument"/>.</param>
internal sealed record ChangeRow(long Unit, byte[] Document);

/// <param name="Id">Its rows' own id; the chunks are sealed with it.</param>
/// <param name="Content">The hash of its content's id, by which it is found.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Open">Reads it.</param>
/// <param name="Key">Seals its chunks one by one while they are written, so that it is never held as a whole.</param>
internal sealed record AttachmentRow(long Id, KeyedHash Content, long Size, Func<Stream> Open, DataKey Key);

/// <param name="Id">For a cause that is not known yet.</param>
/// <param name="Detail">Sealed <see cref="CauseWrite.Encode"/>.</param>
internal sealed record CauseRow(CauseWrite Write, long Id, KeyedHash Key, byte[] Detail);

/// <param name="Difference">The difference's id, under which it is sealed.</param>
internal sealed record AcceptanceRow(long Difference, byte[] Detail);

internal sealed record ReviewRow(long Id, string Kind, KeyedHash Key, byte[] Detail);

/// <param name="Notes">Sealed <see cref="DeliveryNotes"/>.</param>
/// <param name="Body">Sealed body.</param>
internal sealed record DeliveryRow(DeliveryWrite Write, KeyedHash Lane, byte[] Notes, byte[] Body);

/// <param name="Notes">Sealed <see cref="DeliveryNotes"/>; null leaves those that are stored.</param>
internal sealed record SettledRow(DeliverySettlement Settlement, byte[]? Notes);

/// <param name="Entry">Who, what and when; its subject and reason are in the document.</param>
/// <param name="Id">A random number that the document is sealed with.</param>
/// <param name="KeyVersion">Of the key of the entry's practice.</param>
/// <param name="Document">Sealed <see cref="AuditDocument"/>.</param>
internal sealed record AuditRow(AuditEntry Entry, long Id, int KeyVersion, byte[] Document);
