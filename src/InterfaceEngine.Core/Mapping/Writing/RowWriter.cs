using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>One row of the table, made ready to write its field into HL7 v2.</summary>
internal sealed class RowWriter : ICellWriter
{
    private readonly FormatCell _cell;
    private readonly IValueType _type;
    private readonly Hl7Place[] _places;
    private readonly Expression? _value;

    private RowWriter(FieldRow row, FormatCell cell, Hl7Place target, Expression? value, string region)
    {
        Row = row;
        _cell = cell;
        _type = ValueTypes.Of(row.As, region);
        _value = value;
        Target = target;

        // Over a message that is there already a value goes where it was read from.
        _places = value is not null ? [target]
            : row.As.Type == "lines" ? [.. cell.Alternatives.OfType<Hl7Place>().SelectMany(place => place.Paths).Select(path => new Hl7Place([path])), target]
            : [.. cell.Alternatives.OfType<Hl7Place>(), target];
    }

    public FieldRow Row { get; }

    public CellReference Cell => _cell.Reference;

    /// <summary>The place a new message gets.</summary>
    public Hl7Place Target { get; }

    public string Place => Target.Path.ToString();

    public bool IsAssigned => _value is not null;

    public bool IsOnlyForNew => IsAssigned;

    public bool DependsOnMessage => Row.When is { Paths.Count: > 0 } || _value is { Paths.Count: > 0 };

    public bool IsReadBack => _cell.IsRead && !IsAssigned && !Row.IsTransient;

    /// <summary>The writer of a row, or null when HL7 has no place for its field that is written.</summary>
    public static RowWriter? Of(FieldRow row, string region) => row.Cells.GetValueOrDefault(MapFormat.Hl7) is not { Target: { } target } cell ? null : target switch
    {
        Hl7Place place => new RowWriter(row, cell, place, null, region),
        AssignedPlace { Place: Hl7Place place } assigned => new RowWriter(row, cell, place, assigned.Value, region),
        _ => null,
    };

    public bool Applies(RecordWriting record) => Row.When is null || Row.When.Holds(record);

    public void Write(RecordWriting record)
    {
        var value = _value is null ? record[Row.Name] : _value.Evaluate(record).Text;
        if (value is { Length: 0 } || (value is null && (IsAssigned || !record.IsCleared(Row.Name))))
        {
            return;
        }

        var place = record.Draft.IsFresh ? Target : PlaceIn(record);
        record.Scope.Begin(Row.Name, Cell, place.Path.ToString());
        if (record.Draft.FaultOf(place.Path) is { } fault)
        {
            record.Scope.Refuse(WritingCodes.Segment, fault);
            return;
        }

        try
        {
            if (value is null)
            {
                Remove(record, place.Path);
            }
            else
            {
                PutChecked(record, place, value);
            }
        }
        catch (Hl7WriteException refusal)
        {
            record.Scope.Reject(WritingCodes.Place, refusal.Reason + ".");
        }
    }

    /// <summary>
    /// Puts the value, unless the version of a new message has no room for it and it may be left out. What the message is about is
    /// written all the same: only a strict receiver refuses it, and a person sees that it did.
    /// </summary>
    private void PutChecked(RecordWriting record, Hl7Place place, string value)
    {
        var before = record.Scope.LeavesOut ? record.Draft.Mark() : default;
        if (!Put(record, place, value))
        {
            return;
        }

        if (record.Draft.FaultAt(place.Path, record.Part) is { } fault)
        {
            if (record.Scope.LeavesOut)
            {
                record.Draft.GoBack(before);
                record.Scope.Refuse(WritingCodes.Room, fault);
                return;
            }

            record.Scope.Warn(WritingCodes.Room, fault);
        }

        record.Written.Add(Row);
    }

    /// <summary>The first of its places that says something, else where it is written.</summary>
    private Hl7Place PlaceIn(RecordWriting record) =>
        Array.Find(_places, place => record.Draft.Get(place.Path, record.Part) is { IsPresent: true, IsEmpty: false }) ?? Target;

    private void Remove(RecordWriting record, Hl7Path path)
    {
        // HL7 defines "" for whole fields; in a component it would be read as one only by who knows that.
        if (path.Component > 0 && path.FieldSelector is null)
        {
            record.Removed.Add((Row, path));
        }
        else
        {
            record.Draft.Set(path, record.Part, null);
        }
    }

    private bool Put(RecordWriting record, Hl7Place place, string value) =>
        IsAssigned ? PutText(record, place.Path, value)
        : Row.As.Type == "lines" ? PutLines(record, place.Path, value)
        : Row.Definition.IsList ? PutList(record, place.Path, value)
        : place.Paths.Count > 1 ? PutJoined(record, place.Paths, value)
        : PutOne(record, place.Path, value);

    private static bool PutText(RecordWriting record, Hl7Path path, string text)
    {
        record.Draft.Set(First(path), record.Part, text);
        return true;
    }

    private bool PutOne(RecordWriting record, Hl7Path path, string value)
    {
        if (path.Component > 0 || _type is not IElementType element)
        {
            return _type.Write(value, record.Scope) is { } text && PutText(record, path, text);
        }

        if (element.WriteParts(value, record.Scope) is not { } parts)
        {
            return false;
        }

        if (!record.Draft.IsFresh && record.Draft.Get(path, record.Part) is { HasValue: true } before && !Says(before, record, path, element, value))
        {
            Empty(record, path, before, element);
        }

        foreach (var part in parts)
        {
            record.Draft.Set(part.IsUnit ? path.OfField(path.Field + 1).WithComponent(part.Component) : path.WithComponent(part.Component), record.Part, part.Text);
        }

        return true;
    }

    private bool PutList(RecordWriting record, Hl7Path path, string value)
    {
        var number = 0;
        foreach (var item in value.Split(FieldValue.ListSeparator))
        {
            if (_type.Write(item, record.Scope) is not { } text)
            {
                return false;
            }

            var at = record.Draft.IsFresh ? ++number : RepetitionOf(record, path, item);
            record.Draft.Set(path.WithComponent(Math.Max(path.Component, 1)).WithRepetition(at), record.Part, text);
        }

        return true;
    }

    /// <summary>Which repetition says the item already, else the one behind the last.</summary>
    private int RepetitionOf(RecordWriting record, Hl7Path path, string item)
    {
        var field = record.Draft.Find(path, record.Part) is { IsPresent: true } segment ? segment.Field(path.Field) : default;
        for (var number = 1; number <= field.RepetitionCount; number++)
        {
            if (ReadAs(field.Repetition(number), record) == item)
            {
                return number;
            }
        }

        return field.IsPresent && !field.IsEmpty && !field.IsNull ? field.RepetitionCount + 1 : 1;
    }

    private bool PutLines(RecordWriting record, Hl7Path path, string value)
    {
        if (!record.Draft.IsFresh && _cell.Alternatives.OfType<Hl7Place>().Any(place => IsSaid(record, place, value)))
        {
            return true;
        }

        var lines = LinesType.Elements(value);
        var first = record.Draft.RequireRun(path, record.Part, lines.Count);
        for (var index = 0; index < lines.Count; index++)
        {
            record.Draft.SetIn(First(path), first + index, lines[index]);
        }

        for (var index = first + lines.Count; record.Draft.IsOf(path, index); index++)
        {
            record.Draft.SetIn(First(path), index, "");
        }

        return true;
    }

    /// <summary>True when the lines that are there say the same text.</summary>
    private static bool IsSaid(RecordWriting record, Hl7Place place, string value)
    {
        string? text = null;
        foreach (var path in place.Paths)
        {
            var lines = LinesAt(record, path);
            text = lines.Count == 0 ? text : LinesType.Join(text, string.Join('\n', lines));
        }

        return text == value;
    }

    private static List<string> LinesAt(RecordWriting record, Hl7Path path)
    {
        var (message, scope) = (record.Draft.Message, Reading(record));
        var lines = new List<string>();
        for (var segment = record.Draft.Find(path, record.Part); segment.IsPresent && segment.Name == path.Segment;)
        {
            lines.AddRange(path.GetAllIn(segment).Where(element => element.HasValue).Select(element => LinesType.Instance.Read(element.Decode(), scope)).OfType<string>());
            segment = segment.Index + 1 < message.SegmentCount ? message.GetSegment(segment.Index + 1) : default;
        }

        return lines;
    }

    private bool PutJoined(RecordWriting record, IReadOnlyList<Hl7Path> paths, string value)
    {
        if (_type.Write(value, record.Scope) is not { } text)
        {
            return false;
        }

        // A date with a time is cut behind the day; every other text at its blanks.
        string[] parts = Row.As.Type == "instant" ? [text[..8], text[8..]] : text.Split(' ', paths.Count);
        for (var index = 0; index < parts.Length; index++)
        {
            PutText(record, paths[index], parts[index]);
        }

        return true;
    }

    private static bool Says(Hl7Element element, RecordWriting record, Hl7Path path, IElementType type, string value) =>
        type.Read(element, type.HasUnit ? record.Draft.Get(path.OfField(path.Field + 1), record.Part) : default, Reading(record)) == value;

    /// <summary>Empties the components that say the former value in another way.</summary>
    private static void Empty(RecordWriting record, Hl7Path path, Hl7Element before, IElementType type)
    {
        foreach (var component in type.Others.Where(component => before.Component(component).HasValue).ToList())
        {
            record.Draft.Set(path.WithComponent(component), record.Part, "");
        }
    }

    private string? ReadAs(Hl7Element element, RecordWriting record) =>
        !element.HasValue ? null
        : _type is IElementType type ? type.Read(element, default, Reading(record))
        : Hl7Text.Read(_type, element, Reading(record));

    /// <summary>What is noticed while something that is there already is read does not matter here.</summary>
    private static ReadingScope Reading(RecordWriting record) => new(MapFormat.Hl7, NodaTime.Instant.FromUnixTimeTicks(0), record.Scope.Zone);

    /// <summary>A path without a component means the first: what a sender has beside it stays.</summary>
    private static Hl7Path First(Hl7Path path) => path.Component > 0 ? path : path.WithComponent(1);
}
