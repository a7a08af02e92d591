using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Control;

/// <summary>The binaries that a record names.</summary>
internal static class RecordContents
{
    /// <summary>Those that are kept, each once.</summary>
    public static IReadOnlyList<AttachmentValue> Of(StoredRecord record) =>
        [.. record.Fields.SelectMany(field => field.Value?.Split(FieldValue.ListSeparator) ?? [])
            .Select(text => AttachmentValue.TryParse(text, out var value) && value.IsReadable ? value : (AttachmentValue?)null)
            .OfType<AttachmentValue>().DistinctBy(value => value.Id)];

    /// <summary>The one that is wanted.</summary>
    /// <param name="record">The record.</param>
    /// <param name="file">Its id; null where there is only one.</param>
    /// <exception cref="RequestException">There is none, not this one, or more than one.</exception>
    public static AttachmentValue Wanted(StoredRecord record, string? file)
    {
        var contents = Of(record);
        return file is null
            ? contents switch
            {
                [var only] => only,
                [] => throw RequestException.NotFound($"This {record.Type} has no binary content."),
                _ => throw RequestException.Usage($"This {record.Type} has {contents.Count} contents; file names one: {string.Join(", ", contents.Select(one => one.Id))}."),
            }
            : contents.Where(one => string.Equals(one.Id, file, StringComparison.OrdinalIgnoreCase)).Select(one => (AttachmentValue?)one).FirstOrDefault()
                ?? throw RequestException.NotFound($"This {record.Type} has no such content.");
    }
}

/// <summary>A binary with the record that names it.</summary>
internal sealed record RecordContent(StoredRecord Record, AttachmentValue Value, ReadOnlyMemory<byte> Bytes);
