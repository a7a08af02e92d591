using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>L1 for one practice: generated records are written for each of their events and read back.</summary>
internal sealed class WriteReadLaw(PracticeMaps maps)
{
    public static readonly OutgoingHeader Header = new()
    {
        SendingApplication = "PRACTICESTUDIO",
        ReceivingApplication = "ATHENA",
        ControlId = "LAW",
        Instant = Instant.FromUtc(2030, 1, 1, 12, 0),

        // The structures of older versions lack segments (AL1 in an A03 of 2.3); that a message can't have one is no matter of the rows.
        Version = "2.5.1",
    };

    private readonly PracticeReader _reader = new(maps);
    private PracticeWriter? _writer;

    public string Practice => maps.Practice.Id;

    private PracticeWriter Writer => _writer ??= new PracticeWriter(_reader);

    /// <summary>What a record is read back as.</summary>
    /// <param name="Fault">Why it could not be written; null when it was.</param>
    /// <param name="Carried">The fields that the message carries, as they were read back; null for one that was not read.</param>
    /// <param name="Invented">Fields that the record has not and that were read all the same.</param>
    public sealed record Outcome(string? Fault, IReadOnlyDictionary<string, string?> Carried, IReadOnlyDictionary<string, string> Invented);

    /// <summary>The events of a map that it writes by itself; a record that is only filled goes along with others.</summary>
    public static IEnumerable<MessageRule> Events(RecordMap map, MapFormat format) =>
        map.Messages.Where(rule => rule.Format == format && rule.Verb is not (Verb.Fill or Verb.Merge) && map.IsWrittenIn(format));

    public Outcome Try(RecordMap map, MessageRule rule, StoredRecord record)
    {
        var (notes, records, body) = Write(rule, record);
        var carried = new Dictionary<string, string?>(StringComparer.Ordinal);
        var invented = new Dictionary<string, string>(StringComparer.Ordinal);
        if (body is not { } written)
        {
            var refusal = notes.First(note => note.Severity == NoteSeverity.Reject);
            return new Outcome($"{refusal.Code} {refusal.Sentence ?? refusal.Reason}", carried, invented);
        }

        var read = Read(rule, written, new ReadContext(Header.Instant)).Records.FirstOrDefault(found => found.Type == map.Type);
        foreach (var (writer, writing) in records)
        {
            foreach (var row in writer.Rows.Where(row => row.IsReadBack && writing.Written.Contains(row.Row)))
            {
                carried[row.Row.Name] = read?[row.Row.Name].Text;
            }
        }

        var meant = rule.Sets.Select(set => set.Field.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var field in read?.Fields ?? [])
        {
            if (field.Value.HasValue && !field.IsDefault && record[field.Definition.Name] is null && !meant.Contains(field.Definition.Name) && !IsSetId(map, field.Definition.Name) && !IsOnlyRead(map, field.Definition.Name, rule.Format))
            {
                invented[field.Definition.Name] = field.Value.Text!;
            }
        }

        return new Outcome(null, carried, invented);
    }

    /// <summary>The receiver's id of a patient; athenaNet's are numbers.</summary>
    private static string ExternalIdOf(EngineId id, MapFormat format) => format == MapFormat.AthenaNet ? id.Value.ToString(CultureInfo.InvariantCulture) : id.ToString();

    private static string? Expected(RecordMap map, MapFormat format, StoredRecord record, string field) =>
        map.Rows.First(row => row.Name == field).As is { Type: "ref", Kind: RecordDefinition.Patient } && EngineId.TryParse(record[field], out var id) ? ExternalIdOf(id, format) : record[field];

    /// <summary>Writes a record for an event, by itself.</summary>
    /// <param name="rule">The event.</param>
    /// <param name="record">The record.</param>
    /// <param name="cleared">A field that is told to be removed; null for none. A file can't tell it.</param>
    /// <returns>What was noticed, what was written of which record, and the message; no message when it was refused.</returns>
    public (IReadOnlyList<MappingNote> Notes, IReadOnlyList<(RecordWriter Writer, RecordWriting Record)> Records, ReadOnlyMemory<byte>? Body) Write(MessageRule rule, StoredRecord record, string? cleared = null)
    {
        record = Fitting(rule, record);
        HashSet<ClearedField> removed = cleared is null ? [] : [new ClearedField(record.Id, cleared)];
        switch (rule.Format)
        {
            case MapFormat.Hl7:
                var (message, written, records, _) = Writer.WriteNew(new OutgoingMessage { Event = rule.Message, Records = [record], ExternalIdOf = id => ExternalIdOf(id, rule.Format), Header = Header, Cleared = removed });
                return (message.Notes, records, message.IsRefused ? (ReadOnlyMemory<byte>?)null : written!.Bytes);
            case MapFormat.Csv:
                var (file, rows) = Writer.Documents.WriteNew(new OutgoingFile { Kind = rule.Message, Rows = [[record]], ExternalIdOf = id => ExternalIdOf(id, rule.Format), Instant = Header.Instant });
                return (file.Notes, rows[0], file.IsRefused ? (ReadOnlyMemory<byte>?)null : file.Body);
            default:
                var (document, _, one, _) = Writer.Documents.WriteNew(new OutgoingDocument { Message = rule.Message, Record = record, ExternalIdOf = id => ExternalIdOf(id, rule.Format), Instant = Header.Instant, Cleared = removed });
                return (document.Notes, one is { } only ? [only] : [], document.IsRefused ? (ReadOnlyMemory<byte>?)null : document.Body);
        }
    }

    /// <summary>Reads a message of an event; of a file the first row.</summary>
    public MappedMessage Read(MessageRule rule, ReadOnlyMemory<byte> body, ReadContext context)
    {
        switch (rule.Format)
        {
            case MapFormat.Hl7:
                return _reader.Read(Hl7Message.Parse(body), context);
            case MapFormat.Csv:
                using (var table = new CsvTable(new StringReader(Encoding.UTF8.GetString(body.Span))))
                {
                    return _reader.Read(table.Rows().First(), rule.Message, context);
                }

            default:
                return _reader.Read(JsonBody.Parse(body), rule.Message, context);
        }
    }

    /// <summary>Why the law does not hold for the record; null when it does.</summary>
    public LawFault? FaultOf(RecordMap map, MessageRule rule, StoredRecord record)
    {
        var outcome = Try(map, rule, record);
        if (outcome.Fault is not null)
        {
            return new LawFault(null, outcome.Fault);
        }

        foreach (var (field, back) in outcome.Carried)
        {
            if (back != Expected(map, rule.Format, record, field))
            {
                return new LawFault(field, $"{field} is read back as {(back is null ? "nothing" : $"'{back}'")}.");
            }
        }

        return outcome.Invented.Count == 0 ? null : new LawFault(outcome.Invented.First().Key, $"{outcome.Invented.First().Key} is read though nothing of it was stored.");
    }

    /// <summary>A place that is only read may tell what another field was written as.</summary>
    private static bool IsOnlyRead(RecordMap map, string field, MapFormat format) =>
        map.Rows.Any(row => row.Name == field && row.Cells.TryGetValue(format, out var cell) && !cell.IsWritten);

    /// <summary>A segment's number is there whatever is stored, and may be read where nothing better is (order: IN1-22 or IN1-1).</summary>
    private static bool IsSetId(RecordMap map, string field) => map.Rows.Any(row => row.Name == field
        && row.Cells.TryGetValue(MapFormat.Hl7, out var cell)
        && cell.Alternatives.OfType<Hl7Place>().Any(place => place.Path.Field == 1 && Hl7Dictionary.Field(place.Path.Segment, 1) is { DataType: "SI" }));

    /// <summary>The record as the event means it: an event that cancels is never written of a visit that stands.</summary>
    private static StoredRecord Fitting(MessageRule rule, StoredRecord record)
    {
        var meant = rule.Sets.Select(set => set.Field.Name).ToHashSet(StringComparer.Ordinal);
        return meant.Count == 0 ? record : new StoredRecord
        {
            Id = record.Id,
            Practice = record.Practice,
            Type = record.Type,
            Version = record.Version,
            Aliases = record.Aliases,
            Fields = [.. record.Fields.Where(field => !meant.Contains(field.Name))],
        };
    }
}
