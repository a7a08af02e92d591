using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>L2 and L8 for the messages of one practice, one after the other: what is gathered does not grow with them.</summary>
public sealed class MessageLaws(PracticeMaps maps)
{
    private const int FailuresMax = 20;

    private readonly ReadWriteLaw _readWrite = new(maps);
    private readonly CoverageLaw _coverage = new(maps);
    private readonly List<LawFailure> _failures = [];
    private readonly Dictionary<string, int> _normalisations = [];
    private int _cases;

    /// <summary>Both laws of all that was added.</summary>
    public LawReport Report => new()
    {
        Cases = new Dictionary<Law, int> { [Law.ReadWrite] = _cases, [Law.Coverage] = _coverage.Count },
        Normalisations = _normalisations,
        Failures = _failures,
        Unmapped = _coverage.Unmapped,
    };

    /// <summary>Runs both for a message.</summary>
    /// <param name="name">What a failure calls it.</param>
    /// <param name="message">The message.</param>
    /// <param name="isInvented">What it says may be told; of a patient's message a failure tells the code and the field only.</param>
    public void Add(string name, Hl7Message message, bool isInvented)
    {
        _coverage.Add(message);
        var normalised = new List<string>();
        if (_readWrite.FaultOf(message, normalised) is not { } fault)
        {
            return;
        }

        _cases++;
        foreach (var place in normalised)
        {
            _normalisations[place] = _normalisations.GetValueOrDefault(place) + 1;
        }

        if (fault.Length > 0 && _failures.Count < FailuresMax)
        {
            _failures.Add(new LawFailure(Law.ReadWrite, maps.Practice.Id, "", message.EventType, isInvented ? fault : fault.Split(": ")[0], name));
        }
    }
}
