using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// The part of a record that belongs to a patient, as bytes: its aliases, and its fields with their lineage. What
/// stands in columns (id, type, version) is not repeated.
/// </summary>
/// <remarks>
/// Format 1: names (fields, id systems, files, sources, mapping sets) and causes once each, then the aliases, then
/// the fields: name, flags, value, cause, cell, place, rank.
/// </remarks>
internal static class RecordDocument
{
    private const byte Format = 1;
    private const int SizeHint = 4096;

    [Flags]
    private enum Has : byte
    {
        Nothing = 0,
        Value = 1,
        Cause = 2,
        Cell = 4,
        Place = 8,
        Rank = 16,
    }

    /// <summary>Encodes into a rented buffer; the caller disposes it.</summary>
    public static DocumentWriter Encode(StoredRecord record)
    {
        var table = NameTable.OfThread();
        foreach (var alias in record.Aliases)
        {
            table.Add(alias.Type);
            table.Add(alias.System);
        }

        foreach (var field in record.Fields)
        {
            table.Add(field.Name);
            if (field.Cause is { } cause)
            {
                table.Add(cause);
            }

            if (field.Cell is { } cell)
            {
                table.Add(cell.File);
            }
        }

        var writer = new DocumentWriter(SizeHint);
        writer.Byte(Format);
        table.Write(ref writer);
        WriteAliases(ref writer, table, record.Aliases);
        WriteFields(ref writer, table, record.Fields);
        return writer;
    }

    /// <exception cref="InvalidDataException">The bytes are no record document of a format this engine reads.</exception>
    public static (RecordAlias[] Aliases, StoredField[] Fields) Decode(ReadOnlySpan<byte> document)
    {
        var reader = new DocumentReader(document, Format);
        var (names, causes) = NameTable.Read(ref reader);
        var aliases = new RecordAlias[reader.Count()];
        for (var index = 0; index < aliases.Length; index++)
        {
            aliases[index] = new RecordAlias(NameTable.Item(names, reader.Int()), NameTable.Item(names, reader.Int()), reader.Text());
        }

        var fields = new StoredField[reader.Count()];
        for (var index = 0; index < fields.Length; index++)
        {
            fields[index] = ReadField(ref reader, names, causes);
        }

        reader.End();
        return (aliases, fields);
    }

    private static void WriteAliases(ref DocumentWriter writer, NameTable table, IReadOnlyList<RecordAlias> aliases)
    {
        writer.Number(aliases.Count);
        foreach (var alias in aliases)
        {
            writer.Number(table.NumberOf(alias.Type));
            writer.Number(table.NumberOf(alias.System));
            writer.Text(alias.Value);
        }
    }

    private static void WriteFields(ref DocumentWriter writer, NameTable table, IReadOnlyList<StoredField> fields)
    {
        writer.Number(fields.Count);
        foreach (var field in fields)
        {
            writer.Number(table.NumberOf(field.Name));
            writer.Byte((byte)(
                (field.Value is null ? Has.Nothing : Has.Value) |
                (field.Cause is null ? Has.Nothing : Has.Cause) |
                (field.Cell is null ? Has.Nothing : Has.Cell) |
                (field.Place == ByteRange.None ? Has.Nothing : Has.Place) |
                (field.Cause is null or { Rank: 0 } ? Has.Nothing : Has.Rank)));
            if (field.Value is { } value)
            {
                writer.Text(value);
            }

            if (field.Cause is { } cause)
            {
                writer.Number(table.NumberOf(cause));
            }

            if (field.Cell is { } cell)
            {
                WriteCell(ref writer, table, cell);
            }

            if (field.Place != ByteRange.None)
            {
                WritePlace(ref writer, field.Place);
            }

            if (field.Cause is { Rank: not 0 and var rank })
            {
                writer.Signed(rank);
            }
        }
    }

    private static StoredField ReadField(ref DocumentReader reader, string[] names, Cause[] causes)
    {
        var name = NameTable.Item(names, reader.Int());
        var has = (Has)reader.Byte();
        var value = has.HasFlag(Has.Value) ? reader.Text() : null;
        var cause = has.HasFlag(Has.Cause) ? NameTable.Item(causes, reader.Int()) : null;
        var cell = has.HasFlag(Has.Cell) ? ReadCell(ref reader, names) : null;
        var place = has.HasFlag(Has.Place) ? ReadPlace(ref reader) : ByteRange.None;
        cause = has.HasFlag(Has.Rank) && cause is not null ? cause with { Rank = reader.SignedInt() } : cause;
        return new StoredField(name, value, cause, cell, place);
    }

    public static void WriteCell(ref DocumentWriter writer, NameTable table, CellReference cell)
    {
        writer.Number(table.NumberOf(cell.File));
        writer.Number(cell.Line);
        writer.Number(cell.Column);
    }

    public static CellReference ReadCell(ref DocumentReader reader, string[] names) =>
        SharedNames.Cell(NameTable.Item(names, reader.Int()), reader.Int(), reader.Int());

    public static void WritePlace(ref DocumentWriter writer, ByteRange place)
    {
        writer.Signed(place.Offset);
        writer.Signed(place.Length);
    }

    public static ByteRange ReadPlace(ref DocumentReader reader) => new(reader.SignedInt(), reader.SignedInt());
}
