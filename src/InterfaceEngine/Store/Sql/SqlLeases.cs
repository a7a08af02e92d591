namespace InterfaceEngine.Store.Sql;

/// <summary>Leases, beside what the writer does: they must be renewed in time, whatever waits for it.</summary>
internal sealed class SqlLeases : ILeaseStore
{
    private readonly IStoreWriter _writer;
    private readonly IStoreSignals _signals;

    public SqlLeases(IStoreWriter writer, IStoreSignals signals)
    {
        (_writer, _signals) = (writer, signals);
        signals.Raised += signal =>
        {
            if (signal == StoreSignal.Freed)
            {
                Freed?.Invoke();
            }
        };
    }

    public event Action? Freed;

    public Task<Lease?> TakeAsync(string name, string owner, TimeSpan lasts, CancellationToken cancellationToken) =>
        _writer.RunApartAsync(session => session.Leases.Take(name, owner, lasts), cancellationToken);

    public Task<bool> RenewAsync(Lease lease, TimeSpan lasts, CancellationToken cancellationToken) =>
        _writer.RunApartAsync(session => session.Leases.Renew(lease, lasts), cancellationToken);

    public async Task ReleaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (await _writer.RunApartAsync(session => session.Leases.Renew(lease, TimeSpan.Zero), cancellationToken))
        {
            _signals.Raise(StoreSignal.Freed);
        }
    }
}
