namespace InterfaceEngine.Store.Sql;

/// <content>What connections to vendors remember.</content>
internal sealed partial class StoreReader
{
    private string ConnectionColumns => $"practice_id, connection, kind, name, version, due_at, written_at, key_version, content, {_database.Now(parameter: 9)}";

    public ConnectionDocument Connection(ConnectionKey key)
    {
        var rows = Statement($"SELECT {ConnectionColumns} FROM connection_documents WHERE practice_id = ?1 AND connection = ?2 AND kind = ?3 AND name = ?4")
            .Bind(1, key.Practice).Bind(2, key.Connection).Bind(3, key.Kind).Bind(4, key.Name).Bind(9, Milliseconds);
        return ReadConnections(rows) is [var found] ? found : new ConnectionDocument { Key = key, Version = 0, Content = default, Now = StoreTime() };
    }

    public IReadOnlyList<ConnectionDocument> Connections(ConnectionKey after, int limit) => ReadConnections(
        Statement($"SELECT {ConnectionColumns} FROM connection_documents WHERE practice_id = ?1 AND connection = ?2 AND kind = ?3 AND name > ?4 ORDER BY name LIMIT ?5")
            .Bind(1, after.Practice).Bind(2, after.Connection).Bind(3, after.Kind).Bind(4, after.Name).Bind(5, Limit(limit)).Bind(9, Milliseconds));

    public IReadOnlyList<ConnectionDocument> ConnectionsDue(string kind, int limit) => ReadConnections(
        Statement($"SELECT {ConnectionColumns} FROM connection_documents WHERE kind = ?1 AND due_at <= {_database.Now(parameter: 9)} ORDER BY due_at LIMIT ?2")
            .Bind(1, kind).Bind(2, Limit(limit)).Bind(9, Milliseconds));

    private long Milliseconds => Time.GetUtcNow().ToUnixTimeMilliseconds();

    private long StoreTime()
    {
        var row = Statement($"SELECT {_database.Now(parameter: 9)}").Bind(9, Milliseconds);
        row.Step();
        var now = row.Long(0);
        row.Reset();
        return now;
    }

    private List<ConnectionDocument> ReadConnections(SqlStatement rows)
    {
        var found = new List<ConnectionDocument>();
        while (rows.Step())
        {
            var key = new ConnectionKey(rows.Name(0), rows.Name(1), rows.Name(2), rows.Text(3)!);
            var version = rows.Long(4);
            found.Add(new ConnectionDocument
            {
                Key = key,
                Version = version,
                DueAt = rows.IsNull(5) ? null : rows.Long(5),
                WrittenAt = rows.Long(6),
                Content = _keys.Of(key.Practice, _database).Version(rows.Int(7)).Open(SqlConnections.Identity(key, version), rows.Blob(8)),
                Now = rows.Long(9),
            });
        }

        return found;
    }
}
