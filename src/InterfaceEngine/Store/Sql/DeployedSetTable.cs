namespace InterfaceEngine.Store.Sql;

/// <summary>The mapping sets that were deployed, as rows. The last one is in force.</summary>
internal static class DeployedSetTable
{
    /// <summary>Newest first, as many as are asked for.</summary>
    public const string Question = $"SELECT {Columns} FROM deployed_sets ORDER BY number DESC LIMIT ?1";

    private const string Columns = "number, hash, deployed_at, actor, node";

    /// <summary>In the writer's transaction, beside which no other node deploys.</summary>
    /// <returns>The set in force, and whether this made it that.</returns>
    /// <exception cref="ArgumentException">No set is kept under the hash.</exception>
    public static (DeployedSet Deployed, bool IsNew) Deploy(WriterSession session, SetDeployment deployment, AuditRow? audit)
    {
        var last = Last(session.Database);
        if (last is not null && (last.Hash == deployment.Hash || (deployment.InPlaceOf is { } expected && expected != last.Hash)))
        {
            return (last, false);
        }

        using var kept = session.Database.Prepare("SELECT 1 FROM mapping_sets WHERE hash = ?1");
        if (!kept.Bind(1, deployment.Hash).Step())
        {
            throw new ArgumentException($"No mapping set {deployment.Hash} is kept.", nameof(deployment));
        }

        kept.Reset();
        var next = new DeployedSet((last?.Number ?? 0) + 1, deployment.Hash, session.Now, deployment.Audit?.Actor ?? SetDeployment.Start, session.Node);
        using var insert = session.Database.Prepare($"INSERT INTO deployed_sets ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5)");
        insert.Bind(1, next.Number).Bind(2, next.Hash).Bind(3, next.DeployedAt).Bind(4, next.Actor).Bind(5, next.Node).Run();
        if (audit is not null)
        {
            session.Audit.Write(audit);
        }

        return (next, true);
    }

    public static List<DeployedSet> Read(SqlStatement rows)
    {
        var sets = new List<DeployedSet>();
        while (rows.Step())
        {
            sets.Add(new DeployedSet(rows.Long(0), rows.Text(1)!, rows.Long(2), rows.Text(3)!, rows.Text(4)!));
        }

        return sets;
    }

    private static DeployedSet? Last(SqlDatabase database)
    {
        using var rows = database.Prepare(Question);
        return Read(rows.Bind(1, 1)).FirstOrDefault();
    }
}
