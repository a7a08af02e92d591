using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Intake;

/// <summary>The mapping set in force. A message uses the one it started with to the end; a new one is swapped in by one reference.</summary>
internal sealed class LiveMappings(LiveMapping current)
{
    private volatile LiveMapping _current = current;

    public LiveMapping Current => _current;

    public void Swap(LiveMapping next) => _current = next;
}

/// <summary>A mapping set with its maps made ready to read and to write.</summary>
internal sealed class LiveMapping
{
    private readonly Dictionary<string, PracticeReader> _readers = new(StringComparer.Ordinal);

    private readonly Dictionary<string, PracticeWriter> _writers = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A practice has no maps: the set has problems and may not go live.</exception>
    public LiveMapping(MappingSet set, IEnumerable<Practice> practices)
    {
        Set = set;
        foreach (var practice in practices)
        {
            _readers.Add(
                practice.Id,
                new PracticeReader(set.For(practice.Id) ?? throw new ArgumentException($"the mappings of practice {practice.Id} have problems", nameof(set))));
            _writers.Add(practice.Id, new PracticeWriter(_readers[practice.Id]));
        }
    }

    public MappingSet Set { get; }

    public string Hash => Set.Hash;

    public PracticeReader For(Practice practice) => _readers[practice.Id];

    public PracticeWriter WriterFor(Practice practice) => _writers[practice.Id];
}
