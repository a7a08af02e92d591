using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>Two mapping sets beside one another: what compares the messages of each practice. Made once, used by all threads.</summary>
public sealed class SetComparison
{
    private readonly Dictionary<string, PracticeComparer> _practices;

    /// <param name="before">The old set.</param>
    /// <param name="after">The new set.</param>
    public SetComparison(MappingSet before, MappingSet after)
    {
        (Before, After) = (before, after);
        _practices = after.Practices.Where(maps => before.For(maps.Practice.Id) is not null)
            .ToDictionary(maps => maps.Practice.Id, maps => new PracticeComparer(new PracticeReader(before.For(maps.Practice.Id)!), new PracticeReader(maps)), StringComparer.Ordinal);
    }

    public MappingSet Before { get; }

    public MappingSet After { get; }

    /// <summary>What was counted, and what the sets say differently that no message met.</summary>
    /// <param name="tally">The messages.</param>
    /// <param name="practice">Only what concerns this practice; null for all.</param>
    public ComparisonReport Report(DifferenceTally tally, string? practice = null)
    {
        var report = tally.Report(Before.Hash, After.Hash);
        var unmet = _practices.Values.Where(comparer => practice is null || comparer.Practice == practice).SelectMany(comparer => comparer.Everything()).Distinct().Except(tally.MetCauses)
            .Where(cause => !report.Sent.Any(sent => sent.Format == cause.What && (sent.Place == cause.After || sent.Place == cause.Before)))
            .OrderBy(cause => cause.Where?.File, StringComparer.Ordinal).ThenBy(cause => cause.Where?.Line).ThenBy(cause => cause.What, StringComparer.Ordinal).ToList();
        return report with { Unmet = [.. unmet.Take(ComparisonReport.UnmetMax).Select(ReasonOfDifference.Of)], UnmetLeftOut = Math.Max(0, unmet.Count - ComparisonReport.UnmetMax) };
    }

    /// <summary>What compares a practice's messages; null where one of the sets has no tables for it.</summary>
    public PracticeComparer? For(string practice) => _practices.GetValueOrDefault(practice);
}
