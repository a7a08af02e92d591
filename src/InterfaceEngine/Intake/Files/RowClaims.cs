using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// The records that the rows of one round may write. A row that names one of them as well waits for the next round, so that it meets what the
/// earlier row has made of it.
/// </summary>
internal sealed class RowClaims
{
    /// <summary>How many rows of one name and birth date wait for one another.</summary>
    private const int PersonsMax = 20;

    private readonly HashSet<RecordAlias> _names = [];
    private readonly HashSet<EngineId> _records = [];
    private readonly Dictionary<LookUpKey, int> _persons = [];

    /// <summary>Claims all that a row names; false when an earlier row has claimed any of it.</summary>
    public bool TryClaim(MappedBody body, LoadedRecords loaded)
    {
        var isFree = true;
        foreach (var record in body.Mapped.Records)
        {
            if (MessageWork.NamesakesOf(record) is { } person)
            {
                // Whoever has her name and birth date under another id must meet her as she was stored.
                // Of a placeholder's name that fills the file all but the first few meet nobody: else each of them were a round of its own.
                var number = _persons[person] = _persons.GetValueOrDefault(person) + 1;
                isFree &= number is 1 or > PersonsMax;
            }

            foreach (var name in record.Aliases.Concat(record.Finders))
            {
                isFree &= _names.Add(name);
                if (loaded.ByAlias.TryGetValue(name, out var stored))
                {
                    isFree &= _records.Add(stored.Id) || IsOwnOther(record, name, loaded, stored);
                }
            }
        }

        return isFree;
    }

    /// <summary>The row itself named the record before, by another of its names.</summary>
    private static bool IsOwnOther(IncomingRecord record, RecordAlias name, LoadedRecords loaded, StoredRecord stored) =>
        record.Aliases.Concat(record.Finders).TakeWhile(other => other != name).Any(other => loaded.ByAlias.TryGetValue(other, out var same) && same.Id == stored.Id);
}
