using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// A place in an HL7 message that holds several values: the repetitions of a list field (<c>race[]</c>) in all segments that make the
/// record together, or, of <c>lines</c>, those of every segment the path means there too (an NTE each). Components of one field that stand
/// for one another (<c>OBX-5.1 or OBX-5.4</c>) do so in each repetition by itself. Items that can't be taken are reported and left out.
/// </summary>
internal sealed class Hl7ListReader : PlaceReader
{
    private readonly Hl7Path _path;
    private readonly Hl7Path[] _components;
    private readonly IValueType _type;
    private readonly bool _isLines;

    /// <param name="paths">The place, or several of one field.</param>
    /// <param name="type">How a value is read.</param>
    /// <param name="isLines">The values are the lines of one text.</param>
    public Hl7ListReader(IReadOnlyList<Hl7Path> paths, IValueType type, bool isLines)
        : base(paths[0].ToString())
    {
        _components = paths.Count > 1 ? [.. paths] : [];
        _path = paths.Count > 1 ? paths[0].OfWholeField() : paths[0];
        _type = type;
        _isLines = isLines;
    }

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var segments = _isLines ? reading.FindAll(_path) : reading.FindEach(_path);
        if (segments.Count == 0)
        {
            return false;
        }

        var items = new List<Hl7Element>(segments.Count);
        foreach (var segment in segments)
        {
            AddItems(segment, items);
        }

        return TryRead(reading, items, ref slot);
    }

    /// <summary>A segment that has none counts as one that says nothing.</summary>
    private void AddItems(Hl7Segment segment, List<Hl7Element> items)
    {
        var before = items.Count;
        foreach (var repetition in _path.GetAllIn(segment))
        {
            items.Add(_components.Length == 0 ? repetition : FirstSaid(repetition));
        }

        if (items.Count == before)
        {
            items.Add(default);
        }
    }

    private Hl7Element FirstSaid(Hl7Element repetition)
    {
        foreach (var component in _components)
        {
            if (component.InRepetition(repetition) is { IsPresent: true, IsEmpty: false } said)
            {
                return said;
            }
        }

        return default;
    }

    private bool TryRead(RecordReading reading, List<Hl7Element> elements, ref Slot slot)
    {
        var before = reading.Scope.NoteCount;
        var values = new List<string>();
        var blanks = 0;
        var from = -1;
        var to = 0;
        foreach (var item in elements)
        {
            if (!item.IsPresent || item.IsEmpty)
            {
                blanks++;
                continue;
            }

            if (item.IsNull && values.Count == 0)
            {
                slot.Place = item.Range;
                slot.Value = FieldValue.Cleared;
                return true;
            }

            if (_isLines && EmbeddedKind.IsPdfInBase64(item.Raw))
            {
                // All that follows is that content, however it was cut into lines.
                break;
            }

            reading.Scope.Place = item.Range;
            if (_type is not IElementType)
            {
                reading.Scope.Trace?.Found(Text, item.Decode());
            }

            from = from < 0 ? item.Range.Offset : from;
            to = item.Range.Offset + item.Range.Length;

            // A list does without an item, but a text without one of its lines would be another text.
            var line = "";
            if (_isLines && !Hl7Text.TryDecode(item, reading.Scope, out line))
            {
                return true;
            }

            if (Read(item, line, reading.Scope) is not { } value)
            {
                blanks++;
            }
            else if (_isLines || !values.Contains(value))
            {
                // A blank line between two others is part of the text; one before or behind them is not.
                values.AddRange(Enumerable.Repeat("", _isLines && values.Count > 0 ? blanks : 0));
                values.Add(value);
                blanks = 0;
            }
        }

        if (values.Count > 0)
        {
            slot.Place = new ByteRange(from, to - from);
            slot.Value = FieldValue.Of(values.Count == 1 ? values[0] : string.Join(_isLines ? '\n' : FieldValue.ListSeparator, values));
        }

        return values.Count > 0 || reading.Scope.NoteCount > before;
    }

    private string? Read(Hl7Element item, string line, ReadingScope scope)
    {
        // A line is free text: what stands in it is no separator, though the sender forgot to escape it.
        return _isLines ? _type.Read(line, scope)
            : _type is IElementType element ? element.Read(item, default, scope)
            : Hl7Text.Read(_type, item, scope);
    }
}

/// <summary>Several places of an HL7 message whose lines make one text: <c>NTE-3 + AIG/NTE-3</c>.</summary>
internal sealed class Hl7LinesReader(IReadOnlyList<Hl7Path> paths, IValueType type) : PlaceReader(string.Join(" + ", paths))
{
    private readonly Hl7ListReader[] _readers = [.. paths.Select(path => new Hl7ListReader([path], type, isLines: true))];

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var isSaid = false;
        foreach (var reader in _readers)
        {
            var one = default(Slot);
            reading.Scope.Path = reader.Text;
            if (!reader.TryRead(reading, ref one))
            {
                continue;
            }

            isSaid = true;
            if (!slot.Value.HasValue && !one.Value.IsAbsent)
            {
                (slot.Value, slot.Place) = (one.Value, one.Place);
            }
            else if (one.Value.HasValue)
            {
                slot.Value = FieldValue.Of(LinesType.Join(slot.Value.Text, one.Value.Text!));
            }
        }

        return isSaid;
    }
}
