using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>Items whose sender's own id goes over to another when the key changes (rule <c>tells apart SYSTEM of one key</c>).</summary>
internal sealed partial class MessageWork
{
    /// <summary>The item that holds the id told, and which is meant although its key is not the same to the letter; null when the names decide.</summary>
    private RecordWork? HeldBy(IncomingRecord incoming)
    {
        foreach (var (field, id) in MovingIds.Of(incoming))
        {
            if (incoming.Aliases.Any(alias => alias.System == field.TellsApart && Named(incoming, alias) is not null))
            {
                return null;
            }

            // Another patient's is found, so that it is held: its patient is sealed.
            if (Holders(incoming, field, id).Find(holder => !MovingIds.IsAnother(incoming, holder) || !IsOfSamePatient(incoming, holder)) is { } meant)
            {
                return WorkOf(incoming.Definition, meant);
            }
        }

        return null;
    }

    /// <summary>Who held the id of a record before it gives it up; the record itself, when it is told late.</summary>
    private void MoveIds(IncomingRecord incoming, RecordWork record)
    {
        foreach (var (field, id) in MovingIds.Of(incoming))
        {
            foreach (var other in Holders(incoming, field, id))
            {
                if (record.Current is not { } current || current[field.Name] != id || other.Id == current.Id || !IsOfSamePatient(incoming, other))
                {
                    continue;
                }

                var (former, holder) = MovingIds.Order(current, other, field);
                if (holder.Find(field.Name)?.Cause is { } cause)
                {
                    WorkOf(incoming.Definition, former).Take(MovingIds.Leave(former, field, cause));
                }
            }
        }
    }

    /// <summary>Every item that holds an id, as the message has left it so far.</summary>
    private List<StoredRecord> Holders(IncomingRecord said, FieldDefinition field, string id)
    {
        var stored = LookUpKeys.For(said.Type, field, id) is { } key ? _loaded.ByLookUp.GetValueOrDefault(key, []) : [];
        var before = Stored(MovingIds.FormerName(said, field, id));
        return [.. stored.Concat(before is null ? [] : [before]).Select(CurrentOf).Concat(_records.Select(record => record.Current)).OfType<StoredRecord>()
            .Where(one => one.Type == said.Type && one[field.Name] == id).DistinctBy(one => one.Id)];
    }

    private RecordWork WorkOf(RecordDefinition definition, StoredRecord current) => _records.Find(record => record.Current?.Id == current.Id) ?? WorkOn(definition, current);
}
