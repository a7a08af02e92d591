using System.Globalization;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Laws;

/// <summary>
/// The records of one practice, held in memory for as long as a law is tried: messages are applied to them by the very work that
/// applies them to a store. A patient nobody has sent is made up, so that nothing parks.
/// </summary>
internal sealed class RecordShelf(string practice)
{
    private readonly Dictionary<EngineId, StoredRecord> _records = [];
    private readonly Dictionary<RecordAlias, EngineId> _names = [];
    private readonly Dictionary<LookUpKey, List<EngineId>> _lookUps = [];
    private readonly IdSource _ids = new(TimeProvider.System, new Random(0));
    private long _messages;

    /// <summary>Applies a message.</summary>
    /// <param name="mapped">As its tables read it.</param>
    /// <param name="eventTime">When it happened, in UTC milliseconds since 1970.</param>
    /// <returns>False when it was not applied: it is refused, or a person decides.</returns>
    public bool Apply(MappedMessage mapped, long eventTime)
    {
        if (!mapped.IsMapped || mapped.IsRejected || mapped.IsHeld)
        {
            return false;
        }

        var cause = new Cause(new EngineId(++_messages), eventTime, "law", "");
        var work = Run(mapped, cause);
        if (work.WaitsFor.Count > 0)
        {
            foreach (var patient in work.WaitsFor)
            {
                Keep(new StoredRecord { Id = _ids.Next(), Practice = practice, Type = patient.Type, Version = 1, Aliases = [patient], Fields = [] });
            }

            work = Run(mapped, cause);
        }

        if (work.IsHeld || work.IsRefused)
        {
            return false;
        }

        foreach (var write in work.Records.Select(record => record.ToWrite()).OfType<RecordWrite>())
        {
            Keep(write.Next);
            foreach (var key in write.OldLookUps)
            {
                _lookUps.GetValueOrDefault(key)?.Remove(write.Next.Id);
            }

            foreach (var key in write.NewLookUps)
            {
                (_lookUps.TryGetValue(key, out var ids) ? ids : _lookUps[key] = []).Add(write.Next.Id);
            }
        }

        return true;
    }

    /// <summary>Every value that is stored, by record and field. What our own ids name stands under the sender's.</summary>
    public SortedDictionary<(string Record, string Field), string> Values()
    {
        var values = new SortedDictionary<(string, string), string>();
        foreach (var record in _records.Values)
        {
            foreach (var field in record.Fields.Where(field => field.Value is not null))
            {
                values[(NameOf(record), field.Name)] = EngineId.TryParse(field.Value, out var id) && _records.TryGetValue(id, out var named) ? NameOf(named) : field.Value!;
            }
        }

        return values;
    }

    private static string NameOf(StoredRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"{record.Type} {(record.Aliases.Count > 0 ? record.Aliases.Min(alias => $"{alias.System} {alias.Value}") : record.Id)}");

    private void Keep(StoredRecord record)
    {
        _records[record.Id] = record;
        foreach (var alias in record.Aliases)
        {
            _names[alias] = record.Id;
        }
    }

    private MessageWork Run(MappedMessage mapped, Cause cause)
    {
        var query = MessageWork.Query(mapped.Records, null);
        var loaded = new LoadedRecords
        {
            ByAlias = query.Aliases.Where(_names.ContainsKey).ToDictionary(alias => alias, alias => _records[_names[alias]]),
            ByLookUp = query.LookUps.Where(_lookUps.ContainsKey).ToDictionary(key => key, key => (IReadOnlyList<StoredRecord>)[.. _lookUps[key].Select(id => _records[id])]),
        };
        return MessageWork.Run(practice, ConflictRules.None, mapped, loaded, MergedPatients.None, cause, _ids, Acceptance.None);
    }
}
