using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Items of which several ways tell by different keys, and which are one (header <c>joins:</c>). A laboratory's order has its number and service in a feed, its number alone
/// in athenaNet's list, and in FHIR an id of its own with the number beside it. Where its key is not known, a record is looked for among the patient's of the same number, and
/// is the one of which nothing in the keys says otherwise. Two keys that say everything are two items, so nothing that one way tells apart becomes one. Several values of one
/// code, which one way tells apart by a sub-id, another by their order and a third by ids of its own, are found by what they hold, where that says it without doubt.
/// </summary>
public static class Joining
{
    /// <summary>The id of the FHIR resource that told of a record. In a key it says nothing of whose number it is, and two resources are two records.</summary>
    private const string Resource = "resource_id";

    /// <summary>Under what the same item may be stored; null where no number is known of it, or where it is one of several of its message that say the same and no value tells them apart.</summary>
    public static LookUpKey? Key(IncomingRecord said) =>
        said is { Definition.Join: { } join, IsDeletion: false } && said[join.Number].Text is { } number && number != said[Resource].Text && OwnKey(said) is { } key
        && (join.Value is null ? IsPlain(join, said) : Parts(key).Length >= join.Length) ? new LookUpKey(said.Type, join.Number, number) : null;

    /// <summary>The stored record of which is told; null when none is it, or more than one may be.</summary>
    /// <param name="said">What is told of.</param>
    /// <param name="candidates">The patient's records of its number, as the message has left them so far.</param>
    /// <param name="message">Everything that its message tells.</param>
    public static StoredRecord? Find(IncomingRecord said, IEnumerable<StoredRecord> candidates, IReadOnlyList<IncomingRecord> message)
    {
        var join = said.Definition.Join!;
        var items = candidates.Where(stored => MayBe(stored, said) && (join.Value is not null || IsByKeyAlone(stored, said))).ToList();
        return items is [var only] && IsByKeyAlone(only, said) ? only : join.Value is { } value ? ByValue(value, said, items, message) : null;
    }

    /// <summary>The name of the item in its list, numbered where its message tells several of one key; null for what has none.</summary>
    public static RecordAlias? OwnKey(IncomingRecord said) =>
        said.Aliases.Where(alias => alias.System == said.Definition.IdSystem).Select(alias => (RecordAlias?)alias).FirstOrDefault();

    /// <summary>True when whoever tells of a record that others tell of too has a name for just this one: a resource's, or its sub-id.</summary>
    public static bool IsNamedAlone(StoredRecord stored, IncomingRecord said) =>
        said.Definition.Join?.Value is { } value && OwnKey(said) is { } key && stored.Aliases.Count(alias => alias.System == key.System) > 1
        && (said[Resource].HasValue || IsLabelled(value, key));

    /// <summary>Of several the one that holds the same value: certain where no other does, or where nothing but their order tells those apart that do.</summary>
    private static StoredRecord? ByValue(JoinValue value, IncomingRecord said, List<StoredRecord> items, IReadOnlyList<IncomingRecord> message)
    {
        // One of which no value is known yet may be what is meant.
        if (!items.TrueForAll(item => SameValue.IsSaid(value, name => item[name])))
        {
            return null;
        }

        var same = items.Where(item => SameValue.Is(value, name => said[name].Text, name => item[name])).OrderBy(item => item.Id).ToList();
        var isLabelled = IsLabelled(value, OwnKey(said)!.Value);

        // What nobody has labelled is what another way without labels tells of, and of such as hold the same any is as good as another.
        if (!isLabelled && same.Where(item => !HasLabel(value, item, said)).ToList() is { Count: > 0 } bare)
        {
            return bare[0];
        }

        // A label says what else belongs to a value, so two that hold the same are not to be mistaken for each other.
        return same is [var only] && !message.Any(other => IsTwin(value, said, other)) ? only : null;
    }

    private static bool HasLabel(JoinValue value, StoredRecord item, IncomingRecord said) => Keys(item, said).Exists(key => IsLabelled(value, key));

    /// <summary>Another of the message with the same number, code and value.</summary>
    private static bool IsTwin(JoinValue value, IncomingRecord said, IncomingRecord other)
    {
        var join = said.Definition.Join!;
        return other != said && other.Type == said.Type && other[join.Number].Text == said[join.Number].Text && OwnKey(other) is { } key && Parts(key).Length >= join.Length
            && (join.Named is not { } named || Parts(key)[named.Part] == Parts(OwnKey(said)!.Value)[named.Part])
            && SameValue.Is(value, name => said[name].Text, name => other[name].Text);
    }

    private static bool IsLabelled(JoinValue value, RecordAlias key) => Parts(key) is var parts && parts.Length > value.Label && parts[value.Label].Length > 0;

    /// <summary>The item is the only one of its key for both, and the keys agree without a look at what it holds.</summary>
    private static bool IsByKeyAlone(StoredRecord stored, IncomingRecord said)
    {
        var join = said.Definition.Join!;
        return IsPlain(join, said) && RepeatCount.Of(stored.Fields) == 1 && Keys(stored, said).TrueForAll(key =>
            Parts(key) is var known && known.Length == join.Length && (join.Value is not { } value || known[value.Label] == Parts(OwnKey(said)!.Value)[value.Label]));
    }

    /// <summary>Nothing of what else its message tells has its key.</summary>
    private static bool IsPlain(JoinRule join, IncomingRecord said) => said.Repeats == 1 && Parts(OwnKey(said)!.Value).Length == join.Length;

    /// <summary>True when nothing in the names of a stored record says that it is another one.</summary>
    private static bool MayBe(StoredRecord stored, IncomingRecord said)
    {
        var join = said.Definition.Join!;
        var keys = Keys(stored, said);
        return keys.Count > 0 && stored[join.Number] == said[join.Number].Text && !(said[Resource].Text is { } resource && stored[Resource] is { } known && known != resource)
            && keys.TrueForAll(key => IsSame(join, Parts(OwnKey(said)!.Value), Parts(key), said, stored));
    }

    private static List<RecordAlias> Keys(StoredRecord stored, IncomingRecord said) => [.. stored.Aliases.Where(alias => alias.System == said.Definition.IdSystem)];

    /// <summary>The fields of a key, without the patient before them. What stands behind them is the number of one that says the same as another.</summary>
    private static string[] Parts(RecordAlias key) => key.Value.Split(FieldValue.ListSeparator)[1..];

    private static bool IsSame(JoinRule join, string[] said, string[] known, IncomingRecord incoming, StoredRecord stored)
    {
        // Of two that differ in their number alone one message has told apart.
        if (known.Length < join.Length || known.Length > join.Length + 1 || (known.Length != said.Length && known.Take(join.Length).SequenceEqual(said.Take(join.Length)))
            || !AreOne(Giver(join, said, incoming[Resource].Text), Giver(join, known, stored[Resource])))
        {
            return false;
        }

        for (var part = 1; part < join.Length; part++)
        {
            var isSame = said[part] == known[part] || (join.Unsaid.Contains(part) && AreOne(said[part], known[part]))
                || (join.Named is { } named && named.Part == part && !(SaysAll(join, said) && SaysAll(join, known)) && (incoming[named.Field].Text == known[part] || stored[named.Field] == said[part]))
                || (join.Value?.Label == part && !(SaysAll(join, said) && SaysAll(join, known)) && AreOne(said[part], known[part]));
            if (!isSame)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The number with whose it is, of a key that says all; else nothing.</summary>
    private static string Giver(JoinRule join, string[] key, string? resource) => key[0] == resource || !SaysAll(join, key) ? "" : key[0];

    private static bool SaysAll(JoinRule join, string[] key) => join.Unsaid.All(part => key[part].Length > 0);

    private static bool AreOne(string one, string other) => one.Length == 0 || other.Length == 0 || one == other;
}
