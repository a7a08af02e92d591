using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Explaining;

/// <summary>
/// A message, row or document read once more, by the same code that reads every message, with all that is known of how each value was made
/// (mapping design §12). The same message and mapping set give the same explanation on any day.
/// </summary>
public sealed class ExplainedMessage
{
    private readonly PracticeMaps _maps;
    private readonly MessageContent _content;
    private readonly ReadingTrace _trace;

    private ExplainedMessage(PracticeMaps maps, MessageContent content, MappedMessage mapped, ReadingTrace trace) =>
        (_maps, _content, Mapped, _trace) = (maps, content, mapped, trace);

    public MappedMessage Mapped { get; }

    /// <summary>The records it makes.</summary>
    public IReadOnlyList<TracedRecord> Records => _trace.Records;

    public static ExplainedMessage Of(PracticeReader reader, Hl7Message message, ReadContext context)
    {
        var trace = new ReadingTrace();
        return new ExplainedMessage(reader.Maps, new Hl7Content(message), reader.Read(message, context with { Trace = trace }), trace);
    }

    /// <param name="file">The kind of file, as the maps name it.</param>
    public static ExplainedMessage Of(PracticeReader reader, CsvRow row, string file, ReadContext context)
    {
        var trace = new ReadingTrace();
        return new ExplainedMessage(reader.Maps, new CsvContent(row), reader.Read(row, file, context with { Trace = trace }), trace);
    }

    public static ExplainedMessage Of(PracticeReader reader, FileRow row, ReadContext context) =>
        row.Row is not null ? Of(reader, row.Row, row.Kind, context) : Of(reader, row.Json!, row.Kind, context);

    /// <param name="call">Of athenaNet, the call as the maps name it.</param>
    public static ExplainedMessage Of(PracticeReader reader, JsonBody body, string call, ReadContext context)
    {
        var trace = new ReadingTrace();
        return new ExplainedMessage(reader.Maps, new JsonContent(body), reader.Read(body, call, context with { Trace = trace }), trace);
    }

    /// <summary>Where bytes of the message stand; null for none.</summary>
    public MessagePlace? PlaceOf(ByteRange range) => _content.PlaceOf(null, range);

    /// <summary>What the message said of one field of a record it made.</summary>
    public FieldExplanation Explain(TracedRecord record, string field)
    {
        var map = _maps.Find(record.Record.Type);
        var rows = map?.Rows.Where(row => row.Name == field).ToList() ?? [];
        var said = record.Record.Fields.FirstOrDefault(one => one.Definition.Name == field);
        var isSaid = said.Definition is not null;
        var own = isSaid ? rows.Select(row => row.Cells.GetValueOrDefault(_content.Format)).FirstOrDefault(cell => cell?.Reference == said.Cell) : null;
        var place = isSaid ? _content.PlaceOf(own, said.Place) : null;
        return new FieldExplanation
        {
            Field = field,
            Value = isSaid ? said.Value : FieldValue.Absent,
            Place = place,
            Cell = isSaid && map is not null ? DecidingCell.Find(map, field, said.Cell) : null,
            Steps = record.StepsOf(field),
            NotUsed = [.. Others(rows, record, isSaid ? said.Place : ByteRange.None).Where(other => place is null || !_content.IsOf(other, own, said.Place)).Select(other => Account(other, field)).Where(other => other.Field != field)],
            Notes = [.. Mapped.Notes.Where(note => note.Field == field && (note.Place.IsNone || place is null || !isSaid || IsNear(note, said.Place)))],
        };
    }

    /// <summary>Places that say something, for each place of the field's cells and of those that these override.</summary>
    private IEnumerable<MessagePlace> Others(List<FieldRow> rows, TracedRecord record, ByteRange near) => rows
        .SelectMany(row => (row.Cells.GetValueOrDefault(_content.Format)?.Alternatives ?? []).Concat(Overridden(row)))
        .SelectMany(place => _content.Near(place, record.Record.Part, near))
        .DistinctBy(place => (place.Range, place.Text));

    /// <summary>The places of the cells that were overridden.</summary>
    private IEnumerable<CellPlace> Overridden(FieldRow row)
    {
        var paths = new PathReader(new Dictionary<string, SourceText>());
        return row.Written.TryGetValue(MapColumns.Of(_content.Format), out var chain)
            ? chain.SkipLast(1).SelectMany(cell => cell.Split(" or ")).Select(part => paths.Read(_content.Format, part.Text, out _)).OfType<CellPlace>()
            : [];
    }

    /// <summary>Where a place went, or why it went nowhere.</summary>
    private OtherPlace Account(MessagePlace place, string field)
    {
        foreach (var record in Mapped.Records)
        {
            var map = _maps.Find(record.Type);
            foreach (var other in record.Fields.Where(other => other.Definition.Name != field))
            {
                var cell = map?.Rows.Select(row => row.Cells.GetValueOrDefault(_content.Format)).FirstOrDefault(cell => cell?.Reference == other.Cell);
                if (_content.IsOf(place, cell, other.Place))
                {
                    return new OtherPlace(place, other.Definition.Name, other.Cell, "");
                }
            }
        }

        foreach (var (name, formula, cell) in _maps.Maps.SelectMany(Formulas))
        {
            if (formula.Paths.Select(path => path.Place).OfType<CellPlace>().SelectMany(path => _content.Near(path, null, place.Range)).Any(read => read.Range == place.Range && read.Text == place.Text))
            {
                return new OtherPlace(place, name, cell, "");
            }
        }

        return _maps.Maps.SelectMany(map => map.NotMapped).FirstOrDefault(listed => _content.IsListed(place, listed)) is { } found
            ? new OtherPlace(place, null, found.Reference, found.Why)
            : new OtherPlace(place, null, null, "");
    }

    /// <summary>The formulas that read places, each with the field it gives.</summary>
    private IEnumerable<(string Field, Expression Formula, CellReference Cell)> Formulas(RecordMap map) => map.Messages
        .SelectMany(rule => rule.Sets.Select(set => (set.Field.Name, set.Value, set.Reference)))
        .Concat(map.Rows.SelectMany(row => row.Cells.TryGetValue(_content.Format, out var cell)
            ? cell.Alternatives.OfType<ExpressionPlace>().Select(place => (row.Name, place.Expression, cell.Reference)) : []));

    /// <summary>A note of another item of the same list is not this one's.</summary>
    private static bool IsNear(MappingNote note, ByteRange place) =>
        place.IsNone || (note.Place.Offset < place.Offset + place.Length && place.Offset < note.Place.Offset + note.Place.Length);
}
