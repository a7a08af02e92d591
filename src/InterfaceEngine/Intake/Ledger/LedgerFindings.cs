using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>What a check found so far: differences, and those that a person accepted.</summary>
internal sealed class LedgerFindings(IReadOnlyList<LedgerAcceptance> acceptances)
{
    private const int DifferencesMax = 100;

    private readonly Dictionary<EngineId, LedgerAcceptance> _acceptances = acceptances.ToDictionary(accepted => accepted.Difference);
    private readonly List<LedgerDifference> _differences = [];
    private readonly List<AcceptedDifference> _accepted = [];

    public IReadOnlyList<LedgerDifference> Differences => _differences;

    public IReadOnlyList<AcceptedDifference> Accepted => _accepted;

    /// <summary>No more are told; what was accepted takes no place from what was not.</summary>
    public bool IsFull => _differences.Count >= DifferencesMax;

    public void Add(IEnumerable<LedgerDifference> found)
    {
        foreach (var difference in found)
        {
            Add(difference);
        }
    }

    public void Add(LedgerDifference difference)
    {
        if (!TryAccept(difference.Day, difference.Name, difference.Subject) && !IsFull)
        {
            _differences.Add(difference);
        }
    }

    /// <summary>Whether a person has accepted the difference of this subject; it is told as such then.</summary>
    public bool TryAccept(long? day, string? name, string subject)
    {
        if (!_acceptances.TryGetValue(LedgerDifference.IdOf(day, name, subject), out var acceptance))
        {
            return false;
        }

        _accepted.Add(new AcceptedDifference(day, name, acceptance));
        return true;
    }
}
