using System.Globalization;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;
using NodaTime;

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
    /// <summary>Ticks of an instant, days of a date, minutes, or the number itself: what is added depends on the sum's type.</summary>
    private const long TicksPerMinute = NodaConstants.TicksPerMinute;

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

    private decimal? Number(in Slot slot, FieldRow row)
    {
        if (!slot.Value.HasValue)
        {
            return null;
        }

        var text = slot.Value.Text!;
        return row.As.Type switch
        {
            "instant" => InstantType.TryParse(text, out var instant) ? instant.ToUnixTimeTicks() : null,
            "minutes" when _isInstant => decimal.Parse(text, CultureInfo.InvariantCulture) * TicksPerMinute,
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date.DayNumber : null,
            _ => decimal.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
    }

    private void Set(RecordReading reading, int index, FieldRow row, decimal number)
    {
        if (Text(row, number) is { } text)
        {
            ref var slot = ref reading[index];
            slot.Value = FieldValue.Of(text);
            slot.Cell = equation.Reference;
            slot.Place = ByteRange.None;
        }
    }

    /// <summary>The canonical form; null when the type can't hold the number, such as a length below a minute.</summary>
    private string? Text(FieldRow row, decimal number)
    {
        switch (row.As.Type)
        {
            case "instant":
                return InstantType.Write(Instant.FromUnixTimeTicks((long)number));
            case "minutes":
                var minutes = _isInstant ? number / TicksPerMinute : number;
                return minutes is >= 1 and <= MinutesType.MinutesMax && minutes == decimal.Truncate(minutes)
                    ? minutes.ToString("0", CultureInfo.InvariantCulture)
                    : null;
            case "date":
                return number >= DateOnly.MinValue.DayNumber && number <= DateOnly.MaxValue.DayNumber
                    ? DateOnly.FromDayNumber((int)number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                    : null;
            default:
                return number.ToString(CultureInfo.InvariantCulture);
        }
    }

    private void Disagree(RecordReading reading, decimal expected)
    {
        var slot = reading[sum];
        var formula = $"{equation.Left.Name} + {equation.Right.Name}";
        var (found, other) = (slot.Value.Text!, Text(equation.Sum, expected) ?? "?");
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
