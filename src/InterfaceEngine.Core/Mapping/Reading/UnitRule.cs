using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// Fields that share a dotted prefix are replaced together: when any of them comes, those that did not come are
/// cleared. In HL7 the field that holds them all counts too: when PID-11 comes, the whole address does.
/// </summary>
internal sealed class UnitRule
{
    private readonly Member[] _members;
    private readonly Hl7Path[] _fields;

    /// <param name="members">Those of the unit's fields that the format has a cell for.</param>
    public UnitRule(IReadOnlyList<Member> members)
    {
        _members = [.. members];
        _fields = [.. members.SelectMany(member => member.Paths).Where(path => path.Component > 0).Select(path => path.OfWholeField()).Distinct()];
    }

    /// <summary>The units of a map.</summary>
    /// <param name="rows">The rows of each field, in the order of their places.</param>
    /// <param name="readers">How each of them is read.</param>
    /// <param name="format">The format.</param>
    public static IEnumerable<UnitRule> All(IReadOnlyList<IReadOnlyList<FieldRow>> rows, IReadOnlyList<IReadOnlyList<RowReader>> readers, MapFormat format)
    {
        var fields = rows.Select((group, slot) => (Row: group[0], Slot: slot, Cell: group[0].Cells.GetValueOrDefault(format), Reader: readers[slot][0]));
        return fields
            .Where(field => field.Cell is { IsRead: true } && field.Row.Definition.Unit != field.Row.Name)
            .GroupBy(field => field.Row.Definition.Unit)
            .Where(unit => unit.Count() > 1)
            .Select(unit => new UnitRule([.. unit.Select(field => new Member(
                field.Row.Name,
                field.Slot,
                field.Cell!.Reference,
                [.. field.Cell.Alternatives.OfType<Hl7Place>().SelectMany(place => place.Paths)],
                field.Reader.Column))]));
    }

    public void Apply(RecordReading reading)
    {
        if (!HasFieldCome(reading, out var place) && !HasCome(reading))
        {
            return;
        }

        foreach (var member in _members)
        {
            ref var slot = ref reading[member.Slot];
            if (slot.Value.IsAbsent && (member.Column is null || member.Column.IsIn(reading)))
            {
                slot.Value = FieldValue.Cleared;
                slot.Cell = member.Cell;
                slot.Place = place;
                reading.Scope.Trace?.Continue(member.Field);
                reading.Scope.Trace?.Step("cleared, for its unit is replaced as a whole");
            }
        }
    }

    private bool HasCome(RecordReading reading)
    {
        foreach (var member in _members)
        {
            ref var slot = ref reading[member.Slot];
            if (!slot.Value.IsAbsent && !slot.IsConstant)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasFieldCome(RecordReading reading, out ByteRange place)
    {
        foreach (var path in _fields)
        {
            var field = reading.Get(path);
            if (field.IsPresent && !field.SaysNothing())
            {
                place = field.Range;
                return true;
            }
        }

        place = ByteRange.None;
        return false;
    }

    /// <param name="Field">The field.</param>
    /// <param name="Slot">Its place among those of its map.</param>
    /// <param name="Cell">Its cell of the format.</param>
    /// <param name="Paths">Its places in an HL7 message.</param>
    /// <param name="Column">Its column of a file; null in a message.</param>
    public sealed record Member(string Field, int Slot, CellReference Cell, IReadOnlyList<Hl7Path> Paths, CsvPlaceReader? Column);
}
