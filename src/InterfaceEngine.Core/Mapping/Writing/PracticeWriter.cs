using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// The maps of one practice, made ready to write: the record types of an event, each into its places. Made once for a
/// mapping set, immutable, used by all threads. What it writes it reads back with the same maps before it gives it
/// out, so a message never tells other than what is stored.
/// </summary>
public sealed class PracticeWriter
{
    private readonly Dictionary<string, RecordWriter> _types;
    private readonly DocumentWriter _documents;
    private readonly PracticeReader _reader;

    public PracticeWriter(PracticeMaps maps)
        : this(new PracticeReader(maps))
    {
    }

    /// <param name="reader">The maps, made ready to read already.</param>
    public PracticeWriter(PracticeReader reader)
    {
        Maps = reader.Maps;
        _reader = reader;
        _types = Maps.Maps.ToDictionary(map => map.Type, map => new RecordWriter(map, MapFormat.Hl7), StringComparer.Ordinal);
        _documents = new DocumentWriter(reader);
    }

    public PracticeMaps Maps { get; }

    /// <summary>Writes a message. Never throws for what is stored: what can't be written is a note, and nothing may be sent then.</summary>
    public WrittenMessage Write(OutgoingMessage outgoing)
    {
        var (written, draft, records, scope) = WriteNew(outgoing);
        if (!scope.IsRejected)
        {
            ReadBack.Check(_reader.Read(draft!, new ReadContext(outgoing.Header.Instant)), records, scope);
        }

        return written with { Notes = scope.Notes };
    }

    /// <summary>Writes a FHIR resource or the body of a call of athenaNet, and reads it back.</summary>
    public WrittenMessage Write(OutgoingDocument outgoing) => _documents.Write(outgoing);

    /// <summary>Writes a change over what the receiver holds by now, and reads it back.</summary>
    public WrittenMessage Write(AmendedDocument amended) => _documents.Write(amended);

    /// <summary>Writes a file of rows, its header first, and reads it back. The columns are those of every map that reads its kind.</summary>
    public WrittenMessage Write(OutgoingFile outgoing) => _documents.Write(outgoing);

    /// <summary>What the laws look at beside the message.</summary>
    internal DocumentWriter Documents => _documents;

    /// <summary>As <see cref="Write(OutgoingMessage)"/>, without reading it back.</summary>
    internal (WrittenMessage Written, Hl7Message? Message, IReadOnlyList<(RecordWriter Writer, RecordWriting Record)> Records, WritingScope Scope) WriteNew(OutgoingMessage outgoing)
    {
        var scope = new WritingScope(MapFormat.Hl7, Maps.Practice.Zone, outgoing.ExternalIdOf);
        if (MessageHead.FaultOf(outgoing.Header) is { } fault)
        {
            scope.Reject(WritingCodes.Header, fault);
            return (new WrittenMessage(default, scope.Notes), null, [], scope);
        }

        var isAscii = outgoing.Records.All(record => record.Fields.All(field => field.Value is null || System.Text.Ascii.IsValid(field.Value)));
        var draft = new MessageDraft(MessageHead.Make(outgoing.Event, outgoing.Header, Maps.Practice.Zone, isAscii), isFresh: true);
        var records = Write(outgoing, draft, scope);
        draft.Number();
        return (new WrittenMessage(draft.Message.Bytes, scope.Notes), draft.Message, records, scope);
    }

    /// <summary>Writes the records over a message that is there already: what no map names in it stays, byte for byte.</summary>
    /// <param name="message">The message; its own MSH counts, not the one of <paramref name="outgoing"/>.</param>
    /// <param name="outgoing">The records. Items of a list go into the segments in their order.</param>
    public WrittenMessage WriteOver(Hl7Message message, OutgoingMessage outgoing)
    {
        var scope = new WritingScope(MapFormat.Hl7, Maps.Practice.Zone, outgoing.ExternalIdOf);
        var draft = new MessageDraft(message, isFresh: false);
        Write(outgoing, draft, scope, PracticeReader.ZoneOfSender(Maps.References.GetValueOrDefault("location"), message));
        return new WrittenMessage(draft.Message.Bytes, scope.Notes);
    }

    internal RecordWriter? Find(string type) => _types.GetValueOrDefault(type);

    private List<(RecordWriter Writer, RecordWriting Record)> Write(OutgoingMessage outgoing, MessageDraft draft, WritingScope scope, NodaTime.DateTimeZone? sender = null)
    {
        var written = new List<(RecordWriter, RecordWriting)>();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var today = outgoing.Header.Instant.InZone(Maps.Practice.Zone).Date;
        foreach (var record in outgoing.Records)
        {
            var writer = Find(record.Type);
            var rule = writer?.Map.Messages.FirstOrDefault(rule => rule.Format == MapFormat.Hl7 && rule.Message.Equals(outgoing.Event, StringComparison.OrdinalIgnoreCase));
            if (writer is null || rule is null)
            {
                scope.Begin(null, null);
                scope.Reject(WritingCodes.Event, $"{outgoing.Event} is no message of {record.Type}.");
                continue;
            }

            if (writer.Map.IsReadOnly)
            {
                scope.Begin(null, null);
                scope.Reject(WritingCodes.Event, $"{record.Type} is only read from HL7 v2, never written.");
                continue;
            }

            var number = numbers[record.Type] = outgoing.Parts.TryGetValue(record.Id, out var part) ? part : numbers.GetValueOrDefault(record.Type) + 1;
            var writing = writer.Begin(record, outgoing.Cleared, draft, scope, today, number);
            writer.Write(writing, rule, writer.Map.UsesLocationZone && sender is not null ? sender : Maps.Practice.Zone);
            written.Add((writer, writing));
        }

        return written;
    }
}
