namespace InterfaceEngine.Store;

/// <summary>What is kept of a message beside its body, sealed together: control id, detail, replies.</summary>
internal readonly record struct MessageNotes(string ControlId, string? Detail, ReadOnlyMemory<byte> Reply, ReadOnlyMemory<byte> ApplicationReply = default)
{
    private const byte Format = 2;

    /// <summary>Of before enhanced mode: one reply.</summary>
    private const byte FormatWithOneReply = 1;

    /// <summary>Encodes into a rented buffer; the caller disposes it.</summary>
    public DocumentWriter Encode()
    {
        var writer = new DocumentWriter(1024);
        writer.Byte(Format);
        writer.Text(ControlId);
        writer.Byte(Detail is null ? (byte)0 : (byte)1);
        if (Detail is not null)
        {
            writer.Text(Detail);
        }

        writer.Bytes(Reply.Span);
        writer.Bytes(ApplicationReply.Span);
        return writer;
    }

    /// <exception cref="InvalidDataException">The bytes are no notes of a format this engine reads.</exception>
    public static MessageNotes Decode(ReadOnlySpan<byte> document)
    {
        var hasOneReply = document is [FormatWithOneReply, ..];
        var reader = new DocumentReader(document, hasOneReply ? FormatWithOneReply : Format);
        var controlId = reader.Text();
        var detail = reader.Byte() == 0 ? null : reader.Text();
        var reply = reader.Bytes().ToArray();
        var applicationReply = hasOneReply ? [] : reader.Bytes().ToArray();
        reader.End();
        return new MessageNotes(controlId, detail, reply, applicationReply);
    }
}
