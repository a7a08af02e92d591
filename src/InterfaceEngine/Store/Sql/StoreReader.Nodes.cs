namespace InterfaceEngine.Store.Sql;

/// <content>Who shares the store, and who does what only one may do.</content>
internal sealed partial class StoreReader
{
    public IReadOnlyList<StoredNode> Nodes()
    {
        var nodes = new List<StoredNode>();
        var now = _database.Now(parameter: 9);
        var rows = Statement($"""
            SELECT name, number, owner, version, mapping_set, problem, started_at, seen_at, {now} - seen_at, CASE WHEN expires_at > {now} THEN 1 ELSE 0 END
            FROM nodes ORDER BY name
            """).Bind(9, Time.GetUtcNow().ToUnixTimeMilliseconds());
        while (rows.Step())
        {
            nodes.Add(new StoredNode
            {
                Name = rows.Text(0)!,
                Number = rows.Int(1),
                Owner = rows.Text(2)!,
                Version = rows.Text(3)!,
                MappingSet = rows.Text(4),
                Problem = rows.Text(5),
                StartedAt = rows.Long(6),
                SeenAt = rows.Long(7),
                Silence = TimeSpan.FromMilliseconds(rows.Long(8)),
                IsLive = rows.Int(9) == 1,
            });
        }

        return nodes;
    }

    public IReadOnlyList<StoredLease> Leases()
    {
        var leases = new List<StoredLease>();
        var rows = Statement($"SELECT name, owner, number, expires_at - {_database.Now(parameter: 9)} FROM leases ORDER BY name").Bind(9, Time.GetUtcNow().ToUnixTimeMilliseconds());
        while (rows.Step())
        {
            leases.Add(new StoredLease(rows.Text(0)!, rows.Text(1)!, rows.Long(2), TimeSpan.FromMilliseconds(rows.Long(3))));
        }

        return leases;
    }
}
