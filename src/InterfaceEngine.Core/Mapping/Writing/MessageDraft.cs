using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Grammar;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// The message while it is written: values are put where paths point, and segments that are missing are added where
/// the standard has them. Everything else stays as it is, byte for byte.
/// </summary>
/// <param name="message">What is there already: a bare MSH, or a message that is written over.</param>
/// <param name="isFresh">It is a new message; otherwise what nobody maps in it is kept.</param>
internal sealed class MessageDraft(Hl7Message message, bool isFresh)
{
    private readonly PlacesOfSegments _order = PlacesOfSegments.Of(message.MessageCode);
    private readonly MessageStructure? _structure = isFresh ? GrammarVersion.For(message.Version).Structures.Of(message) : null;

    public Hl7Message Message { get; private set; } = message;

    public bool IsFresh => isFresh;

    /// <summary>The segment a path means, seen from the item's own one; not present when it is missing.</summary>
    public Hl7Segment Find(Hl7Path path, ItemSegment? item) =>
        item is null ? SegmentSearch.Find(Message, path) : new SegmentScope(Message).At(item.In(Message), isItem: true).Find(path);

    /// <summary>
    /// Why a new message may not have a segment: the structure of its event has none in its version (PD1 in an SIU of 2.3). Null
    /// when it may; segments of one's own (Z…) stand anywhere, and a message that is there already keeps what it has.
    /// </summary>
    public string? FaultOf(string segment) => _structure is null || segment.StartsWith('Z') || _structure.Positions.Any(position => position.Name == segment)
        ? null
        : $"{_structure.Name} of HL7 {Message.Version} has no {segment}.";

    /// <summary>
    /// Why the version of a new message has no room for what was written at a place: too long, or one that may not repeat (PID-10 of
    /// 2.3 is a single character). Null when it has.
    /// </summary>
    public string? FaultAt(Hl7Path path, ItemSegment? item) =>
        isFresh && FieldCheck.FaultOf(Find(path, item), path.Field, GrammarVersion.For(Message.Version)) is { } fault ? $"HL7 {Message.Version}: {fault}." : null;

    /// <summary>What stands at a place.</summary>
    public Hl7Element Get(Hl7Path path, ItemSegment? item) => path.GetIn(Find(path, item));

    /// <summary>Puts a value at a place.</summary>
    /// <param name="path">The place.</param>
    /// <param name="item">The segment of the item of a list that is written; null for the whole message.</param>
    /// <param name="text">Plain text; null writes <c>""</c>.</param>
    /// <exception cref="Hl7WriteException">The place or the character set can't hold it.</exception>
    public void Set(Hl7Path path, ItemSegment? item, string? text)
    {
        var segment = Find(path, item);
        var isNew = !segment.IsPresent;
        Message = path.SetIn(isNew ? Add(path, item) : segment, text, isNew);
    }

    /// <summary>Puts a value into one segment.</summary>
    public void SetIn(Hl7Path path, int index, string text) => Message = path.SetIn(Message.GetSegment(index), text);

    /// <summary>Takes back what was written since.</summary>
    public void GoBack(Hl7Message before) => Message = before;

    /// <summary>Makes sure that the segment of an item is there.</summary>
    public void Require(ItemSegment item)
    {
        while (!item.In(Message).IsPresent)
        {
            Insert(item.Name, AfterLast(item.Name));
        }
    }

    /// <summary>Makes a run of segments of the path's name, as many as wanted; gives the index of the first.</summary>
    public int RequireRun(Hl7Path path, ItemSegment? item, int count)
    {
        var first = Find(path, item) is { IsPresent: true } segment ? segment : Add(path, item);
        for (var number = 1; number < count; number++)
        {
            var index = first.Index + number;
            if (index >= Message.SegmentCount || Message.GetSegment(index).Name != path.Segment)
            {
                Insert(path.Segment, index);
            }
        }

        return first.Index;
    }

    /// <summary>Numbers the segments whose first field is a set id and says nothing: from 1, notes from 1 under each opener.</summary>
    public void Number()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 1; index < Message.SegmentCount; index++)
        {
            var name = Message.GetSegment(index).Name;
            if (Hl7Dictionary.Field(name, 1) is not { DataType: "SI" })
            {
                counts.Remove("NTE");
                continue;
            }

            if (name != "NTE")
            {
                counts.Remove("NTE");
            }

            var number = counts[name] = counts.GetValueOrDefault(name) + 1;
            if (Message.GetSegment(index).Field(1) is { IsPresent: false } or { IsEmpty: true })
            {
                SetIn(Hl7Path.Parse(name + "-1"), index, number.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private Hl7Segment Add(Hl7Path path, ItemSegment? item)
    {
        var name = path.Segment;
        if (path.Opener is not null || path.SegmentKey == SegmentSearch.Nte)
        {
            // Notes stand right behind what they belong to: the item, the opener the path names, what the message is about.
            var owner = path.Opener is { } opener ? Find(opener, item) is { IsPresent: true } found ? found : Add(opener, item)
                : item?.In(Message) ?? new SegmentScope(Message).Subject;
            return Insert(name, owner.Index + 1);
        }

        // What goes with an item and does not stand before all of them belongs right behind it.
        var own = item?.In(Message) ?? default;
        var place = Message.Find(name).IsPresent ? AfterLast(name) : _order.PlaceOf(name, Message);
        return Insert(name, own.IsPresent && place > own.Index ? own.Index + 1 : place);
    }

    /// <summary>Behind the last segment of a name and the notes, Z segments and parts that hang on it.</summary>
    private int AfterLast(string name)
    {
        var all = Message.FindAll(name);
        if (all.Count == 0)
        {
            return _order.PlaceOf(name, Message);
        }

        var place = all[^1].Index + 1;
        while (place < Message.SegmentCount && Message.Tree.IsIn(place, all[^1].Index))
        {
            place++;
        }

        return place;
    }

    private Hl7Segment Insert(string name, int place)
    {
        var body = Message.Bytes.Span;
        var end = SegmentEnd();
        byte[] bytes;
        if (place >= Message.SegmentCount)
        {
            byte[] separator = body[^1] is (byte)'\r' or (byte)'\n' ? [] : end;
            bytes = [.. body, .. separator, .. Encoding.ASCII.GetBytes(name), .. end];
            place = Message.SegmentCount;
        }
        else
        {
            var at = Message.GetSegment(place).Range.Offset;
            bytes = [.. body[..at], .. Encoding.ASCII.GetBytes(name), .. end, .. body[at..]];
        }

        Message = Hl7Message.Parse(bytes, Message.Options);
        return Message.GetSegment(place);
    }

    /// <summary>How the message itself ends its first segment; CR when it has only one.</summary>
    private byte[] SegmentEnd()
    {
        var header = Message.GetSegment(0);
        var (range, whole) = (header.Range, header.RangeWithEnd);
        var end = Message.Bytes.Span[(range.Offset + range.Length)..(whole.Offset + whole.Length)];
        return end.IsEmpty ? [(byte)'\r'] : end.ToArray();
    }
}

/// <summary>The segment of one item of a list: the second IN1.</summary>
internal sealed record ItemSegment(string Name, int Number)
{
    public Hl7Segment In(Hl7Message message) => message.Find(Name, Number);
}
