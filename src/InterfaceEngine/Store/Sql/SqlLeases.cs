namespace InterfaceEngine.Store.Sql;

/// <summary>Leases, through the writer.</summary>
internal sealed class SqlLeases(IStoreWriter writer) : ILeaseStore
{
    public Task<Lease?> TakeAsync(string name, string owner, TimeSpan lasts, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Leases.Take(name, owner, lasts), cancellationToken);

    public Task<bool> RenewAsync(Lease lease, TimeSpan lasts, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Leases.Renew(lease, lasts), cancellationToken);

    public Task ReleaseAsync(Lease lease, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Leases.Renew(lease, TimeSpan.Zero), cancellationToken);
}
