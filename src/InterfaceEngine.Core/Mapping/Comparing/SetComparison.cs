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

    /// <summary>What compares a practice's messages; null where one of the sets has no tables for it.</summary>
    public PracticeComparer? For(string practice) => _practices.GetValueOrDefault(practice);
}
