namespace InterfaceEngine.Store.Sql;

/// <summary>Retention row by row, through the writer. Room that is freed is used again.</summary>
internal sealed class SqlRetention(IStoreWriter writer, KeyRing keys) : IRetentionStore
{
    public Task<IReadOnlyList<string>> PrepareAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task<DropTurn?> DropAsync(Lease lease, Dropping dropping, CancellationToken cancellationToken)
    {
        var audit = AuditOf(dropping.What, dropping.Before, keys);
        return writer.RunAsync(session => session.Leases.IsHeld(lease) ? session.Retention.Drop(dropping, audit) : null, cancellationToken);
    }

    public static AuditRow AuditOf(DroppedKind what, DateTimeOffset before, KeyRing keys) => UnitSealer.SealAudit(
        new AuditEntry("engine", "retention", null, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what.Text()} of before {before:yyyy-MM-dd}"), null), [], keys.Engine);
}
