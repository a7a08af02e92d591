using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <content>The change log in its own order.</content>
internal sealed partial class StoreReader
{
    public IReadOnlyList<StoredCommit> Commits(string practice, long after, int limit)
    {
        var commits = new List<StoredCommit>();
        if (_keys.Find(practice, _database) is not { } keys)
        {
            return commits;
        }

        var rows = Statement("""
            SELECT sequence, committed_at, message_id, unit_id, key_version, document FROM changes WHERE practice_id = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3
            """).Bind(1, practice).Bind(2, after).Bind(3, Limit(limit));
        while (rows.Step())
        {
            commits.Add(new StoredCommit(
                rows.Long(0), rows.Long(1), rows.IsNull(2) ? EngineId.None : new EngineId(rows.Long(2)), RowOpener.Changes(rows.Long(3), keys.Version(rows.Int(4)), rows.Blob(5))));
        }

        return commits;
    }
}
