using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store;

/// <summary>Turns units into rows on the caller's own task, in parallel, so that the one writer spends its time on SQL only.</summary>
/// <param name="ids">For review items and causes.</param>
internal sealed class UnitSealer(IdSource ids)
{
    /// <param name="unit">What is to be stored.</param>
    /// <param name="keys">Of the unit's practice, or the engine's own when it has none.</param>
    /// <param name="auditKeys">Of the audit entry's practice; unused without an entry.</param>
    public SealedUnit Seal(CommitUnit unit, PracticeKeys keys, PracticeKeys? auditKeys)
    {
        var key = keys.Current;
        var message = unit.Message is { } write ? SealMessage(write, key) : null;
        var records = new RecordRow[unit.Records.Count];
        var names = new NameHasher(keys.Hashing);
        var size = message is null ? 0 : message.SealedBodyLength + message.Notes.Length;
        var hasChanges = false;
        for (var index = 0; index < records.Length; index++)
        {
            records[index] = SealRecord(unit, unit.Records[index], keys, names);
            size += records[index].Document.Length;
            hasChanges |= unit.Records[index].Changes.Count > 0;
        }

        var deliveries = new DeliveryRow[unit.Deliveries.Count];
        for (var index = 0; index < deliveries.Length; index++)
        {
            deliveries[index] = SealDelivery(unit.Deliveries[index], keys);
            size += deliveries[index].Body.Length;
        }

        var change = hasChanges ? SealChange(unit, key) : null;
        return new SealedUnit
        {
            Practice = keys.Practice,
            KeyVersion = key.Version,
            Message = message,
            Receipt = unit.Receipt is { } receipt ? SealReceipt(unit, receipt, keys.Hashing) : null,
            Sequence = unit.Sequence is { } sequence ? new SequenceRow(sequence, Hash(sequence.Key, keys.Hashing)) : null,
            Records = records,
            LookUps = unit.LookUps.Count == 0 ? [] : [.. unit.LookUps.Select(write => new LookUpRow(write.Record.Value, names.Hash(write.Key), write.IsRemoved))],
            Change = change,
            Cause = unit.Cause is { } cause ? SealCause(cause, keys) : null,
            Reviews = unit.Reviews.Count == 0 ? [] : [.. unit.Reviews.Select(review => SealReview(review, keys))],
            Attachments = unit.Attachments.Count == 0 ? [] : [.. unit.Attachments.Select(attachment => Row(attachment, keys))],
            WaitsFor = names.Hash(unit.WaitsFor),
            Decisions = unit.Decisions,
            Closes = unit.Closes.Count == 0 ? [] : [.. unit.Closes.Select(closing => new ClosingRow(closing.Kind, HashReview(closing.Kind, closing.Key, keys), closing.Decision))],
            CauseOf = unit.CauseOf,
            Deliveries = deliveries,
            DeliveryDecisions = unit.DeliveryDecisions,
            Accepts = unit.Accepts is { } accepted ? SealAcceptance(accepted, key) : null,
            Audit = unit.Audit is { } audit ? SealAudit(audit, [], auditKeys!) : null,
            Size = size + (change?.Document.Length ?? 0) + (int)unit.Attachments.Sum(attachment => attachment.Size),
        };
    }

    public static AuditRow SealAudit(AuditEntry entry, IReadOnlyList<EngineId> records, PracticeKeys keys)
    {
        var id = RandomId();
        using var document = new AuditDocument(entry.Subject, entry.Reason, records).Encode();
        return new AuditRow(entry, id, keys.Current.Version, keys.Current.Seal(new RowIdentity(SealedKind.Audit, id), document.Written));
    }

    public static KeyedHash Hash(SequenceKey sequence, DataKey key) => key.Hash(HashKind.Sequence, sequence.Source, sequence.Sender);

    /// <param name="settlement">What became of an attempt.</param>
    /// <param name="keys">Of the delivery's practice.</param>
    public static SettledRow SealSettlement(DeliverySettlement settlement, PracticeKeys keys)
    {
        var delivery = settlement.Delivery;
        using var notes = new DeliveryNotes(delivery.ControlId, settlement.Reason, settlement.Reply).Encode();
        return new SettledRow(settlement, keys.Version(delivery.KeyVersion).Seal(new RowIdentity(SealedKind.DeliveryNotes, delivery.Id.Value), notes.Written));
    }

    private static DeliveryRow SealDelivery(DeliveryWrite write, PracticeKeys keys)
    {
        using var notes = new DeliveryNotes(write.ControlId, null, ReadOnlyMemory<byte>.Empty).Encode();
        return new DeliveryRow(
            write,
            keys.Hashing.Hash(HashKind.Lane, write.Destination, write.Lane),
            keys.Current.Seal(new RowIdentity(SealedKind.DeliveryNotes, write.Id.Value), notes.Written),
            keys.Current.Seal(new RowIdentity(SealedKind.DeliveryBody, write.Id.Value), write.Body.Span));
    }

    /// <summary>The hash that an attachment is found by.</summary>
    public static KeyedHash HashAttachment(string id, DataKey key) => key.Hash(HashKind.Attachment, id);

    private static AttachmentRow Row(AttachmentWrite write, PracticeKeys keys) =>
        new(RandomId(), HashAttachment(write.Id, keys.Hashing), write.Size, write.Open, keys.Current);

    private static MessageRow SealMessage(MessageWrite write, DataKey key)
    {
        using var notes = new MessageNotes(write.ControlId, write.Detail, write.Reply, write.ApplicationReply).Encode();
        return new MessageRow(
            write,
            key.Seal(new RowIdentity(SealedKind.MessageNotes, write.Id.Value), notes.Written),
            write.Body.Length > MessageRow.WholeBytesMax ? null : key.Seal(new RowIdentity(SealedKind.MessageBody, write.Id.Value), write.Body.Span),
            key);
    }

    private static ReceiptRow SealReceipt(CommitUnit unit, ReceiptKey receipt, DataKey key) => unit.Message is { } message
        ? new ReceiptRow(message.ReceivedAt, key.Hash(HashKind.Control, receipt.Control), key.Hash(HashKind.Fingerprint, receipt.Fingerprint.Span))
        : throw new InvalidOperationException("A receipt needs its message.");

    private static RecordRow SealRecord(CommitUnit unit, RecordWrite write, PracticeKeys keys, NameHasher names)
    {
        var next = write.Next;
        if (unit.Practice is not { Length: > 0 } practice || next.Practice != practice)
        {
            throw new InvalidOperationException($"Record {next.Id} is not the unit's practice's own.");
        }

        if (next.Version != write.ExpectedVersion + 1)
        {
            throw new InvalidOperationException($"Record {next.Id}: version {next.Version} does not follow version {write.ExpectedVersion}.");
        }

        using var document = RecordDocument.Encode(next);
        return new RecordRow
        {
            Write = write,
            EventAt = LatestEvent(next),
            Document = keys.Current.Seal(new RowIdentity(SealedKind.Record, next.Id.Value, next.Version), document.Written),
            NewAliases = names.Hash(write.NewAliases),
            NewLookUps = names.Hash(write.NewLookUps),
            OldLookUps = names.Hash(write.OldLookUps),
        };
    }

    private static ChangeRow SealChange(CommitUnit unit, DataKey key)
    {
        var id = RandomId();
        using var document = ChangeDocument.Encode(unit.Records);
        return new ChangeRow(id, key.Seal(new RowIdentity(SealedKind.Change, id), document.Written));
    }

    private CauseRow SealCause(CauseWrite cause, PracticeKeys keys)
    {
        var id = ids.Next().Value;
        using var document = cause.Encode();
        return new CauseRow(
            cause,
            id,
            keys.Hashing.Hash(HashKind.Cause, $"{cause.State.Text()}\n{cause.Code}", cause.Cell ?? "", cause.Text),
            keys.Current.Seal(new RowIdentity(SealedKind.Cause, id), document.Written));
    }

    private static AcceptanceRow SealAcceptance(LedgerAcceptance accepted, DataKey key)
    {
        using var document = accepted.Encode();
        return new AcceptanceRow(accepted.Difference.Value, key.Seal(new RowIdentity(SealedKind.Acceptance, accepted.Difference.Value), document.Written));
    }

    private ReviewRow SealReview(ReviewWrite review, PracticeKeys keys)
    {
        var id = ids.Next().Value;
        var detail = Encoding.UTF8.GetBytes(review.Detail);
        return new ReviewRow(id, review.Kind, HashReview(review.Kind, review.Key, keys), keys.Current.Seal(new RowIdentity(SealedKind.Review, id), detail));
    }

    private static KeyedHash HashReview(string kind, string key, PracticeKeys keys) => keys.Hashing.Hash(HashKind.Review, kind, key);

    private static long? LatestEvent(StoredRecord record)
    {
        long? latest = null;
        foreach (var field in record.Fields)
        {
            if (field.Cause is { } cause && (latest is null || cause.EventTime > latest))
            {
                latest = cause.EventTime;
            }
        }

        return latest;
    }

    private static long RandomId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) & long.MaxValue;
    }
}
