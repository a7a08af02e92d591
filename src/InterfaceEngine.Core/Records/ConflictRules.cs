namespace InterfaceEngine.Core.Records;

/// <summary>
/// Who wins where two sources differ, for the fields of one practice (setting <c>Practices:ID:Conflicts</c>). A unit is decided as a
/// whole: a rule is of a record type, or of one of its units. The rule of a unit comes before that of its type.
/// </summary>
public sealed class ConflictRules(IReadOnlyDictionary<(string Type, string? Unit), ConflictRule> rules)
{
    public static ConflictRules None { get; } = new(new Dictionary<(string, string?), ConflictRule>());

    /// <summary>Types and units for which there is a rule; a unit of null is the whole type.</summary>
    public IEnumerable<(string Type, string? Unit)> Places => rules.Keys;

    /// <summary>Every source that a rule names.</summary>
    public IEnumerable<string> Sources => rules.Values.SelectMany(rule => rule.Sources).Distinct();

    /// <param name="type">The record type, e.g. <c>patient</c>.</param>
    /// <param name="unit">The field, or the part of its name before the dot.</param>
    public ConflictRule Of(string type, string unit) =>
        rules.Count == 0 ? ConflictRule.Newest : rules.GetValueOrDefault((type, unit)) ?? rules.GetValueOrDefault((type, null)) ?? ConflictRule.Newest;
}

/// <summary>How it is decided which of two events about a unit counts.</summary>
public sealed class ConflictRule
{
    private ConflictRule(IReadOnlyList<string> sources, bool isHold)
    {
        Sources = sources;
        IsHold = isHold;
    }

    /// <summary>The sources that win over others, the first over all; empty when the time alone decides.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>The newer event.</summary>
    public static ConflictRule Newest { get; } = new([], isHold: false);

    /// <summary>The newer event, but a change by another source than the one that wrote the value waits for a person.</summary>
    public static ConflictRule Hold { get; } = new([], isHold: true);

    /// <summary>True when a change by another source waits for a person.</summary>
    public bool IsHold { get; }

    /// <summary>A source named earlier wins over one named later, whatever the time; those not named come last. Among equals the newer event.</summary>
    public static ConflictRule Of(IReadOnlyList<string> sources) => new(sources, isHold: false);

    /// <summary>True when an event counts less than the one that is stored.</summary>
    public bool IsOlder(Cause cause, Cause stored) =>
        cause.Rank == stored.Rank && Place(cause) is var place && Place(stored) is var other && place != other ? place > other : cause.IsOlderThan(stored);

    /// <summary>True when the event would count if the time alone decided, and its source alone is why it does not.</summary>
    public bool IsOutdoneBySource(Cause cause, Cause stored) => IsOlder(cause, stored) && !cause.IsOlderThan(stored);

    private int Place(Cause cause)
    {
        for (var index = 0; index < Sources.Count; index++)
        {
            if (Sources[index] == cause.Source)
            {
                return index;
            }
        }

        return Sources.Count;
    }
}
