using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Coverage;

/// <summary>The tally of each practice of a set. Not shared between threads.</summary>
/// <param name="set">The set.</param>
/// <param name="showsCodes">See <see cref="CoverageTally"/>.</param>
public sealed class PracticeCoverages(MappingSet set, bool showsCodes)
{
    private readonly Dictionary<string, CoverageTally?> _tallies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _notRead = new(StringComparer.Ordinal);

    /// <summary>A practice's tally; null when the set has no tables for it.</summary>
    public CoverageTally? For(string practice)
    {
        if (!_tallies.TryGetValue(practice, out var tally))
        {
            _tallies[practice] = tally = set.For(practice) is { } maps ? new CoverageTally(new PracticeReader(maps), showsCodes) : null;
        }

        return tally;
    }

    /// <summary>A message of which it is not known whose it is, or that is nobody's here.</summary>
    /// <param name="reason">Why, without anything of its content.</param>
    public void AddNotRead(string reason) => _notRead[reason] = _notRead.GetValueOrDefault(reason) + 1;

    public IReadOnlyList<CountedReason> NotRead() => [.. _notRead.Select(pair => new CountedReason(pair.Key, pair.Value))];

    /// <summary>What was found for each practice of which a message was looked at.</summary>
    public IReadOnlyList<CoverageReport> Reports() =>
        [.. _tallies.Values.OfType<CoverageTally>().Select(tally => tally.Report()).OrderBy(report => report.Practice, StringComparer.Ordinal)];
}
