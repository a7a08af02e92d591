using System.Diagnostics.CodeAnalysis;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Practices;

/// <summary>
/// Every practice of the settings, and the one rule that says whose a message is: MSH-4.1 decides; where it names
/// no practice, the source's only practice. A message never reaches a practice that its source is not bound to.
/// </summary>
public sealed class PracticeDirectory
{
    /// <summary>The profile whose senders always put the practice's id into MSH-4.1.</summary>
    private const string AthenaProfile = "athena";

    private readonly Dictionary<string, Practice> _byId;
    private readonly Dictionary<string, Practice> _byFacility = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">Two practices share an id or a facility.</exception>
    public PracticeDirectory(IEnumerable<Practice> practices)
    {
        _byId = practices.ToDictionary(practice => practice.Id, StringComparer.Ordinal);
        foreach (var practice in _byId.Values)
        {
            _byFacility.Add(practice.Id, practice);
        }

        foreach (var practice in _byId.Values)
        {
            foreach (var facility in practice.Facilities)
            {
                _byFacility.Add(facility, practice);
            }
        }
    }

    public IReadOnlyCollection<Practice> All => _byId.Values;

    public bool TryFind(string id, [NotNullWhen(true)] out Practice? practice) => _byId.TryGetValue(id, out practice);

    /// <summary>Says whose a message is.</summary>
    /// <param name="facility">MSH-4.1, the sending facility; empty when there is none.</param>
    /// <param name="bound">The ids of the practices that the source is bound to.</param>
    /// <exception cref="RejectedException">It is of a practice that is not bound to this source, or of none.</exception>
    public Practice Identify(string facility, IReadOnlyList<string> bound)
    {
        if (_byFacility.TryGetValue(facility, out var named))
        {
            return bound.Contains(named.Id)
                ? named
                : throw Refusal("the sending facility belongs to a practice that is not bound to this port");
        }

        if (bound.Count != 1)
        {
            throw Refusal("the sending facility names no practice, and more than one is bound to this port");
        }

        var only = _byId[bound[0]];
        if (only.Profile == AthenaProfile || only.Facilities.Count > 0)
        {
            throw Refusal("the sending facility is not the practice that is bound to this port");
        }

        return only;
    }

    private static RejectedException Refusal(string reason) => new("MSH-4", reason, condition: 204, isRefusal: true);
}
