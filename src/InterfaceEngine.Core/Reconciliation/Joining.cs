using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Items of which several ways tell by different keys, and which are one (header <c>joins:</c>). A laboratory's order has its number and service in a feed, its number alone
/// in athenaNet's list, and in FHIR an id of its own with the number beside it. Where its key is not known, a record is looked for among the patient's of the same number, and
/// is the one of which nothing in the keys says otherwise. Two keys that say everything are two items, so nothing that one way tells apart becomes one.
/// </summary>
public static class Joining
{
    /// <summary>The id of the FHIR resource that told of a record. In a key it says nothing of whose number it is, and two resources are two records.</summary>
    private const string Resource = "resource_id";

    /// <summary>Under what the same item may be stored; null where no number is known of it, or where it is one of several of its message that say the same.</summary>
    public static LookUpKey? Key(IncomingRecord said) =>
        said is { Definition.Join: { } join, IsDeletion: false, Repeats: 1 } && said[join.Number].Text is { } number && number != said[Resource].Text && OwnKey(said) is { } key && Parts(key).Length == join.Length
            ? new LookUpKey(said.Type, join.Number, number) : null;

    /// <summary>True when a stored record of the same patient is what is told of.</summary>
    public static bool IsToldBy(StoredRecord stored, IncomingRecord said)
    {
        var join = said.Definition.Join!;
        var keys = stored.Aliases.Where(alias => alias.System == said.Definition.IdSystem).ToList();
        return keys.Count > 0 && RepeatCount.Of(stored.Fields) == 1 && stored[join.Number] == said[join.Number].Text && !(said[Resource].Text is { } resource && stored[Resource] is { } known && known != resource)
            && keys.TrueForAll(key => IsSame(join, Parts(OwnKey(said)!.Value), Parts(key), said, stored));
    }

    private static RecordAlias? OwnKey(IncomingRecord said) =>
        said.Aliases.Where(alias => alias.System == said.Definition.IdSystem).Select(alias => (RecordAlias?)alias).FirstOrDefault();

    /// <summary>The fields of a key, without the patient before them. What stands behind them is the number of one that says the same as another.</summary>
    private static string[] Parts(RecordAlias key) => key.Value.Split(FieldValue.ListSeparator)[1..];

    private static bool IsSame(JoinRule join, string[] said, string[] known, IncomingRecord incoming, StoredRecord stored)
    {
        if (known.Length != join.Length || !AreOne(Giver(join, said, incoming[Resource].Text), Giver(join, known, stored[Resource])))
        {
            return false;
        }

        for (var part = 1; part < said.Length; part++)
        {
            var isSame = said[part] == known[part] || (join.Unsaid.Contains(part) && AreOne(said[part], known[part]))
                || (join.Named is { } named && named.Part == part && !(SaysAll(join, said) && SaysAll(join, known)) && (incoming[named.Field].Text == known[part] || stored[named.Field] == said[part]));
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
