using System.Buffers;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>Opens what rows keep sealed, through rented buffers that are cleared afterwards.</summary>
internal static class RowOpener
{
    private delegate T Decoder<out T>(ReadOnlySpan<byte> content);

    /// <summary>A record from its row: record_id, type, version, changed_sequence, key_version, document.</summary>
    public static StoredRecord Record(SqlStatement row, PracticeKeys keys) => Record(row.Long(0), row.Name(1), row.Long(2), row.Long(3), row.Int(4), row.Blob(5), keys);

    public static StoredRecord Record(long id, string type, long version, long changedSequence, int keyVersion, ReadOnlySpan<byte> document, PracticeKeys keys)
    {
        var (aliases, fields) = Open(keys.Version(keyVersion), new RowIdentity(SealedKind.Record, id, version), document, RecordDocument.Decode);
        return new StoredRecord
        {
            Id = new EngineId(id),
            Practice = keys.Practice,
            Type = type,
            Version = version,
            ChangedSequence = changedSequence,
            Aliases = aliases,
            Fields = fields,
        };
    }

    public static MessageNotes Notes(long message, DataKey key, ReadOnlySpan<byte> notes) =>
        Open(key, new RowIdentity(SealedKind.MessageNotes, message), notes, MessageNotes.Decode);

    public static byte[] Body(long message, DataKey key, ReadOnlySpan<byte> body) =>
        key.Open(new RowIdentity(SealedKind.MessageBody, message), body);

    public static RecordChange[] Changes(long unit, DataKey key, ReadOnlySpan<byte> document) =>
        Open(key, new RowIdentity(SealedKind.Change, unit), document, ChangeDocument.Decode);

    public static string ReviewDetail(long review, DataKey key, ReadOnlySpan<byte> detail) =>
        Open(key, new RowIdentity(SealedKind.Review, review), detail, Encoding.UTF8.GetString);

    public static (string? Place, string? Cell, string Text) Cause(long cause, DataKey key, ReadOnlySpan<byte> detail) =>
        Open(key, new RowIdentity(SealedKind.Cause, cause), detail, CauseWrite.Decode);

    public static (string Actor, string Reason, string Text) Acceptance(long difference, DataKey key, ReadOnlySpan<byte> detail) =>
        Open(key, new RowIdentity(SealedKind.Acceptance, difference), detail, LedgerAcceptance.Decode);

    public static AuditDocument Audit(long entry, DataKey key, ReadOnlySpan<byte> document) =>
        Open(key, new RowIdentity(SealedKind.Audit, entry), document, AuditDocument.Decode);

    public static DeliveryNotes DeliveryNotes(long delivery, DataKey key, ReadOnlySpan<byte> notes) =>
        Open(key, new RowIdentity(SealedKind.DeliveryNotes, delivery), notes, Store.DeliveryNotes.Decode);

    public static byte[] DeliveryBody(long delivery, DataKey key, ReadOnlySpan<byte> body) =>
        key.Open(new RowIdentity(SealedKind.DeliveryBody, delivery), body);

    private static T Open<T>(DataKey key, RowIdentity row, ReadOnlySpan<byte> sealedContent, Decoder<T> decode)
    {
        var length = DataKey.OpenedLength(row, sealedContent);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var content = buffer.AsSpan(0, length);
            key.Open(row, sealedContent, content);
            return decode(content);
        }
        finally
        {
            buffer.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
