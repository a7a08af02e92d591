using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>What an audit row keeps sealed: what was asked for, why, and the records it showed.</summary>
internal readonly record struct AuditDocument(string? Subject, string? Reason, IReadOnlyList<EngineId> Records)
{
    private const byte Format = 1;

    /// <summary>Encodes into a rented buffer; the caller disposes it.</summary>
    public DocumentWriter Encode()
    {
        var writer = new DocumentWriter(512);
        writer.Byte(Format);
        Optional(ref writer, Subject);
        Optional(ref writer, Reason);
        writer.Number(Records.Count);
        foreach (var record in Records)
        {
            writer.Number((ulong)record.Value);
        }

        return writer;
    }

    /// <exception cref="InvalidDataException">The bytes are no audit document of a format this engine reads.</exception>
    public static AuditDocument Decode(ReadOnlySpan<byte> document)
    {
        var reader = new DocumentReader(document, Format);
        var subject = reader.Byte() == 0 ? null : reader.Text();
        var reason = reader.Byte() == 0 ? null : reader.Text();
        var records = new EngineId[reader.Count()];
        for (var index = 0; index < records.Length; index++)
        {
            records[index] = new EngineId((long)reader.Number());
        }

        reader.End();
        return new AuditDocument(subject, reason, records);
    }

    private static void Optional(ref DocumentWriter writer, string? text)
    {
        writer.Byte(text is null ? (byte)0 : (byte)1);
        if (text is not null)
        {
            writer.Text(text);
        }
    }
}
