using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Grammar;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// The message while it is written: values are put where paths point, and segments that are missing are added where
/// the standard has them. Everything else stays as it is, byte for byte. It is kept in segments, and put together only
/// when somebody must see all of it.
/// </summary>
internal sealed class MessageDraft
{
    private const int SegmentsUsual = 16;

    private static readonly byte[] CarriageReturn = "\r"u8.ToArray();

    /// <summary>By segment, where its set id stands; null where it has none. Bounded by the names there can be.</summary>
    private static readonly ConcurrentDictionary<int, Hl7Path?> SetIds = new();

    private readonly PlacesOfSegments _order;
    private readonly Hl7Grammar _grammar;
    private readonly MessageStructure? _structure;
    private readonly string _version;
    private readonly byte[] _preamble;
    private readonly byte[] _end;

    private List<SegmentDraft> _segments;

    /// <summary>Of all segments together.</summary>
    private int _bytes;

    /// <summary>The message as it is now; null after it changed, until somebody asks for it.</summary>
    private Hl7Message? _whole;

    /// <summary>The message as it was when it was last put together: its delimiters and character set are the draft's.</summary>
    private Hl7Message _last;

    /// <param name="message">What is there already: a bare MSH, or a message that is written over.</param>
    /// <param name="isFresh">It is a new message; otherwise what nobody maps in it is kept.</param>
    public MessageDraft(Hl7Message message, bool isFresh)
    {
        IsFresh = isFresh;
        _last = _whole = message;
        _version = message.Version;
        _grammar = GrammarVersion.For(_version);
        _structure = isFresh ? _grammar.Structures.Of(message) : null;
        _order = PlacesOfSegments.Of(message.MessageCode);
        _preamble = message.Body[..message.Preamble.Length].ToArray();
        _segments = new List<SegmentDraft>(Math.Max(message.SegmentCount, SegmentsUsual));
        for (var index = 0; index < message.SegmentCount; index++)
        {
            _segments.Add(SegmentDraft.Of(message.GetSegment(index)));
        }

        _bytes = message.Body.Length - _preamble.Length;

        _end = _segments[0].End is { Length: > 0 } end ? end : CarriageReturn;
    }

    public bool IsFresh { get; }

    public Hl7Message Message => _whole ??= _last = Hl7Message.Parse(Join(), _last.Options);

    /// <summary>The segment a path means, seen from the item's own one; not present when it is missing.</summary>
    public Hl7Segment Find(Hl7Path path, ItemSegment? item) => IndexOf(path, item) is >= 0 and var index ? Message.GetSegment(index) : default;

    /// <summary>
    /// Why a new message may not have a segment: the structure of its event has none in its version (PD1 in an SIU of 2.3). Null
    /// when it may; segments of one's own (Z…) stand anywhere, and a message that is there already keeps what it has.
    /// </summary>
    public string? FaultOf(Hl7Path path) => _structure is null || _structure.Has(path.SegmentKey) || path.Segment.StartsWith('Z')
        ? null
        : $"{_structure.Name} of HL7 {_version} has no {path.Segment}.";

    /// <summary>
    /// Why the version of a new message has no room for what was written at a place: too long, or one that may not repeat (PID-10 of
    /// 2.3 is a single character). Null when it has.
    /// </summary>
    public string? FaultAt(Hl7Path path, ItemSegment? item)
    {
        if (!IsFresh || IndexOf(path, item) is not (>= 0 and var index))
        {
            return null;
        }

        var type = path.SegmentKey == FieldCheck.Obx ? FieldAt(index, FieldCheck.ObservationType) : default;
        var fault = FieldCheck.FaultOf(path.SegmentKey, path.Field, FieldAt(index, path.Field), type, _grammar);
        return fault is null ? null : $"HL7 {_version}: {fault}.";
    }

    /// <summary>What stands at a place.</summary>
    public Hl7Element Get(Hl7Path path, ItemSegment? item) =>
        path.Field == 0 ? Find(path, item).AsElement() : IndexOf(path, item) is >= 0 and var index ? path.GetInField(FieldAt(index, path.Field)) : default;

    /// <summary>Puts a value at a place.</summary>
    /// <param name="path">The place.</param>
    /// <param name="item">The segment of the item of a list that is written; null for the whole message.</param>
    /// <param name="text">Plain text; null writes <c>""</c>.</param>
    /// <exception cref="Hl7WriteException">The place or the character set can't hold it, or it passes a limit.</exception>
    public void Set(Hl7Path path, ItemSegment? item, string? text)
    {
        var index = IndexOf(path, item);
        var isNew = index < 0;
        Put(path, isNew ? Add(path, item) : index, isNew, text);
    }

    /// <summary>Puts a value into one segment.</summary>
    /// <exception cref="Hl7WriteException">The place or the character set can't hold it, or it passes a limit.</exception>
    public void SetIn(Hl7Path path, int index, string text) => Put(path, index, isNew: false, text);

    /// <summary>The draft as it is now, to go back to once.</summary>
    public DraftMark Mark() => new(_segments.ConvertAll(segment => segment.Copy()), _bytes, _whole);

    /// <summary>Takes back what was written since.</summary>
    public void GoBack(DraftMark mark) => (_segments, _bytes, _whole) = (mark.Segments, mark.Bytes, mark.Whole);

    /// <summary>Makes sure that the segment of an item is there.</summary>
    public void Require(ItemSegment item)
    {
        while (IndexOf(item.Key, item.Number) < 0)
        {
            Insert(item.Name, AfterLast(item.Name));
        }
    }

    /// <summary>Makes a run of segments of the path's name, as many as wanted; gives the index of the first.</summary>
    /// <exception cref="Hl7WriteException">A message can't have so many.</exception>
    public int RequireRun(Hl7Path path, ItemSegment? item, int count)
    {
        var first = IndexOf(path, item) is >= 0 and var found ? found : Add(path, item);
        for (var index = first + 1; index < first + count; index++)
        {
            if (!IsOf(path, index))
            {
                Insert(path.Segment, index);
            }
        }

        return first;
    }

    /// <summary>Whether a segment has the path's name.</summary>
    public bool IsOf(Hl7Path path, int index) => index < _segments.Count && _segments[index].Key == path.SegmentKey;

    /// <summary>Numbers the segments whose first field is a set id and says nothing: from 1, notes from 1 under each opener.</summary>
    public void Number()
    {
        var counts = new Dictionary<int, int>();
        for (var index = 1; index < _segments.Count; index++)
        {
            var key = _segments[index].Key;
            var place = SetIds.GetOrAdd(key, SetIdOf);
            if (place is null)
            {
                counts.Remove(SegmentSearch.Nte);
                continue;
            }

            if (key != SegmentSearch.Nte)
            {
                counts.Remove(SegmentSearch.Nte);
            }

            var number = counts[key] = counts.GetValueOrDefault(key) + 1;
            if (_segments[index].Field(1) is not { Length: > 0 })
            {
                SetIn(place, index, number.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private static Hl7Path? SetIdOf(int key) =>
        SegmentName.TextOf(key) is var name && Hl7Dictionary.Field(name, 1) is { DataType: "SI" } ? Hl7Path.Parse(name + "-1") : null;

    private void Put(Hl7Path path, int index, bool isNew, string? text)
    {
        var segment = _segments[index];
        var writer = new Hl7SegmentWriter(_last, path);
        var before = segment.Length;
        segment.Write(writer, isNew, text);
        _whole = null;
        _bytes += segment.Length - before;
        if (_bytes > _last.Options.MessageBytesMax)
        {
            throw Passes(_bytes, "bytes", _last.Options.MessageBytesMax, nameof(Hl7ParseOptions.MessageBytesMax));
        }

        // A value may change how an undeclared character set is read; that shows only in the whole.
        if (text is not null && !Ascii.IsValid(text) && !writer.IsReadBack(path.GetIn(Message.GetSegment(index)), text))
        {
            throw new Hl7WriteException(Hl7SegmentWriter.NotReadBack, path.ToString());
        }
    }

    private Hl7Element FieldAt(int index, int number) => _segments[index].Field(number) is { } field ? _last.AsField(field) : default;

    /// <summary>The place of the segment a path means; -1 when it is missing.</summary>
    private int IndexOf(Hl7Path path, ItemSegment? item)
    {
        var isPlain = path is { SegmentSelector: null, Opener: null } && path.SegmentKey != SegmentSearch.Nte;
        if (isPlain && (item is null || item.Key == path.SegmentKey))
        {
            return IndexOf(path.SegmentKey, item?.Number ?? 1);
        }

        var found = item is null ? SegmentSearch.Find(Message, path) : new SegmentScope(Message).At(item.In(Message), isItem: true).Find(path);
        return found.IsPresent ? found.Index : -1;
    }

    private int IndexOf(int key, int number)
    {
        for (var index = 0; index < _segments.Count; index++)
        {
            if (_segments[index].Key == key && --number == 0)
            {
                return index;
            }
        }

        return -1;
    }

    private int Add(Hl7Path path, ItemSegment? item)
    {
        var name = path.Segment;
        if (path.Opener is not null || path.SegmentKey == SegmentSearch.Nte)
        {
            // Notes stand right behind what they belong to: the item, the opener the path names, what the message is about.
            var owner = path.Opener is { } opener ? IndexOf(opener, item) is >= 0 and var found ? found : Add(opener, item)
                : item is not null ? IndexOf(item.Key, item.Number) : new SegmentScope(Message).Subject.Index;
            return Insert(name, owner + 1);
        }

        // What goes with an item and does not stand before all of them belongs right behind it.
        var own = item is null ? -1 : IndexOf(item.Key, item.Number);
        var place = AfterLast(name);
        return Insert(name, own >= 0 && place > own ? own + 1 : place);
    }

    /// <summary>Behind the last segment of a name and the notes, Z segments and parts that hang on it; without one, where the standard has it.</summary>
    private int AfterLast(string name)
    {
        var last = _segments.FindLastIndex(segment => segment.Key == SegmentName.KeyOf(name));
        if (last < 0)
        {
            return _order.PlaceOf(name, _segments);
        }

        var place = last + 1;
        while (place < _segments.Count && Message.Tree.IsIn(place, last))
        {
            place++;
        }

        return place;
    }

    private int Insert(string name, int place)
    {
        if (_segments.Count >= _last.Options.SegmentsMax)
        {
            throw Passes(_segments.Count + 1, "segments", _last.Options.SegmentsMax, nameof(Hl7ParseOptions.SegmentsMax));
        }

        var before = _segments[place - 1];
        if (before.End is not [.., (byte)'\r' or (byte)'\n'])
        {
            before.End = [.. before.End, .. _end];
            _bytes += _end.Length;
        }

        var made = SegmentDraft.New(name, _end);
        _segments.Insert(place, made);
        _bytes += made.Length;
        _whole = null;
        return place;
    }

    private byte[] Join()
    {
        var body = new byte[_preamble.Length + _bytes];
        _preamble.CopyTo(body, 0);
        var at = _preamble.Length;
        foreach (var segment in _segments)
        {
            at = segment.WriteTo(body, at, _last.Delimiters.Field);
        }

        return body;
    }

    private static Hl7WriteException Passes(int found, string what, int max, string limit) =>
        new(string.Create(CultureInfo.InvariantCulture, $"the message would pass a limit: {found} {what}, at most {max} are taken ({limit})"));
}

/// <summary>A draft as it was.</summary>
internal readonly record struct DraftMark(List<SegmentDraft> Segments, int Bytes, Hl7Message? Whole);

/// <summary>The segment of one item of a list: the second IN1.</summary>
internal sealed record ItemSegment(string Name, int Number)
{
    public int Key { get; } = SegmentName.KeyOf(Name);

    public Hl7Segment In(Hl7Message message) => message.Find(Name, Number);
}
