using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Rule <c>counts content</c>: a field that says how many different contents a unit has had. A content that came late, or whose record
/// ranks too low to replace what is in force, is one of them; one that is told again is not. So messages in any order end in one
/// count. Written by the engine; what was in force is in the record's changes, and hashes of what was counted stand beside the count.
/// </summary>
internal static class VersionCount
{
    /// <summary>Hashes that are kept; of more contents than that, an old one that is told again counts once more.</summary>
    private const int HashesMax = 256;

    private const int HashBytes = 8;

    /// <summary>The field with the hashes of what was counted.</summary>
    private const string Contents = "_contents";

    /// <summary>Counts what a message says of the unit, if that is new.</summary>
    /// <param name="incoming">What it says.</param>
    /// <param name="before">The record's fields before; none when it is new.</param>
    /// <param name="fields">The record's fields, all of which were brought up to date.</param>
    /// <param name="cause">The message.</param>
    /// <returns>What changed; null when nothing did.</returns>
    public static FieldChange? Apply(IncomingRecord incoming, IReadOnlyList<StoredField> before, List<StoredField> fields, Cause cause)
    {
        if (incoming.Definition.Counting is not { } field || !incoming.HasValueIn(field.CountedUnit!))
        {
            return null;
        }

        var counted = Find(fields, field.Name)?.Value is { } count ? long.Parse(count, CultureInfo.InvariantCulture) : 0;
        var hashes = Hashes(field, before, fields, counted);
        var hash = HashOf(incoming.Fields.Select(said => (said.Definition.Name, said.Value.Text)), field.CountedUnit!);
        if (hashes.Contains(hash))
        {
            return null;
        }

        hashes.Add(hash);
        var after = (counted + 1).ToString(CultureInfo.InvariantCulture);
        Write(fields, new StoredField(field.Name, after, cause, null, ByteRange.None));
        Write(fields, new StoredField(field.Name + Contents, string.Join(FieldValue.ListSeparator, hashes.TakeLast(HashesMax)), cause, null, ByteRange.None));
        return new FieldChange(field.Name, counted == 0 ? null : counted.ToString(CultureInfo.InvariantCulture), after, null, ByteRange.None);
    }

    /// <summary>What was counted so far. A record that was counted before hashes were kept had what it holds.</summary>
    private static List<string> Hashes(FieldDefinition field, IReadOnlyList<StoredField> before, List<StoredField> fields, long counted) =>
        Find(fields, field.Name + Contents)?.Value is { } kept ? [.. kept.Split(FieldValue.ListSeparator)]
        : counted > 0 ? [HashOf(before.Select(stored => (stored.Name, stored.Value)), field.CountedUnit!)]
        : [];

    private static string HashOf(IEnumerable<(string Name, string? Value)> fields, string unit)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in fields.Where(field => field.Value is not null && IsOf(field.Name, unit)).OrderBy(field => field.Name, StringComparer.Ordinal))
        {
            text.Append(name).Append('\0').Append(value).Append('\0');
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, HashBytes));
    }

    private static StoredField? Find(List<StoredField> fields, string name) => fields.Find(stored => stored.Name == name);

    private static void Write(List<StoredField> fields, StoredField written)
    {
        var at = fields.FindIndex(stored => stored.Name == written.Name);
        if (at < 0)
        {
            fields.Add(written);
        }
        else
        {
            fields[at] = written;
        }
    }

    private static bool IsOf(string name, string unit) => name.StartsWith(unit, StringComparison.Ordinal) && (name.Length == unit.Length || name[unit.Length] == '.');
}
