using NodaTime;

namespace InterfaceEngine.Core.Mapping;

/// <summary>The rules and checks of a table, for a record that no message brought: somebody on our side makes or changes it.</summary>
public static class RecordRules
{
    /// <summary>Everything the values break, in words that hold no value.</summary>
    /// <param name="map">The record type's table.</param>
    /// <param name="values">The whole record, in canonical form.</param>
    /// <param name="today">The day, in the practice's zone.</param>
    public static IReadOnlyList<string> Broken(RecordMap map, IReadOnlyDictionary<string, string> values, LocalDate today)
    {
        var broken = new List<string>();
        foreach (var row in map.Rows.Where(row => !row.IsTransient).DistinctBy(row => row.Name))
        {
            if (FaultOf(row, values.GetValueOrDefault(row.Name)) is { } fault)
            {
                broken.Add($"{row.Name} {fault}.");
            }
        }

        var scope = new ValueScope(values, today);
        broken.AddRange(map.Checks.Where(check => check.IfNot != CheckOutcome.Warn && check.MustHold.Check(scope) == CheckResult.Fails).Select(check => $"{check.Say}: {check.MustHold.Text} must hold."));
        return broken;
    }

    private static string? FaultOf(FieldRow row, string? value) => value switch
    {
        null => row.Definition.IsRequired ? "is required" : null,
        _ when row.LengthMax is { } max && value.Length > max => $"has more than {max} characters",
        _ when row.Pattern?.IsMatch(value) == false => "is not of the form that the row asks for",
        _ when row.Choices is { } choices && !choices.Contains(value) => $"is not one of {string.Join(", ", choices)}",
        _ => null,
    };
}
