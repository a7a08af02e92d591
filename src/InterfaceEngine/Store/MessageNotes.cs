namespace InterfaceEngine.Store;

/// <summary>What is kept of a message beside its body, sealed together: control id, detail, reply.</summary>
internal readonly record struct MessageNotes(string ControlId, string? Detail, ReadOnlyMemory<byte> Reply)
{
    private const byte Format = 1;

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
        return writer;
    }

    /// <exception cref="InvalidDataException">The bytes are no notes of a format this engine reads.</exception>
    public static MessageNotes Decode(ReadOnlySpan<byte> document)
    {
        var reader = new DocumentReader(document, Format);
        var controlId = reader.Text();
        var detail = reader.Byte() == 0 ? null : reader.Text();
        var reply = reader.Bytes().ToArray();
        reader.End();
        return new MessageNotes(controlId, detail, reply);
    }
}
