using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>What one commit changed in one record.</summary>
/// <param name="Record">The record.</param>
/// <param name="Type">Its type.</param>
/// <param name="Previous">Sequence of the change before this one; 0 for the first. A record's history is this chain.</param>
/// <param name="Fields">The fields, before and after.</param>
internal sealed record RecordChange(EngineId Record, string Type, long Previous, IReadOnlyList<FieldChange> Fields);

/// <summary>A row of the change log as bytes: all that one commit changed.</summary>
internal static class ChangeDocument
{
    private const byte Format = 1;
    private const int SizeHint = 4096;

    [Flags]
    private enum Has : byte
    {
        Nothing = 0,
        Before = 1,
        After = 2,
        Cell = 4,
        Place = 8,
    }

    /// <summary>Encodes into a rented buffer; the caller disposes it.</summary>
    public static DocumentWriter Encode(IReadOnlyList<RecordWrite> records)
    {
        var table = NameTable.OfThread();
        var count = 0;
        foreach (var record in records)
        {
            if (record.Changes.Count == 0)
            {
                continue;
            }

            count++;
            table.Add(record.Next.Type);
            foreach (var change in record.Changes)
            {
                table.Add(change.Name);
                if (change.Cell is { } cell)
                {
                    table.Add(cell.File);
                }
            }
        }

        var writer = new DocumentWriter(SizeHint);
        writer.Byte(Format);
        table.Write(ref writer);
        writer.Number(count);
        foreach (var record in records)
        {
            if (record.Changes.Count > 0)
            {
                writer.Number((ulong)record.Next.Id.Value);
                writer.Number(table.NumberOf(record.Next.Type));
                writer.Number((ulong)record.Next.ChangedSequence);
                WriteFields(ref writer, table, record.Changes);
            }
        }

        return writer;
    }

    /// <exception cref="InvalidDataException">The bytes are no change document of a format this engine reads.</exception>
    public static RecordChange[] Decode(ReadOnlySpan<byte> document)
    {
        var reader = new DocumentReader(document, Format);
        var (names, _) = NameTable.Read(ref reader);
        var records = new RecordChange[reader.Count()];
        for (var index = 0; index < records.Length; index++)
        {
            var id = new EngineId((long)reader.Number());
            var type = NameTable.Item(names, reader.Int());
            var previous = (long)reader.Number();
            var fields = new FieldChange[reader.Count()];
            for (var field = 0; field < fields.Length; field++)
            {
                fields[field] = ReadField(ref reader, names);
            }

            records[index] = new RecordChange(id, type, previous, fields);
        }

        reader.End();
        return records;
    }

    private static void WriteFields(ref DocumentWriter writer, NameTable table, IReadOnlyList<FieldChange> changes)
    {
        writer.Number(changes.Count);
        foreach (var change in changes)
        {
            writer.Number(table.NumberOf(change.Name));
            writer.Byte((byte)(
                (change.Before is null ? Has.Nothing : Has.Before) |
                (change.After is null ? Has.Nothing : Has.After) |
                (change.Cell is null ? Has.Nothing : Has.Cell) |
                (change.Place == ByteRange.None ? Has.Nothing : Has.Place)));
            if (change.Before is { } before)
            {
                writer.Text(before);
            }

            if (change.After is { } after)
            {
                writer.Text(after);
            }

            if (change.Cell is { } cell)
            {
                RecordDocument.WriteCell(ref writer, table, cell);
            }

            if (change.Place != ByteRange.None)
            {
                RecordDocument.WritePlace(ref writer, change.Place);
            }
        }
    }

    private static FieldChange ReadField(ref DocumentReader reader, string[] names)
    {
        var name = NameTable.Item(names, reader.Int());
        var has = (Has)reader.Byte();
        var before = has.HasFlag(Has.Before) ? reader.Text() : null;
        var after = has.HasFlag(Has.After) ? reader.Text() : null;
        var cell = has.HasFlag(Has.Cell) ? RecordDocument.ReadCell(ref reader, names) : null;
        var place = has.HasFlag(Has.Place) ? RecordDocument.ReadPlace(ref reader) : ByteRange.None;
        return new FieldChange(name, before, after, cell, place);
    }
}
