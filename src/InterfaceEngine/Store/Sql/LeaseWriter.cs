namespace InterfaceEngine.Store.Sql;

/// <summary>Takes, renews, checks and releases leases in the writer's transaction.</summary>
internal sealed class LeaseWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _find;
    private readonly SqlStatement _take;
    private readonly SqlStatement _renew;
    private readonly SqlStatement _isHeld;

    public LeaseWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        _find = database.Prepare("SELECT number, expires_at FROM leases WHERE name = ?1");
        _take = database.Prepare("""
            INSERT INTO leases (name, owner, number, expires_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, number = excluded.number, expires_at = excluded.expires_at
            """);
        _renew = database.Prepare("UPDATE leases SET expires_at = ?4 WHERE name = ?1 AND owner = ?2 AND number = ?3");
        _isHeld = database.Prepare("SELECT 1 FROM leases WHERE name = ?1 AND owner = ?2 AND number = ?3");
    }

    public Lease? Take(string name, string owner, TimeSpan lasts)
    {
        var number = 1L;
        if (_find.Bind(1, name).Step())
        {
            var expiresAt = _find.Long(1);
            number = _find.Long(0) + 1;
            _find.Reset();
            if (expiresAt > _session.Now)
            {
                return null;
            }
        }

        _take.Bind(1, name).Bind(2, owner).Bind(3, number).Bind(4, _session.Now + (long)lasts.TotalMilliseconds).Run();
        return new Lease(name, owner, number);
    }

    /// <summary>Lets it end at another time; false when it is another's now.</summary>
    public bool Renew(Lease lease, TimeSpan lasts) =>
        _renew.Bind(1, lease.Name).Bind(2, lease.Owner).Bind(3, lease.Number).Bind(4, _session.Now + (long)lasts.TotalMilliseconds).Run() == 1;

    /// <summary>
    /// Whether nobody took it since. Its time does not matter: a clock that ran ahead has harmed nobody while the
    /// number is still the last.
    /// </summary>
    public bool IsHeld(Lease lease)
    {
        var isHeld = _isHeld.Bind(1, lease.Name).Bind(2, lease.Owner).Bind(3, lease.Number).Step();
        _isHeld.Reset();
        return isHeld;
    }
}
