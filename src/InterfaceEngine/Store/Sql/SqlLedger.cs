namespace InterfaceEngine.Store.Sql;

/// <summary>The sources' numbers, through the writer.</summary>
internal sealed class SqlLedger(IStoreWriter writer) : ILedgerStore
{
    public Task<SourceRun> BeginRunAsync(string source, int inFlightMax, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Numbers.Begin(source, inFlightMax), cancellationToken);

    public Task<bool> ReportAsync(NumberReport report, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Numbers.Report(report), cancellationToken);

    public Task<int> SealAsync(long through, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Ledger.Seal(through), cancellationToken);

    public Task<IReadOnlyList<(string Source, long Interrupted)>> EndAbandonedRunsAsync(CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Numbers.EndAbandoned(), cancellationToken);

    public Task<IReadOnlyList<(string Source, long Interrupted)>> EndRunsOfGoneNodesAsync(CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Numbers.EndThoseOfGoneNodes(), cancellationToken);
}
