using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>Writes a unit's attachments chunk by chunk, sealing each as it is written: none is ever in memory as a whole.</summary>
internal sealed class AttachmentWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _insert;
    private readonly SqlStatement _insertChunk;
    private byte[] _content = [];
    private byte[] _sealed = [];

    public AttachmentWriter(WriterSession session)
    {
        _session = session;
        _insert = session.Database.Prepare("""
            INSERT INTO attachments (practice_id, content_hash, attachment_id, message_id, kept_at, size, key_version)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
            """);
        _insertChunk = session.Database.Prepare("INSERT INTO attachment_chunks (practice_id, attachment_id, number, content) VALUES (?1, ?2, ?3, ?4)");
    }

    public void Write(SealedUnit unit)
    {
        foreach (var attachment in unit.Attachments)
        {
            var hash = attachment.Content;
            _insert.Bind(1, unit.Practice).Bind(2, in hash).Bind(3, attachment.Id).Bind(5, _session.Now).Bind(6, attachment.Size).Bind(7, unit.KeyVersion);
            _ = unit.Message is { } message ? _insert.Bind(4, message.Write.Id.Value) : _insert.BindNull(4);
            if (_insert.Run() == 1)
            {
                WriteChunks(unit.Practice, attachment);
            }
        }
    }

    private void WriteChunks(string practice, AttachmentRow attachment)
    {
        _content = _content.Length == 0 ? new byte[AttachmentChunks.Bytes] : _content;
        _sealed = _sealed.Length == 0 ? new byte[DataKey.SealedLength(AttachmentChunks.Bytes)] : _sealed;
        using var stream = attachment.Open();
        var count = AttachmentChunks.CountOf(attachment.Size);
        var left = attachment.Size;
        try
        {
            for (var number = 0; number < count; number++)
            {
                var content = _content.AsSpan(0, (int)Math.Min(left, AttachmentChunks.Bytes));
                stream.ReadExactly(content);
                left -= content.Length;
                var sealedContent = _sealed.AsSpan(0, DataKey.SealedLength(content.Length));
                attachment.Key.Seal(AttachmentChunks.Identity(attachment.Id, number, count), content, sealedContent);
                _insertChunk.Bind(1, practice).Bind(2, attachment.Id).Bind(3, number).Bind(4, sealedContent).Run();
            }

            if (stream.ReadByte() >= 0)
            {
                throw new InvalidOperationException($"Attachment {attachment.Id} is longer than it says.");
            }
        }
        finally
        {
            _content.AsSpan().Clear();
        }
    }
}
