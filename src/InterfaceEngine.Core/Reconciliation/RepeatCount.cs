using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Items of one message that say the same key are told apart by their order alone (<c>repeat</c> in the header <c>key:</c>). The first
/// of them remembers how many they were: of a message that names fewer nobody can tell which it means.
/// </summary>
internal static class RepeatCount
{
    /// <summary>The field that holds the number, from 2; written by the engine.</summary>
    private const string Field = "repeats";

    /// <summary>Whether a message names fewer items of the key than one before it. A way that knows this item by a name of its own names one.</summary>
    public static bool IsFewer(StoredRecord stored, IncomingRecord incoming) => incoming.Repeats < Of(stored.Fields) && !Joining.IsNamedAlone(stored, incoming);

    /// <summary>Keeps the greatest number that one message named.</summary>
    /// <param name="fields">The record's fields.</param>
    /// <returns>What changed; null when nothing did.</returns>
    public static FieldChange? Apply(IncomingRecord incoming, List<StoredField> fields, Cause cause)
    {
        if (incoming.Repeats <= Of(fields))
        {
            return null;
        }

        var after = incoming.Repeats.ToString(CultureInfo.InvariantCulture);
        var at = fields.FindIndex(field => field.Name == Field);
        var before = at < 0 ? null : fields[at].Value;
        var written = new StoredField(Field, after, cause, null, ByteRange.None);
        if (at < 0)
        {
            fields.Add(written);
        }
        else
        {
            fields[at] = written;
        }

        return new FieldChange(Field, before, after, null, ByteRange.None);
    }

    public static int Of(IReadOnlyList<StoredField> fields)
    {
        foreach (var field in fields)
        {
            if (field.Name == Field && field.Value is { } number)
            {
                return int.Parse(number, CultureInfo.InvariantCulture);
            }
        }

        return 1;
    }
}
