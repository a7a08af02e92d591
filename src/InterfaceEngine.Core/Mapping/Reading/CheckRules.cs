namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>The checks of a map, held against what was read: what is refused, held or noted before the record has its key, and what a person looks at after.</summary>
internal sealed class CheckRules(RecordMap map)
{
    private readonly Check[] _checks = [.. map.Checks.Where(check => check.IfNot != CheckOutcome.Review)];
    private readonly Check[] _reviews = [.. map.Checks.Where(check => check.IfNot == CheckOutcome.Review)];

    /// <summary>Refuses, holds or notes what does not hold.</summary>
    public void Apply(RecordReading reading)
    {
        foreach (var check in _checks)
        {
            if (check.MustHold.Check(reading) != CheckResult.Fails)
            {
                continue;
            }

            reading.Scope.Begin(null, check.Reference);
            switch (check.IfNot)
            {
                case CheckOutcome.Reject:
                    reading.Scope.Reject(MappingCodes.Check, check.Say);
                    break;
                case CheckOutcome.Hold:
                    reading.Scope.Hold(MappingCodes.Check, check.Say);
                    break;
                default:
                    reading.Scope.Warn(MappingCodes.Check, check.Say);
                    break;
            }
        }
    }

    /// <summary>Puts the record before a person: one item for each record and check.</summary>
    /// <param name="reading">What was read.</param>
    /// <param name="key">The record's key.</param>
    public void Review(RecordReading reading, string key)
    {
        foreach (var check in _reviews)
        {
            if (check.MustHold.Check(reading) == CheckResult.Fails)
            {
                reading.Scope.Begin(null, check.Reference);
                reading.Scope.Path = reading.Segment.Name;
                reading.Scope.Place = reading.Segment.Range;
                reading.Scope.Review(MappingCodes.Check, check.Say, "", check.Say, "It was applied; a person should look at it.", "check", $"{map.Type}\n{check.Say}\n{key}");
            }
        }
    }
}
