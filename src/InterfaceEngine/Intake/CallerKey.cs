using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// The caller's own name for a record that is made here, with what was said under it, so that what is asked for again is not made again. Both are kept
/// as further names of the record, so two that come at once are one as well.
/// </summary>
/// <param name="change">What is asked for.</param>
/// <param name="type">The type of the record.</param>
internal sealed class CallerKey(OwnChange change, string type)
{
    private const string KeySystem = "key";
    private const string SaidSystem = "said";

    /// <summary>The names that the new record gets.</summary>
    /// <exception cref="ChangeRefusedException">The key is none.</exception>
    public IEnumerable<RecordAlias> Names => change.Key is null ? [] : [Key, Said];

    /// <summary>Callers who number what they ask for alike do not stand in each other's way.</summary>
    private RecordAlias Key => change.Key is { Length: > 0 and <= OwnChange.KeyLengthMax } key && !key.Any(char.IsControl)
        ? Name(KeySystem, change.Audit.Actor, key)
        : throw new ChangeRefusedException($"A key has 1 to {OwnChange.KeyLengthMax} characters, and none for control. Nothing was done.", ChangeRefusal.Wrong);

    private RecordAlias Said => Name(SaidSystem, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Key.Value}{FieldValue.ListSeparator}{change.Said}"))));

    /// <summary>The record that was made under this key; null when there is none.</summary>
    /// <exception cref="ChangeRefusedException">The key is none.</exception>
    public StoredRecord? Find(IStoreReader reader) => change.Key is null ? null : reader.Record(change.Practice, Key);

    /// <summary>Whether the same was said of a record that was made under this key.</summary>
    public bool IsOf(StoredRecord made) => made.Aliases.Contains(Said);

    /// <summary>The names of a record as whoever made it is told them: the key as it was said, and not what is only kept to compare.</summary>
    public static IEnumerable<RecordAlias> Told(IReadOnlyList<RecordAlias> names) => names.Where(name => name.System is not (SaidSystem or RegisteredPerson.System))
        .Select(name => name.System == KeySystem ? name with { Value = name.Value.Split(FieldValue.ListSeparator)[^1] } : name);

    private RecordAlias Name(string system, params string[] parts) => new(type, system, string.Join(FieldValue.ListSeparator, parts));
}
