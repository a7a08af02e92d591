namespace InterfaceEngine.Store.Sqlite;

/// <summary>Leases, through the one writer.</summary>
internal sealed class SqliteLeases(SqliteWriter writer) : ILeaseStore
{
    public Task<Lease?> TakeAsync(string name, string owner, TimeSpan lasts, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Leases.Take(name, owner, lasts), cancellationToken);

    public Task<bool> RenewAsync(Lease lease, TimeSpan lasts, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Leases.Renew(lease, lasts), cancellationToken);

    public Task ReleaseAsync(Lease lease, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Leases.Renew(lease, TimeSpan.Zero), cancellationToken);
}
