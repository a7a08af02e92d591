namespace InterfaceEngine.Store.Sql;

/// <summary>Takes, renews, checks and releases leases in the writer's transaction.</summary>
internal sealed class LeaseWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _take;
    private readonly SqlStatement _number;
    private readonly SqlStatement _renew;
    private readonly SqlStatement _isHeld;

    public LeaseWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        var now = database.Now(parameter: 9);
        _take = database.Prepare($"""
            INSERT INTO leases (name, owner, number, expires_at) VALUES (?1, ?2, 1, {now} + ?3)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, number = leases.number + 1, expires_at = excluded.expires_at
            WHERE leases.expires_at <= {now} OR leases.owner = excluded.owner
            """);
        _number = database.Prepare("SELECT number FROM leases WHERE name = ?1");
        _renew = database.Prepare($"UPDATE leases SET expires_at = {now} + ?4 WHERE name = ?1 AND owner = ?2 AND number = ?3");
        _isHeld = database.Prepare($"SELECT 1 FROM leases WHERE name = ?1 AND owner = ?2 AND number = ?3{database.AndKeep}");
    }

    /// <summary>Null when another has it. Its owner may have it anew before its end, and what it did by the old number is over then.</summary>
    public Lease? Take(string name, string owner, TimeSpan lasts)
    {
        if (_take.Bind(1, name).Bind(2, owner).Bind(3, (long)lasts.TotalMilliseconds).Bind(9, _session.Now).Run() == 0)
        {
            return null;
        }

        _number.Bind(1, name).Step();
        var lease = new Lease(name, owner, _number.Long(0));
        _number.Reset();
        return lease;
    }

    /// <summary>Lets it end at another time; false when it is another's now.</summary>
    public bool Renew(Lease lease, TimeSpan lasts) =>
        _renew.Bind(1, lease.Name).Bind(2, lease.Owner).Bind(3, lease.Number).Bind(4, (long)lasts.TotalMilliseconds).Bind(9, _session.Now).Run() == 1;

    /// <summary>
    /// Whether nobody took it since, nor takes it before the end of the transaction. Its time does not matter: a clock that
    /// ran ahead has harmed nobody while the number is still the last.
    /// </summary>
    public bool IsHeld(Lease lease)
    {
        var isHeld = _isHeld.Bind(1, lease.Name).Bind(2, lease.Owner).Bind(3, lease.Number).Step();
        _isHeld.Reset();
        return isHeld;
    }
}
