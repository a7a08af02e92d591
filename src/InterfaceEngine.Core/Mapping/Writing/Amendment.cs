using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>Makes of a change and of what the receiver holds the record that is written over it.</summary>
internal static class Amendment
{
    /// <summary>What is to be written. Both documents are read by the same tables, so a value that they write otherwise than the receiver is still the same value.</summary>
    public static OutgoingDocument Of(AmendedDocument amended, RecordMap map, PracticeReader reader)
    {
        IncomingRecord? Read(Json.JsonBody body) => reader.Read(body, amended.Message, new ReadContext(amended.Instant)).Records.FirstOrDefault(record => record.Type == map.Type && record.Part is null);
        var (wanted, held) = (Read(amended.Wanted), Read(amended.Held));
        var (fields, cleared) = (new List<StoredField>(), new HashSet<ClearedField>());
        string? patient = null;
        foreach (var row in map.Rows.Where(row => !row.IsTransient && !row.IsKey && row.AliasSystem is null).DistinctBy(row => row.Name))
        {
            // What a record can't be without is ours where the receiver says nothing of it.
            var value = amended.Changed.Contains(row.Name) ? wanted?[row.Name].Text : held?[row.Name].Text ?? (row.Definition.IsRequired ? wanted?[row.Name].Text : null);
            if (value is null && amended.Changed.Contains(row.Name))
            {
                cleared.Add(new ClearedField(amended.Record, row.Name));
            }

            if (value is not null && row.As is { Type: "ref", Kind: RecordDefinition.Patient })
            {
                // A document names a patient by the receiver's id, a record by ours.
                (patient, value) = (value, amended.Record.ToString());
            }

            fields.Add(new StoredField(row.Name, value, null, null, ByteRange.None));
        }

        return new OutgoingDocument
        {
            Message = amended.Message,
            Record = new StoredRecord { Id = amended.Record, Practice = reader.Practice.Id, Type = map.Type, Version = 1, Aliases = held?.Aliases ?? [], Fields = fields },
            ExternalIdOf = _ => patient,
            Instant = amended.Instant,
            Cleared = cleared,
            Over = amended.Held,
        };
    }
}
