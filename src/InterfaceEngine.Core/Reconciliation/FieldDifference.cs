using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>One field of which the message and the stored record say different things. Its values are a patient's.</summary>
/// <param name="Field">The field.</param>
/// <param name="Ours">What was stored.</param>
/// <param name="Theirs">What the message says; null when it clears the field.</param>
/// <param name="Reason">What decided.</param>
/// <param name="Writer">Who wrote ours, or confirmed it last; null where nobody did.</param>
public sealed record FieldDifference(string Field, string? Ours, string? Theirs, DifferenceReason Reason, Cause? Writer)
{
    /// <summary>Theirs counts from now on; otherwise ours was kept.</summary>
    public bool IsTaken => Reason is DifferenceReason.Newer or DifferenceReason.HigherRank or DifferenceReason.Preferred;
}

/// <summary>What decides between ours and theirs.</summary>
public enum DifferenceReason
{
    /// <summary>Theirs is the newer event.</summary>
    Newer,

    /// <summary>The status of theirs ranks higher.</summary>
    HigherRank,

    /// <summary>The source of theirs comes first by the practice's settings, though its event is older.</summary>
    Preferred,

    /// <summary>Theirs is the older event: kept.</summary>
    Older,

    /// <summary>The status of theirs ranks lower: kept.</summary>
    Rank,

    /// <summary>The source of ours comes first by the practice's settings: kept.</summary>
    Source,

    /// <summary>Another source wrote ours, and a person decides by the practice's settings: kept until then.</summary>
    Held,

    /// <summary>A change of the field is put before a person by the tables: kept until then.</summary>
    Review,

    /// <summary>The record has ended, and a plain update does not bring it back: kept.</summary>
    Closed,

    /// <summary>Another format is preferred for the field by the tables: kept.</summary>
    Format,
}

internal static class DifferenceReasons
{
    public static DifferenceReason OfOlder(Cause cause, Cause stored, ConflictRule rule) =>
        cause.Rank < stored.Rank ? DifferenceReason.Rank : rule.IsOutdoneBySource(cause, stored) ? DifferenceReason.Source : DifferenceReason.Older;

    public static DifferenceReason OfNewer(Cause cause, Cause stored) =>
        !cause.IsOlderThan(stored) ? cause.Rank > stored.Rank ? DifferenceReason.HigherRank : DifferenceReason.Newer : DifferenceReason.Preferred;
}

/// <summary>The differences of one record, in the order of its table.</summary>
internal sealed class DifferenceList
{
    private List<FieldDifference>? _items;

    public IReadOnlyList<FieldDifference> Items => _items ?? (IReadOnlyList<FieldDifference>)[];

    /// <summary>True when anything was kept because theirs is older or ranks lower.</summary>
    public bool IsAnyOlder => Count(DifferenceReason.Older, DifferenceReason.Rank) > 0;

    public void Add(FieldDifference difference) => (_items ??= []).Add(difference);

    public int Count(params ReadOnlySpan<DifferenceReason> reasons)
    {
        var count = 0;
        foreach (var item in Items)
        {
            count += reasons.Contains(item.Reason) ? 1 : 0;
        }

        return count;
    }

    /// <summary>The last that was kept for one of these reasons.</summary>
    public FieldDifference? Last(DifferenceReason reason, DifferenceReason other) => _items?.FindLast(item => item.Reason == reason || item.Reason == other);
}
