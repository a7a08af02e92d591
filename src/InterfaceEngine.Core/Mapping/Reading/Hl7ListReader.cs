using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// A place in an HL7 message that holds several values: the repetitions of a list field (<c>race[]</c>) in all segments that make the
/// record together, or, of <c>lines</c>, those of every segment the path means there too (an NTE each). Items that can't be taken are reported and left out.
/// </summary>
internal sealed class Hl7ListReader(Hl7Path path, IValueType type, bool isLines) : PlaceReader(path.ToString())
{
    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var segments = isLines ? reading.FindAll(path) : reading.FindEach(path);
        return segments.Count > 0 && TryRead(reading, segments.SelectMany(segment => path.GetAllIn(segment).DefaultIfEmpty()), ref slot);
    }

    private bool TryRead(RecordReading reading, IEnumerable<Hl7Element> elements, ref Slot slot)
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

            reading.Scope.Place = item.Range;
            from = from < 0 ? item.Range.Offset : from;
            to = item.Range.Offset + item.Range.Length;

            // A list does without an item, but a text without one of its lines would be another text.
            var line = "";
            if (isLines && !Hl7Text.TryDecode(item, reading.Scope, out line))
            {
                return true;
            }

            if (Read(item, line, reading.Scope) is not { } value)
            {
                blanks++;
            }
            else if (isLines || !values.Contains(value))
            {
                // A blank line between two others is part of the text; one before or behind them is not.
                values.AddRange(Enumerable.Repeat("", isLines && values.Count > 0 ? blanks : 0));
                values.Add(value);
                blanks = 0;
            }
        }

        if (values.Count > 0)
        {
            slot.Place = new ByteRange(from, to - from);
            slot.Value = FieldValue.Of(values.Count == 1 ? values[0] : string.Join(isLines ? '\n' : FieldValue.ListSeparator, values));
        }

        return values.Count > 0 || reading.Scope.NoteCount > before;
    }

    private string? Read(Hl7Element item, string line, ReadingScope scope)
    {
        // A line is free text: what stands in it is no separator, though the sender forgot to escape it.
        return isLines ? type.Read(line, scope)
            : type is IElementType element ? element.Read(item, default, scope)
            : Hl7Text.Read(type, item, scope);
    }
}
