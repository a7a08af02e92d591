using System.Buffers.Binary;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store;

/// <summary>
/// An alias as it is stored and sought. Hashes alone would scatter the values of one result over the whole index, a page
/// for each; led by a hash of what their names have in common they lie together.
/// </summary>
/// <param name="Group">Of the patient's id and the first part of an item's key, e.g. its order; of the id itself for what is no item. Never 0.</param>
/// <param name="Hash">Of the whole alias.</param>
internal readonly record struct AliasHash(int Group, KeyedHash Hash);

/// <summary>
/// Hashes the names of one message's records. Forty values of an order have one group, and are looked up under one patient,
/// one order and one day: what was hashed is remembered.
/// </summary>
internal sealed class NameHasher(DataKey key)
{
    private readonly Dictionary<LookUpKey, KeyedHash> _lookUps = [];
    private string _system = "";
    private string _grouped = "";
    private int _groupLength = -1;
    private int _group;

    public AliasHash Hash(RecordAlias alias) =>
        new(Group(alias), key.Hash(HashKind.Alias, alias.Type, alias.System, alias.Value));

    public KeyedHash Hash(LookUpKey lookUp)
    {
        if (!_lookUps.TryGetValue(lookUp, out var hash))
        {
            _lookUps[lookUp] = hash = key.Hash(HashKind.LookUp, lookUp.Type, lookUp.Name, lookUp.Value);
        }

        return hash;
    }

    public AliasHash[] Hash(IReadOnlyList<RecordAlias> aliases)
    {
        var hashes = aliases.Count == 0 ? [] : new AliasHash[aliases.Count];
        for (var index = 0; index < hashes.Length; index++)
        {
            hashes[index] = Hash(aliases[index]);
        }

        return hashes;
    }

    public KeyedHash[] Hash(IReadOnlyList<LookUpKey> lookUps)
    {
        var hashes = lookUps.Count == 0 ? [] : new KeyedHash[lookUps.Count];
        for (var index = 0; index < hashes.Length; index++)
        {
            hashes[index] = Hash(lookUps[index]);
        }

        return hashes;
    }

    private int Group(RecordAlias alias)
    {
        var length = LengthOfGroup(alias.Value);
        if (length != _groupLength || alias.System != _system || !alias.Value.AsSpan(0, length).SequenceEqual(_grouped.AsSpan(0, length)))
        {
            var hash = key.Hash(HashKind.AliasGroup, alias.System, alias.Value.AsSpan(0, length));
            (_system, _grouped, _groupLength) = (alias.System, alias.Value, length);
            _group = BinaryPrimitives.ReadInt32LittleEndian(KeyedHash.Bytes(in hash)) is not 0 and var group ? group : 1;
        }

        return _group;
    }

    /// <summary>Up to the second separator.</summary>
    private static int LengthOfGroup(string value)
    {
        var first = value.IndexOf(FieldValue.ListSeparator, StringComparison.Ordinal);
        var second = first < 0 ? -1 : value.IndexOf(FieldValue.ListSeparator, first + 1);
        return second < 0 ? value.Length : second;
    }
}
