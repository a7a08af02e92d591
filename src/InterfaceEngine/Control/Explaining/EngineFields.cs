using InterfaceEngine.Core.Reconciliation;

namespace InterfaceEngine.Control.Explaining;

/// <summary>What the engine itself writes on records, beside what cells read.</summary>
internal static class EngineFields
{
    private static readonly Dictionary<string, string> _words = new(StringComparer.Ordinal)
    {
        [Merging.MergedInto] = "a merge: this record was retired in favour of the one that is named",
        [Merging.AbsorbedAt] = "a merge: another record was retired in favour of this one",
        [PatientList.EndedAt] = "a full list: it no longer named this item",
        [PatientList.ListedAt] = "a full list: it named this item",
        [Retraction.RetractedAt] = "the record's own status, by which its sender withdrew it; or the file that made it was undone",
        [Replacement.ReplacedBy] = "the record that is named: it takes this one's place",
    };

    /// <summary>Why the engine wrote a field.</summary>
    public static string Why(string field) => _words.GetValueOrDefault(field, "the engine's own bookkeeping, by a rule of the table");
}
