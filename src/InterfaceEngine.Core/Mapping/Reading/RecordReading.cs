using System.Runtime.InteropServices;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// One message or row while it is read, and the record that is being made of it. Made for each message, used for
/// one record after the other; also what expressions look at.
/// </summary>
internal sealed class RecordReading : IExpressionScope
{
    private readonly SegmentScope? _segments;
    private Dictionary<(string Type, string System, string Key), int>? _repeats;
    private readonly Slot[] _slots;
    private Hl7Path? _field;
    private Hl7Element _repetition;
    private LocalDate? _today;
    private (ByteRange Place, string Text)? _undecodable;

    /// <param name="scope">What its values may know, and where they report.</param>
    /// <param name="message">The message; null for a row.</param>
    /// <param name="row">The row; null for a message.</param>
    /// <param name="slotsMax">The most fields of a map by which it is read; 0 where only conditions are asked.</param>
    public RecordReading(ReadingScope scope, Hl7Message? message, CsvRow? row, int slotsMax = 0)
    {
        _slots = new Slot[slotsMax];
        PracticeZone = scope.Zone;
        Scope = scope;
        Message = message;
        Row = row;
        _segments = message is null ? null : new SegmentScope(message);
    }

    public ReadingScope Scope { get; }

    public Hl7Message? Message { get; }

    public CsvRow? Row { get; }

    /// <summary>The object of a JSON document that makes the record; not present for a message of another format.</summary>
    public JsonItem Root { get; set; }

    /// <summary>The element of the object's list (header <c>each:</c>) that makes the record; not present when the object does.</summary>
    public JsonItem Part { get; private set; }

    /// <summary>The list that <see cref="Part"/> is of; null when there is none.</summary>
    public JsonParts? List { get; private set; }

    /// <summary>When the object that makes the record was changed, where it says so itself; otherwise null.</summary>
    public long? EventTime { get; set; }

    /// <summary>The segment that makes the record; not present when the whole message, or a patient's part of it, does.</summary>
    public Hl7Segment Segment { get; private set; }

    /// <summary>What the call of athenaNet says in its address; null when it says nothing there.</summary>
    public JsonBody? Address { get; init; }

    /// <summary>The number of <see cref="Segment"/> among those of its name, from 1.</summary>
    public int Occurrence { get; private set; }

    /// <summary>The practice's zone.</summary>
    public DateTimeZone PracticeZone { get; }

    /// <summary>The zone of the department that sent the message (MSH-4.3); null when it is not known.</summary>
    public DateTimeZone? DepartmentZone { get; init; }

    /// <summary>Record types of which an item could not be identified.</summary>
    public List<string>? IncompleteLists { get; private set; }

    public LocalDate Today => _today ??= Scope.ReceivedAt.InZone(PracticeZone).Date;

    private CompiledMap? Map { get; set; }

    public ref Slot this[int index] => ref _slots[index];

    /// <summary>Starts the next record, which one segment makes.</summary>
    /// <param name="map">The record's map.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="occurrence">Its number among those of its name.</param>
    /// <param name="last">The last of the segments of its name that make the record together; the segment itself when it alone does.</param>
    public void Begin(CompiledMap map, Hl7Segment segment, int occurrence, Hl7Segment last)
    {
        LookFrom(segment);
        _segments!.LastOfRun = last.Index;
        Occurrence = occurrence;
        Begin(map);
    }

    /// <summary>Sees the message from a segment, so that a condition can be asked of it.</summary>
    public void LookFrom(Hl7Segment segment)
    {
        Segment = segment;
        _field = null;
        _segments!.At(segment, isItem: true);
    }

    /// <summary>How many items of this type said the same so far, this one included.</summary>
    public int CountRepeat(string type, string system, string key) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_repeats ??= [], (type, system, key), out _) += 1;

    /// <summary>How many items of this type said this.</summary>
    public int RepeatsOf(RecordAlias item) => _repeats?.GetValueOrDefault((item.Type, item.System, item.Value)) ?? 0;

    /// <summary>Starts the next record, which the message makes.</summary>
    /// <param name="map">The record's map.</param>
    /// <param name="patient">The PID whose part of the message is read; not present for all of it, and for a row.</param>
    public void Begin(CompiledMap map, Hl7Segment patient)
    {
        Segment = default;
        Part = default;
        _field = null;
        Occurrence = 0;
        _segments?.At(patient, isItem: false);
        Begin(map);
    }

    /// <summary>Starts the next record, which an element of a list in the document makes.</summary>
    /// <param name="map">The record's map.</param>
    /// <param name="list">The list.</param>
    /// <param name="part">The element.</param>
    /// <param name="occurrence">Its number in the list, from 1.</param>
    public void Begin(CompiledMap map, JsonParts list, JsonItem part, int occurrence)
    {
        List = list;
        Part = part;
        Occurrence = occurrence;
        Begin(map);
    }

    private void Begin(CompiledMap map)
    {
        Map = map;
        Scope.Segment = Segment;
        Scope.Occurrence = Occurrence;
        Scope.Zone = map.UsesLocationZone && DepartmentZone is { } zone ? zone : PracticeZone;
        Scope.IsZoneGuessed = false;
        _slots.AsSpan(0, map.SlotCount).Clear();
        Scope.Trace?.Begin();
    }

    /// <summary>Where a path begins in the document: the object, or the element of its list that makes the record.</summary>
    public JsonItem RootOf(JsonRoute route) => Part.IsPresent && List!.IsOwn(route, Part) ? Part : Root;

    /// <summary>The first value that fits; not present when there is none.</summary>
    public JsonItem Find(JsonRoute route) => Find(route, out _);

    /// <summary>The first value in the document that fits, else the one in the address of the call; not present when there is none.</summary>
    /// <param name="route">The way to it.</param>
    /// <param name="isFirstOfSeveral">A list on the way has more values, and no selector says which is meant.</param>
    public JsonItem Find(JsonRoute route, out bool isFirstOfSeveral)
    {
        var item = route.Find(RootOf(route), out isFirstOfSeveral);
        return item.IsPresent || Address is null ? item : route.Find(Address.Root);
    }

    /// <summary>Where a value stands in the document; nowhere when the call's address said it.</summary>
    public ByteRange PlaceOf(JsonItem item) => item.IsIn(Address) ? ByteRange.None : item.Range;

    public Hl7Element Get(Hl7Path path) => path.GetIn(_segments!.Find(path));

    /// <summary>
    /// The repetition that a path of a whole field means. Rows beside one another mostly read components of one field, so the last is
    /// remembered.
    /// </summary>
    public Hl7Element GetRepetition(Hl7Path field) => field.Equals(_field) ? _repetition : FindRepetition(field);

    private Hl7Element FindRepetition(Hl7Path field)
    {
        _field = field;
        return _repetition = field.RepetitionIn(_segments!.Find(field));
    }

    public Hl7Segment Find(Hl7Path path) => _segments!.Find(path);

    /// <summary>Every segment that the path fits where the first was found.</summary>
    public IReadOnlyList<Hl7Segment> FindAll(Hl7Path path) => _segments!.FindAll(path);

    /// <summary>Where the path means the record's own segment, all that make it together and fit; otherwise the one it means.</summary>
    public IReadOnlyList<Hl7Segment> FindEach(Hl7Path path) => _segments!.FindEach(path);

    public void NoteIncomplete(string type) => (IncompleteLists ??= []).Add(type);

    public FieldValue Field(ExpressionField field) => Map!.SlotOf(field.Name) is >= 0 and var slot ? _slots[slot].Value : FieldValue.Absent;

    public string? First(ExpressionPath path)
    {
        switch (path.Place)
        {
            case Hl7Place place when Message is not null:
                return Text(Get(place.Path));
            case CsvPlace place when Row is not null:
                return Row.TryGet(place.Columns[0], out var text) && !string.IsNullOrWhiteSpace(text) ? text : null;
            case JsonPlace place when Root.IsPresent:
                return Text(Find(place.Paths[0].Route));
            default:
                return null;
        }
    }

    public bool Says(ExpressionPath path) => path.Place is Hl7Place place && Message is not null
        ? SaysAnything(Get(place.Path)) || (_segments!.IsRun && SaysAnythingInRun(place.Path))
        : path.Place is JsonPlace json && Root.IsPresent ? Find(json.Paths[0].Route).Kind is not (JsonItemKind.None or JsonItemKind.Null) && First(path) is not ""
        : First(path) is { Length: > 0 };

    public IReadOnlyList<string> All(ExpressionPath path)
    {
        if (path.Place is JsonPlace json && Root.IsPresent)
        {
            var items = new List<JsonItem>();
            json.Paths[0].Route.FindAll(RootOf(json.Paths[0].Route), items);
            return [.. items.Select(Text).OfType<string>()];
        }

        if (path.Place is not Hl7Place place || Message is null)
        {
            return First(path) is { } only ? [only] : [];
        }

        var texts = new List<string>();
        foreach (var segment in Segment.IsPresent || place.Path.SegmentSelector is not null ? FindEach(place.Path) : FindAll(place.Path))
        {
            AddAll(place.Path, segment, texts);
        }

        return texts;
    }

    /// <summary>Works out a value that is to be stored.</summary>
    /// <returns>False, after it was reported, when bytes it is made of are no text.</returns>
    public bool TryEvaluate(Expression expression, out ExpressionValue value)
    {
        _undecodable = null;
        value = expression.Evaluate(this);
        if (_undecodable is not var (place, text))
        {
            return true;
        }

        Scope.Place = place;
        Hl7Text.RefuseUndecodable(text, Scope);
        return false;
    }

    private bool SaysAnythingInRun(Hl7Path path) => FindEach(path).Any(segment => SaysAnything(path.GetIn(segment)));

    private void AddAll(Hl7Path path, Hl7Segment segment, List<string> texts)
    {
        if (!segment.IsPresent)
        {
            return;
        }

        foreach (var element in path.GetAllIn(segment))
        {
            if (Text(element) is { } text)
            {
                texts.Add(text);
            }
        }
    }

    private static bool SaysAnything(Hl7Element element) => element.HasValue && !element.SaysNothing();

    /// <summary>The text of one value; an object has none.</summary>
    private string? Text(JsonItem item)
    {
        if (!item.IsScalar)
        {
            return null;
        }

        if (!item.TryDecode(out var text))
        {
            _undecodable ??= (item.Range, text);
        }

        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    /// <summary>The first part, which is what a coded or composite value means; where that is empty, all of it.</summary>
    private string? Text(Hl7Element element)
    {
        if (!element.HasValue || element.SaysNothing())
        {
            return null;
        }

        var first = element.SubComponent(1);
        var read = first.HasValue ? first : element;
        if (!read.TryDecode(out var text))
        {
            _undecodable ??= (read.Range, text);
        }

        return text;
    }
}
