using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>Enters, renews and ends nodes in a transaction that nothing else of its kind runs beside.</summary>
internal sealed class NodeWriter
{
    private readonly SqlStatement _find;
    private readonly SqlStatement _numbers;
    private readonly SqlStatement _forget;
    private readonly SqlStatement _enter;
    private readonly SqlStatement _endLeases;
    private readonly SqlStatement _beat;
    private readonly SqlStatement _leave;
    private readonly SqlStatement _forgetOwn;
    private readonly WriterSession _session;

    public NodeWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        var now = database.Now(parameter: 9);
        _find = database.Prepare($"SELECT number, owner, home, CASE WHEN expires_at > {now} THEN 1 ELSE 0 END FROM nodes WHERE name = ?1");
        _numbers = database.Prepare($"SELECT number, name, CASE WHEN expires_at > {now} THEN 1 ELSE 0 END FROM nodes ORDER BY seen_at");
        _forget = database.Prepare("DELETE FROM nodes WHERE name = ?1");
        _enter = database.Prepare($"""
            INSERT INTO nodes (name, number, owner, home, version, started_at, seen_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, {now}, {now}, {now} + ?6)
            ON CONFLICT (name) DO UPDATE SET number = excluded.number, owner = excluded.owner, home = excluded.home, version = excluded.version,
                mapping_set = NULL, problem = NULL, started_at = excluded.started_at, seen_at = excluded.seen_at, expires_at = excluded.expires_at
            """);
        _endLeases = database.Prepare("UPDATE leases SET expires_at = 0 WHERE owner = ?1 AND expires_at > 0");
        _beat = database.Prepare($"UPDATE nodes SET mapping_set = ?3, problem = ?4, seen_at = {now}, expires_at = {now} + ?5 WHERE name = ?1 AND owner = ?2");
        _leave = database.Prepare("UPDATE nodes SET expires_at = 0 WHERE name = ?1 AND owner = ?2");
        _forgetOwn = database.Prepare("DELETE FROM nodes WHERE name = ?1 AND owner = ?2");
    }

    /// <returns>The number it got.</returns>
    /// <exception cref="NodeTakenException">Another live one has the name, or no number is free.</exception>
    public int Join(NodeIdentity node, TimeSpan lasts)
    {
        _session.Lock(StoreLock.Nodes);
        int? number = null;
        if (_find.Bind(1, node.Name).Bind(9, _session.Now).Step())
        {
            var (owner, home, isLive) = (_find.Text(1)!, _find.Text(2)!, _find.Int(3) == 1);
            number = _find.Int(0);
            _find.Reset();
            if (isLive && (home != node.Home || node.IsAgain))
            {
                throw new NodeTakenException($"a node named '{node.Name}' is running already ({owner}). Give this one another name (Node:Name), or stop the other."
                    + (home == node.Home ? " One of the two runs on a copy of the other's data folder." : ""));
            }

            // Who held the data folder before is dead, and nobody need wait for the end of its leases.
            _endLeases.Bind(1, owner).Run();
        }

        number ??= FreeNumber();
        _enter.Bind(1, node.Name).Bind(2, number.Value).Bind(3, node.Owner).Bind(4, node.Home).Bind(5, node.Version)
            .Bind(6, (long)lasts.TotalMilliseconds).Bind(9, _session.Now).Run();
        return number.Value;
    }

    public bool Beat(NodeIdentity node, NodeReport report, TimeSpan lasts) =>
        _beat.Bind(1, node.Name).Bind(2, node.Owner).Bind(3, report.MappingSet).Bind(4, report.Problem)
            .Bind(5, (long)lasts.TotalMilliseconds).Bind(9, _session.Now).Run() == 1;

    /// <returns>Whether it had leases, which are free now.</returns>
    public bool Leave(NodeIdentity node)
    {
        (node.IsBrief ? _forgetOwn : _leave).Bind(1, node.Name).Bind(2, node.Owner).Run();
        return _endLeases.Bind(1, node.Owner).Run() > 0;
    }

    /// <summary>The lowest that nobody has; when all are taken, that of the one that has been dead the longest.</summary>
    private int FreeNumber()
    {
        var taken = new HashSet<int>();
        (int Number, string Name)? oldest = null;
        _numbers.Bind(9, _session.Now);
        while (_numbers.Step())
        {
            taken.Add(_numbers.Int(0));
            oldest ??= _numbers.Int(2) == 0 ? (_numbers.Int(0), _numbers.Text(1)!) : null;
        }

        var free = Enumerable.Range(0, IdSource.NodeMax + 1).FirstOrDefault(number => !taken.Contains(number), -1);
        if (free >= 0)
        {
            return free;
        }

        if (oldest is not { } dead)
        {
            throw new NodeTakenException($"{IdSource.NodeMax + 1} nodes are running, which is all that there can be.");
        }

        _forget.Bind(1, dead.Name).Run();
        return dead.Number;
    }
}
