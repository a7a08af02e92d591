using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Items of a list that say the same in what they are known by and are two for whoever tells of them, since each has an id of its own there (rule
/// <c>tells apart</c>): two problems of one code, two policies of one plan. The id goes before the item's key; by the key whoever has no such id finds
/// the item (an HL7 segment, a row, another interface of the vendor), and of several the one that came first.
/// </summary>
public static class OwnIds
{
    /// <summary>Whether an alias is the id that a sender has for the item itself.</summary>
    public static bool IsOwn(RecordDefinition definition, RecordAlias alias)
    {
        foreach (var field in definition.TellingApart)
        {
            if (field.TellsApart == alias.System)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>By what a record is found first: its sender's id of it, else the first of its names.</summary>
    public static RecordAlias FirstOf(IncomingRecord record) => Ordered(record)[0];

    /// <summary>All its names, the sender's ids of it first.</summary>
    public static IReadOnlyList<RecordAlias> Ordered(IncomingRecord record) => record.Definition.TellingApart.Count == 0 ? record.Aliases
        : [.. record.Aliases.Where(alias => IsOwn(record.Definition, alias)), .. record.Aliases.Where(alias => !IsOwn(record.Definition, alias))];

    /// <summary>True when the sender of a record knows the stored one by another id, so that the two are two, whatever their keys say.</summary>
    public static bool Differ(IncomingRecord incoming, StoredRecord stored)
    {
        foreach (var field in incoming.Definition.TellingApart)
        {
            if (incoming[field.Name].Text is not { } own)
            {
                continue;
            }

            var names = stored.Aliases.Where(alias => alias.System == field.TellsApart).ToList();

            // What was stored before its type told apart has the id as a field only, and so has whose id may go over to another.
            if (names.Count > 0 && !field.IsOfOneKey ? names.TrueForAll(alias => alias.Value != own) : stored[field.Name] is { } told && told != own)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The stored record that a record's names mean; null when there is none.</summary>
    /// <param name="record">The record.</param>
    /// <param name="find">The stored record of a name.</param>
    public static StoredRecord? Stored(IncomingRecord record, Func<RecordAlias, StoredRecord?> find)
    {
        foreach (var alias in Ordered(record))
        {
            if (find(alias) is { } stored && (IsOwn(record.Definition, alias) || !Differ(record, stored)))
            {
                return stored;
            }
        }

        return null;
    }

    /// <summary>The key of an item for whose own key another stands: the key with the sender's id behind it.</summary>
    public static RecordAlias Beside(RecordAlias key, IncomingRecord record) =>
        key with { Value = key.Value + FieldValue.ListSeparator + record.Aliases.First(alias => IsOwn(record.Definition, alias)).Value };

    /// <summary>Whether a stored item stands beside another of this key (<see cref="Beside"/>).</summary>
    public static bool IsBeside(RecordAlias key, StoredRecord item) =>
        item.Aliases.Any(alias => alias.System == key.System && alias.Value.StartsWith(key.Value + FieldValue.ListSeparator, StringComparison.Ordinal));
}
