using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>The maps of one practice, made ready to write JSON documents and rows of files. Immutable, used by all threads.</summary>
internal sealed class DocumentWriter
{
    private readonly PracticeReader _reader;
    private readonly Dictionary<(string Type, string Message), (RecordWriter Writer, MessageRule Rule)> _writers = [];
    private readonly ILookup<string, string> _columns;

    public DocumentWriter(PracticeReader reader)
    {
        _reader = reader;
        foreach (var map in reader.Maps.Maps)
        {
            var files = new Lazy<RecordWriter>(() => new RecordWriter(map, MapFormat.Csv));
            var calls = new Lazy<RecordWriter>(() => new RecordWriter(map, MapFormat.AthenaNet));
            foreach (var rule in map.Messages.Where(rule => rule.Format != MapFormat.Hl7 && map.IsWrittenIn(rule.Format)))
            {
                _writers.TryAdd((map.Type, rule.Message), (rule.Format switch
                {
                    MapFormat.Csv => files.Value,
                    MapFormat.AthenaNet => calls.Value,
                    _ => new RecordWriter(map, MapFormat.Fhir, rule.Message[JsonMessage.FhirPrefix.Length..]),
                }, rule));
            }
        }

        _columns = _writers.Where(pair => pair.Value.Rule.Format == MapFormat.Csv)
            .SelectMany(pair => pair.Value.Writer.Rows.OfType<CsvRowWriter>().SelectMany(row => row.Columns).Select(column => (pair.Key.Message, Column: column)))
            .DistinctBy(pair => (pair.Message, pair.Column.ToUpperInvariant()))
            .ToLookup(pair => pair.Message, pair => pair.Column, StringComparer.OrdinalIgnoreCase);
    }

    public WrittenMessage Write(OutgoingDocument outgoing) => WriteWhole(outgoing).Written;

    public WrittenMessage Write(AmendedDocument amended)
    {
        if (_writers.TryGetValue((amended.Type, amended.Message), out var known))
        {
            return Write(Amendment.Of(amended, known.Writer.Map, _reader));
        }

        var scope = new WritingScope(MapFormat.Fhir, _reader.Practice.Zone, _ => null);
        scope.Begin(null, null);
        scope.Reject(WritingCodes.Event, $"{amended.Message} is no message of {amended.Type}.");
        return new WrittenMessage(default, scope.Notes);
    }

    /// <summary>As <see cref="Write(OutgoingDocument)"/>, and the document that the receiver holds after it, which a call may tell in part.</summary>
    public (WrittenMessage Written, JsonDraft? Document) WriteWhole(OutgoingDocument outgoing)
    {
        var (written, document, record, scope) = WriteNew(outgoing);
        if (!scope.IsRejected && record is not null)
        {
            var isWhole = !outgoing.IsForm && record.Value.Record.Changes is null;
            ReadBack.Check(_reader.Read(JsonBody.Parse(isWhole ? written.Body : document!.ToBytes()), outgoing.Message, new ReadContext(outgoing.Instant)), [record.Value], scope);
        }

        return (written with { Notes = scope.Notes }, document);
    }

    /// <summary>As <see cref="WriteWhole"/>, without reading it back.</summary>
    public (WrittenMessage Written, JsonDraft? Document, (RecordWriter Writer, RecordWriting Record)? Record, WritingScope Scope) WriteNew(OutgoingDocument outgoing)
    {
        var format = outgoing.Message.StartsWith(JsonMessage.FhirPrefix, StringComparison.Ordinal) ? MapFormat.Fhir : MapFormat.AthenaNet;
        var scope = new WritingScope(format, _reader.Practice.Zone, outgoing.ExternalIdOf);
        if (!_writers.TryGetValue((outgoing.Record.Type, outgoing.Message), out var known) || known.Rule.Format != format)
        {
            scope.Begin(null, null);
            scope.Reject(WritingCodes.Event, $"{outgoing.Message} is no message of {outgoing.Record.Type}.");
            return (new WrittenMessage(default, scope.Notes), null, null, scope);
        }

        if (!TryFindHeld(outgoing, scope, out var original))
        {
            return (new WrittenMessage(default, scope.Notes), null, null, scope);
        }

        var document = original.IsPresent ? JsonDraft.From(original) : JsonDraft.NewObject();
        if (known.Writer.Resource is { } resource && !Names(document, resource, scope))
        {
            return (new WrittenMessage(default, scope.Notes), document, null, scope);
        }

        var writing = new RecordWriting(null, scope, Today(outgoing.Instant))
        {
            Document = document,
            Original = original,
            Changes = original.IsPresent && format == MapFormat.AthenaNet ? JsonDraft.NewObject() : null,
        };
        var record = known.Writer.Fill(writing, outgoing.Record, outgoing.Cleared);
        if (outgoing.Over is { } held && known.Writer.Map.Parts.GetValueOrDefault(format, []).FirstOrDefault(list => document[list] is { Count: > 0 }) is { } parts
            && !IsOfWhole(_reader.Read(held, outgoing.Message, new ReadContext(outgoing.Instant)), known.Writer.Map, record))
        {
            scope.Begin(null, null, parts);
            scope.Reject(WritingCodes.Whole, $"what the receiver holds has parts that are records of their own ({parts}), and the record is not that of the whole.");
            return (new WrittenMessage(default, scope.Notes), document, null, scope);
        }

        var clock = format == MapFormat.AthenaNet && known.Writer.Map.ZoneMember is not null ? outgoing.Clock : null;
        known.Writer.Write(record, known.Rule, clock ?? _reader.Practice.Zone);
        if (clock is not null)
        {
            document.Set(known.Writer.Map.ZoneMember!, JsonDraft.Of(clock.Id));
        }

        if (format == MapFormat.Fhir && !scope.IsRejected)
        {
            RemoveNarrative(document, original);
            CheckR4(document, scope);
        }

        var sent = record.Changes ?? document;
        return (new WrittenMessage(outgoing.IsForm ? FormBody.Of(sent) : sent.ToBytes(), scope.Notes), document, (known.Writer, record), scope);
    }

    public WrittenMessage Write(OutgoingFile outgoing)
    {
        var (written, rows) = WriteNew(outgoing);
        if (written.IsRefused)
        {
            return written;
        }

        var scope = new WritingScope(MapFormat.Csv, _reader.Practice.Zone, outgoing.ExternalIdOf);
        Check(Encoding.UTF8.GetString(written.Body.Span), outgoing, rows, scope);
        return written with { Notes = [.. written.Notes, .. scope.Notes] };
    }

    /// <summary>As <see cref="Write(OutgoingFile)"/>, without reading it back.</summary>
    public (WrittenMessage Written, List<List<(RecordWriter Writer, RecordWriting Record)>> Rows) WriteNew(OutgoingFile outgoing)
    {
        var scope = new WritingScope(MapFormat.Csv, _reader.Practice.Zone, outgoing.ExternalIdOf);
        var columns = _columns[outgoing.Kind].ToList();
        var file = new StringBuilder();
        CsvText.Add(file, columns);
        var rows = new List<List<(RecordWriter, RecordWriting)>>();
        foreach (var records in outgoing.Rows)
        {
            var cells = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            var written = new List<(RecordWriter, RecordWriting)>();
            foreach (var record in records)
            {
                if (!_writers.TryGetValue((record.Type, outgoing.Kind), out var known))
                {
                    scope.Begin(null, null);
                    scope.Reject(WritingCodes.Event, $"{outgoing.Kind} is no file of {record.Type}.");
                    continue;
                }

                var writing = known.Writer.Fill(new RecordWriting(null, scope, Today(outgoing.Instant)) { Cells = cells }, record, new HashSet<ClearedField>());
                known.Writer.Write(writing, known.Rule, _reader.Practice.Zone);
                written.Add((known.Writer, writing));
            }

            rows.Add(written);
            CsvText.Add(file, columns.Select(column => cells.GetValueOrDefault(column, "")));
        }

        return (new WrittenMessage(Encoding.UTF8.GetBytes(file.ToString()), scope.Notes), rows);
    }

    private void Check(string file, OutgoingFile outgoing, List<List<(RecordWriter, RecordWriting)>> rows, WritingScope scope)
    {
        using var table = new CsvTable(new StringReader(file));
        foreach (var (row, written) in table.Rows().Zip(rows))
        {
            ReadBack.Check(_reader.Read(row, outgoing.Kind, new ReadContext(outgoing.Instant)), written, scope);
        }
    }

    private NodaTime.LocalDate Today(NodaTime.Instant instant) => instant.InZone(_reader.Practice.Zone).Date;

    /// <summary>The object that is written over; not present for a new document.</summary>
    private static bool TryFindHeld(OutgoingDocument outgoing, WritingScope scope, out JsonItem held)
    {
        IReadOnlyList<JsonItem> objects = outgoing.Over is null ? [] : JsonMessage.Objects(outgoing.Over);
        held = objects.Count == 1 ? objects[0] : default;
        if (held.IsPresent || outgoing.Over is null)
        {
            return true;
        }

        scope.Begin(null, null);
        scope.Reject(WritingCodes.R4Shape, $"what the receiver holds is {(objects.Count == 0 ? "no object" : $"{objects.Count} objects")}, and one is written over.");
        return false;
    }

    /// <summary>Whether the record is the one that a document with parts makes as a whole: it says nothing else of the key.</summary>
    private static bool IsOfWhole(MappedMessage held, RecordMap map, RecordWriting record) =>
        held.Records.FirstOrDefault(one => one.Type == map.Type && one.Part is null) is { } whole
        && map.Key.All(name => record[name] is not { } value || whole[name].Text is not { } said || said == value);

    /// <summary>Says what the resource is; one that is another can't be written over.</summary>
    private static bool Names(JsonDraft document, string resource, WritingScope scope)
    {
        if (document.Kind == JsonItemKind.Object && document["resourceType"] is null)
        {
            document.Set("resourceType", JsonDraft.Of(resource));
            return true;
        }

        if (document["resourceType"]?.Text == resource)
        {
            return true;
        }

        scope.Begin(null, null, "resourceType");
        scope.Reject(WritingCodes.R4Shape, $"what the receiver holds is no {resource}, so it can't be written over.");
        return false;
    }

    /// <summary>A text that a machine made of what the resource said before would now say another thing than the resource.</summary>
    private static void RemoveNarrative(JsonDraft document, JsonItem original)
    {
        if (original.IsPresent && document["text"]?["status"]?.Text == "generated" && !document.ToBytes().Span.SequenceEqual(JsonDraft.From(original).ToBytes().Span))
        {
            document.Remove("text");
        }
    }

    private static void CheckR4(JsonDraft document, WritingScope scope)
    {
        foreach (var fault in R4Check.Run(document))
        {
            scope.Begin(null, null, fault.Path);
            scope.Reject(fault.Kind switch
            {
                R4FaultKind.Missing => WritingCodes.R4Required,
                R4FaultKind.TwoChoices => WritingCodes.R4Choice,
                R4FaultKind.Code => WritingCodes.R4Code,
                _ => WritingCodes.R4Shape,
            }, "R4: " + fault.Reason);
        }
    }
}
