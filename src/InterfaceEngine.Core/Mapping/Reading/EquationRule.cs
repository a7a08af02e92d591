using System.Globalization;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// <c>end_time = start_time + duration</c>, read in whichever direction is needed: two of the three give the third.
/// When a message brings all three and they disagree, the sum is kept and the disagreement reported.
/// </summary>
/// <param name="equation">The equation.</param>
/// <param name="sum">The place of its sum among the fields of the map.</param>
/// <param name="left">Of its first term.</param>
/// <param name="right">Of its second term.</param>
internal sealed class EquationRule(Equation equation, int sum, int left, int right)
{
    private readonly bool _isInstant = equation.Sum.As.Type == "instant";

    public void Apply(RecordReading reading)
    {
        var total = Number(reading[sum], equation.Sum);
        var first = Number(reading[left], equation.Left);
        var second = Number(reading[right], equation.Right);
        if (first is { } a && second is { } b)
        {
            if (total is null && reading[sum].Value.IsAbsent)
            {
                Set(reading, sum, equation.Sum, a + b);
            }
            else if (total is { } said && said != a + b)
            {
                Disagree(reading, a + b);
            }
        }
        else if (total is { } whole && first is { } part && reading[right].Value.IsAbsent)
        {
            Set(reading, right, equation.Right, whole - part);
        }
        else if (total is { } all && second is { } rest && reading[left].Value.IsAbsent)
        {
            Set(reading, left, equation.Left, all - rest);
        }
    }

    private decimal? Number(in Slot slot, FieldRow row) => EquationNumbers.Read(equation, row, slot.Value.Text);

    private void Set(RecordReading reading, int index, FieldRow row, decimal number)
    {
        if (EquationNumbers.Write(equation, row, number) is { } text)
        {
            ref var slot = ref reading[index];
            slot.Value = FieldValue.Of(text);
            slot.Cell = equation.Reference;
            slot.Place = ByteRange.None;
            reading.Scope.Trace?.Field(row.Name);
            reading.Scope.Trace?.Step($"equation {equation}", text, equation.Reference);
        }
    }

    private void Disagree(RecordReading reading, decimal expected)
    {
        var slot = reading[sum];
        var formula = $"{equation.Left.Name} + {equation.Right.Name}";
        var (found, other) = (slot.Value.Text!, EquationNumbers.Write(equation, equation.Sum, expected) ?? "?");
        var kept = $"Kept {equation.Sum.Name}.";
        if (_isInstant && InstantType.TryParse(found, out var said) && InstantType.TryParse(other, out var computed))
        {
            // People know the clinic's clock, not UTC; the day is said only where it matters.
            var zone = reading.Scope.Zone;
            var (here, there) = (said.InZone(zone).LocalDateTime, computed.InZone(zone).LocalDateTime);
            var pattern = here.Date == there.Date ? "HH:mm" : "yyyy-MM-dd HH:mm";
            found = here.ToString(pattern, CultureInfo.InvariantCulture);
            other = there.ToString(pattern, CultureInfo.InvariantCulture);
            kept = $"Kept {equation.Sum.Name} (zone {zone.Id}).";
        }

        reading.Scope.Add(new MappingNote
        {
            Severity = NoteSeverity.Warning,
            Code = MappingCodes.Equation,
            Field = equation.Sum.Name,
            Cell = slot.Cell,
            Path = equation.Sum.Cells.TryGetValue(reading.Scope.Format, out var cell) ? RowReader.TextOf(cell) : "",
            Place = slot.Place,
            Reason = $"{equation.Sum.Name} disagrees with {formula}.",
            Found = found,
            Sentence = $"{equation.Sum.Name} {found} disagrees with {formula} = {other}.",
            Consequence = kept,
        });
    }
}
