namespace InterfaceEngine.Store.Sql;

/// <summary>Leases, beside what the writer does: they must be renewed in time, whatever waits for it.</summary>
internal sealed class SqlLeases(IStoreWriter writer) : ILeaseStore
{
    public Task<Lease?> TakeAsync(string name, string owner, TimeSpan lasts, CancellationToken cancellationToken) =>
        writer.RunApartAsync(session => session.Leases.Take(name, owner, lasts), cancellationToken);

    public Task<bool> RenewAsync(Lease lease, TimeSpan lasts, CancellationToken cancellationToken) =>
        writer.RunApartAsync(session => session.Leases.Renew(lease, lasts), cancellationToken);

    public Task ReleaseAsync(Lease lease, CancellationToken cancellationToken) =>
        writer.RunApartAsync(session => session.Leases.Renew(lease, TimeSpan.Zero), cancellationToken);
}
