namespace InterfaceEngine.Store;

/// <summary>What is kept of a delivery beside its body, sealed together.</summary>
/// <param name="ControlId">MSH-10 of the body.</param>
/// <param name="Reason">Why the last attempt did not deliver it; null when none failed.</param>
/// <param name="Reply">The last reply; empty when there was none.</param>
internal readonly record struct DeliveryNotes(string ControlId, string? Reason, ReadOnlyMemory<byte> Reply)
{
    private const byte Format = 1;

    /// <summary>Encodes into a rented buffer; the caller disposes it.</summary>
    public DocumentWriter Encode()
    {
        var writer = new DocumentWriter(512);
        writer.Byte(Format);
        writer.Text(ControlId);
        writer.Byte(Reason is null ? (byte)0 : (byte)1);
        if (Reason is not null)
        {
            writer.Text(Reason);
        }

        writer.Bytes(Reply.Span);
        return writer;
    }

    /// <exception cref="InvalidDataException">The bytes are no notes of a format this engine reads.</exception>
    public static DeliveryNotes Decode(ReadOnlySpan<byte> document)
    {
        var reader = new DocumentReader(document, Format);
        var controlId = reader.Text();
        var reason = reader.Byte() == 0 ? null : reader.Text();
        var reply = reader.Bytes().ToArray();
        reader.End();
        return new DeliveryNotes(controlId, reason, reply);
    }
}
