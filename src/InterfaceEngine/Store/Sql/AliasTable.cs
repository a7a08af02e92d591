namespace InterfaceEngine.Store.Sql;

/// <summary>The aliases of records, as the writer sees them: one alias never names two records.</summary>
internal sealed class AliasTable
{
    /// <summary>The group of aliases from before there were groups. They stay there, and none comes to them.</summary>
    public const int Ungrouped = 0;

    private readonly SqlStatement _insert;
    private readonly SqlStatement _find;
    private readonly bool _hasUngrouped;

    public AliasTable(SqlDatabase database)
    {
        _insert = database.Prepare("INSERT INTO aliases (practice_id, group_hash, alias_hash, record_id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        _find = database.Prepare("SELECT record_id FROM aliases WHERE practice_id = ?1 AND group_hash = ?2 AND alias_hash = ?3");
        _hasUngrouped = HasUngrouped(database);
    }

    /// <summary>Whether any alias is from before there were groups. None ever comes to them, so the answer no stays true.</summary>
    public static bool HasUngrouped(SqlDatabase database) => database.IsOlderThanGroups && database.Number($"""
        SELECT count(*) FROM (SELECT 1 FROM practice_keys k {database.JoinInOrder} aliases a ON a.practice_id = k.practice_id AND a.group_hash = {Ungrouped} LIMIT 1) found
        """) != 0;

    /// <summary>False when it names another record already.</summary>
    public bool TryAdd(string practice, AliasHash alias, long record)
    {
        if (_hasUngrouped && Find(practice, Ungrouped, alias) is { } known)
        {
            return known == record;
        }

        var hash = alias.Hash;
        return _insert.Bind(1, practice).Bind(2, alias.Group).Bind(3, in hash).Bind(4, record).Run() == 1
            || Find(practice, alias.Group, alias) == record;
    }

    public bool Contains(string practice, AliasHash alias) =>
        Find(practice, alias.Group, alias) is not null || (_hasUngrouped && Find(practice, Ungrouped, alias) is not null);

    private long? Find(string practice, int group, AliasHash alias)
    {
        var hash = alias.Hash;
        long? record = _find.Bind(1, practice).Bind(2, group).Bind(3, in hash).Step() ? _find.Long(0) : null;
        _find.Reset();
        return record;
    }
}
