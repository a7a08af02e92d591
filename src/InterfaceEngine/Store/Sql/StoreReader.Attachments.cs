using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <content>Attachments, chunk by chunk.</content>
internal sealed partial class StoreReader
{
    public long? CopyAttachment(string practice, string id, Stream target)
    {
        if (_keys.Find(practice, _database) is not { } keys)
        {
            return null;
        }

        var hash = UnitSealer.HashAttachment(id, keys.Hashing);
        var row = Statement("SELECT attachment_id, size, key_version FROM attachments WHERE practice_id = ?1 AND content_hash = ?2").Bind(1, practice).Bind(2, in hash);
        if (!row.Step())
        {
            return null;
        }

        var (attachment, size, key) = (row.Long(0), row.Long(1), keys.Version(row.Int(2)));
        row.Reset();
        var chunks = Statement("SELECT content FROM attachment_chunks WHERE practice_id = ?1 AND attachment_id = ?2 ORDER BY number").Bind(1, practice).Bind(2, attachment);
        var count = AttachmentChunks.CountOf(size);
        var buffer = new byte[AttachmentChunks.Bytes];
        var number = 0;
        for (; number < count && chunks.Step(); number++)
        {
            var content = buffer.AsSpan(0, (int)Math.Min(size - ((long)number * AttachmentChunks.Bytes), AttachmentChunks.Bytes));
            Open(key, AttachmentChunks.Identity(attachment, number, count), chunks.Blob(0), content);
            target.Write(content);
        }

        chunks.Reset();
        buffer.AsSpan().Clear();
        return number == count ? size : throw new ProtectionException($"Attachment {attachment}: {number} of its {count} chunks are stored: it was cut off outside the engine.");
    }

    private static void Open(DataKey key, RowIdentity row, ReadOnlySpan<byte> sealedContent, Span<byte> content)
    {
        if (DataKey.OpenedLength(row, sealedContent) != content.Length)
        {
            throw new ProtectionException($"{row.Kind} {row.Row}: a chunk is not as long as it must be: it was changed outside the engine.");
        }

        key.Open(row, sealedContent, content);
    }
}
