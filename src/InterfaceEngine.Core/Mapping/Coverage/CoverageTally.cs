using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Coverage;

/// <summary>
/// Looks at the messages of one practice, one after the other, and counts what its tables leave. Values are looked at and never kept, but
/// for codes that were asked for; what is kept is bounded, however many messages there are. Not shared between threads.
/// </summary>
/// <param name="reader">What reads the practice's messages.</param>
/// <param name="showsCodes">Unknown codes are told themselves, not what they look like.</param>
public sealed class CoverageTally(PracticeReader reader, bool showsCodes)
{
    /// <summary>The most places, codes and kinds that are counted one by one: a sender who puts values into names must not fill the memory.</summary>
    public const int PlacesMax = 10_000;

    private const int ShapesKept = 20;
    private const int ShapesTold = 3;
    private const int KindsTold = 4;

    private readonly Dictionary<(MapFormat Format, string Kind), KindCoverage> _kinds = [];
    private readonly Dictionary<(MapFormat Format, string Kind), long> _messages = [];
    private readonly Dictionary<(MapFormat Format, string Place), PlaceCount> _places = [];
    private readonly Dictionary<UnknownCodeCount, long> _codes = [];
    private readonly SortedDictionary<string, long> _notRead = new(StringComparer.Ordinal);
    private readonly HashSet<(string Type, string Field)> _said = [];
    private readonly HashSet<string> _made = [];
    private readonly HashSet<string> _inMessage = [];
    private readonly Dictionary<CellReference, FieldRow> _rows = reader.Maps.Maps.SelectMany(map => map.Rows).SelectMany(row => row.Cells.Values.Select(cell => (cell.Reference, row)))
        .GroupBy(pair => pair.Reference).ToDictionary(group => group.Key, group => group.First().row);

    /// <summary>What reads the practice's messages.</summary>
    public PracticeReader Reader => reader;

    private long _count;
    private bool _isCut;

    public void Add(Hl7Message message, ReadContext context)
    {
        if (FilterRow.First(reader.Maps.Filters, message, context.ReceivedAt, reader.Practice.Zone) is not null)
        {
            AddNotRead("left out by a filter");
        }
        else if (Begin(MapFormat.Hl7, message.EventType, kind => new Hl7Coverage(reader.Maps, kind)) is Hl7Coverage coverage)
        {
            coverage.Look(message, place => Count(MapFormat.Hl7, message.EventType, place));
            Take(MapFormat.Hl7, reader.Read(message, context));
        }
    }

    /// <param name="row">A row.</param>
    /// <param name="file">The kind of file, as the tables call it.</param>
    /// <param name="context">When it was received.</param>
    public void Add(CsvRow row, string file, ReadContext context)
    {
        if (Known(MapFormat.Csv, file, MakeCsv) is CsvCoverage { Taking.Count: > 0 } known && !known.IsHeader(row.Columns))
        {
            AddNotRead("of a file whose first line names no column that its tables read");
        }
        else if (Begin(MapFormat.Csv, file, MakeCsv) is CsvCoverage coverage)
        {
            coverage.Look(row, place => Count(MapFormat.Csv, file, place));
            Take(MapFormat.Csv, reader.Read(row, file, context));
        }

        CsvCoverage MakeCsv(string kind) => new(reader.Maps, kind);
    }

    /// <param name="body">A document.</param>
    /// <param name="call">Of athenaNet the call it answers.</param>
    /// <param name="context">When it was received.</param>
    public void Add(JsonBody body, string call, ReadContext context)
    {
        var format = JsonMessage.IsFhir(body) ? MapFormat.Fhir : MapFormat.AthenaNet;
        var isTaken = false;
        foreach (var item in JsonMessage.Objects(body))
        {
            var name = format == MapFormat.Fhir ? JsonMessage.FhirMessageOf(item) : call;
            if (Begin(format, name, kind => new JsonCoverage(reader.Maps, format, kind)) is JsonCoverage coverage)
            {
                isTaken = true;
                coverage.Look(item, place => Count(format, name, place));
            }
        }

        if (isTaken)
        {
            Take(format, reader.Read(body, call, context));
        }
    }

    public void Add(FileRow row, ReadContext context)
    {
        if (row.Row is not null)
        {
            Add(row.Row, row.Kind, context);
        }
        else
        {
            Add(row.Json!, row.Kind, context);
        }
    }

    /// <summary>A message that can't be looked at.</summary>
    /// <param name="reason">Why, without anything of its content.</param>
    public void AddNotRead(string reason) => _notRead[reason] = _notRead.GetValueOrDefault(reason) + 1;

    public CoverageReport Report() => new()
    {
        Practice = reader.Practice.Id,
        MappingSet = reader.Maps.Hash,
        Messages = _count,
        NotRead = [.. _notRead.Select(pair => new CountedReason(pair.Key, pair.Value))],
        Unmapped = [.. _places.Select(Told).OrderBy(place => place.Listed is not null).ThenBy(place => place.IsBeside).ThenByDescending(place => place.Messages).ThenBy(place => place.Place, StringComparer.Ordinal)],
        Silent = [.. Taking().Where(one => _made.Contains(one.Map.Type)).SelectMany(one => Silent(one.Map, one.Formats))],
        NeverMade = [.. Taking().Select(one => one.Map.Type).Where(type => !_made.Contains(type)).Distinct()],
        Codes = [.. _codes.Select(pair => pair.Key with { Messages = pair.Value }).OrderByDescending(code => code.Messages).ThenBy(code => code.Code, StringComparer.Ordinal)],
        Untaken = [.. _messages.Where(pair => _kinds[pair.Key].Taking.Count == 0).Select(pair => new UntakenKind(pair.Key.Format.Title(), pair.Key.Kind, pair.Value)).OrderByDescending(kind => kind.Messages)],
        IsCut = _isCut,
    };

    /// <summary>Counts a message of a kind; null when no table takes it.</summary>
    private KindCoverage? Begin(MapFormat format, string kind, Func<string, KindCoverage> make)
    {
        _count++;
        _inMessage.Clear();
        if (Known(format, kind, make) is not { } known)
        {
            return null;
        }

        _messages[(format, kind)] = _messages.GetValueOrDefault((format, kind)) + 1;
        return known.Taking.Count == 0 ? null : known;
    }

    /// <summary>What is known of a kind of message; null beyond the limit.</summary>
    private KindCoverage? Known(MapFormat format, string kind, Func<string, KindCoverage> make)
    {
        if (!_kinds.TryGetValue((format, kind), out var known))
        {
            if (_kinds.Count >= PlacesMax)
            {
                _isCut = true;
                return null;
            }

            _kinds[(format, kind)] = known = make(kind);
        }

        return known;
    }

    private void Count(MapFormat format, string kind, UnreadPlace found)
    {
        if (!_places.TryGetValue((format, found.Place), out var place))
        {
            if (_places.Count >= PlacesMax)
            {
                _isCut = true;
                return;
            }

            _places[(format, found.Place)] = place = new PlaceCount();
        }

        place.Add(kind, found, isFirst: _inMessage.Add(found.Place));
    }

    private void Take(MapFormat format, MappedMessage mapped)
    {
        foreach (var record in mapped.Records)
        {
            _made.Add(record.Type);
            foreach (var field in record.Fields)
            {
                if (field.Value.HasValue && !field.IsDefault)
                {
                    _said.Add((record.Type, field.Definition.Name));
                }
            }
        }

        foreach (var note in mapped.Notes)
        {
            if (note is { Code: MappingCodes.UnknownCode or MappingCodes.RejectedCode, Cell: { } cell, Field: { } field, Found: { } code } && _rows.TryGetValue(cell, out var row) && row.As.Codes is { } table)
            {
                CountCode(new UnknownCodeCount(table.Name, field, format.Title(), showsCodes ? code : ValueShape.Of(code), 0));
            }
        }
    }

    private void CountCode(UnknownCodeCount code)
    {
        if (_codes.Count < PlacesMax || _codes.ContainsKey(code))
        {
            _codes[code] = _codes.GetValueOrDefault(code) + 1;
        }
        else
        {
            _isCut = true;
        }
    }

    private UnmappedPlace Told(KeyValuePair<(MapFormat Format, string Place), PlaceCount> pair)
    {
        var kinds = pair.Value.Kinds.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => kind.Key).ToList();
        return new UnmappedPlace(
            pair.Key.Format.Title(), pair.Key.Place, pair.Value.Messages, kinds.Sum(kind => _messages[(pair.Key.Format, kind)]), [.. kinds.Take(KindsTold)],
            [.. pair.Value.Shapes.OrderByDescending(shape => shape.Value).ThenBy(shape => shape.Key, StringComparer.Ordinal).Take(ShapesTold).Select(shape => shape.Key)],
            pair.Value.Listed?.Reference.ToString(), pair.Value.Listed?.Why ?? "", pair.Value.IsBeside);
    }

    /// <summary>The tables that took something, each with the formats in which it did.</summary>
    private IEnumerable<(RecordMap Map, List<MapFormat> Formats)> Taking() => _kinds
        .SelectMany(kind => kind.Value.Taking.Select(map => (Map: map, kind.Key.Format))).GroupBy(pair => pair.Map)
        .Select(group => (group.Key, group.Select(pair => pair.Format).Distinct().ToList()));

    private IEnumerable<SilentField> Silent(RecordMap map, List<MapFormat> formats)
    {
        foreach (var rows in map.Rows.Where(row => !row.IsTransient && !_said.Contains((map.Type, row.Name))).GroupBy(row => row.Name))
        {
            var cells = rows.SelectMany(row => formats.Where(format => row.Cells.TryGetValue(format, out var cell) && cell.IsRead)
                .Select(format => $"{format.Title()} {row.Written[MapColumns.Of(format)][^1].Text} ({row.Cells[format].Reference})")).ToList();
            if (cells.Count > 0)
            {
                yield return new SilentField(map.Type, rows.Key, cells);
            }
        }
    }

    /// <summary>What is kept of one place.</summary>
    private sealed class PlaceCount
    {
        public long Messages { get; private set; }

        public Dictionary<string, long> Kinds { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long> Shapes { get; } = new(StringComparer.Ordinal);

        public NotMapped? Listed { get; private set; }

        /// <summary>Wherever it was seen, something else of its field is read.</summary>
        public bool IsBeside { get; private set; } = true;

        public void Add(string kind, in UnreadPlace found, bool isFirst)
        {
            var shape = ValueShape.Of(found.Text);
            IsBeside &= found.IsBeside;
            Messages += isFirst ? 1 : 0;
            Kinds[kind] = Kinds.GetValueOrDefault(kind) + (isFirst ? 1 : 0);

            // Of the many that there may be, those that come first are the frequent ones.
            if (Shapes.Count < ShapesKept || Shapes.ContainsKey(shape))
            {
                Shapes[shape] = Shapes.GetValueOrDefault(shape) + 1;
            }

            Listed ??= found.Listed;
        }
    }
}
