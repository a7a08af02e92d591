using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// Kills the engine while it works and proves that nothing it acknowledged is lost: numbered messages over several
/// connections, the engine ended without warning at random moments and started again, whatever was not acknowledged
/// sent again, and at the end every message accounted for in the store itself.
/// </summary>
/// <param name="options">How hard.</param>
/// <param name="makeEngine">The engine to check, over the check's folder.</param>
/// <param name="time">The clock.</param>
internal sealed class DurabilityCheck(DurabilityOptions options, Func<WorkFolder, IEngineUnderTest> makeEngine, TimeProvider time)
{
    /// <param name="answered">Called after each message that was answered.</param>
    /// <param name="cancellationToken">Ends the engine and keeps the folder.</param>
    public async Task<DurabilityReport> RunAsync(Action answered, CancellationToken cancellationToken)
    {
        var random = new Random(options.Seed);
        var folder = WorkFolder.Create(options.Folder, options.Mappings);
        var messages = new NumberedMessages(options.Messages, options.Seed, time.GetUtcNow());
        var ledger = new MessageLedger(options.Messages);
        var findings = new DurabilityFindings();

        SendingFigures figures;
        await using (var engine = makeEngine(folder))
        {
            var run = new KillRun(options, engine, folder.Port, messages, ledger, findings, time);
            figures = await run.RunAsync(new KillPlan(options.Messages, options.Kills, random), answered, cancellationToken);

            // Not asked to stop: what it acknowledged must be on disk already.
            await engine.KillAsync();
        }

        StoredFigures stored;
        await using (var store = folder.OpenStore(time))
        {
            stored = await new StoreAccount(store, messages, ledger, findings).TakeAsync(cancellationToken);
            ledger.Compare(findings);
            if (findings.Count == 0)
            {
                await CheckLedgerAsync(store, findings, cancellationToken);
            }
        }

        var isKept = options.Folder is not null || findings.Count > 0;
        if (!isKept)
        {
            folder.Delete();
        }

        return new DurabilityReport(options, figures, stored, findings, isKept ? folder.Path : null);
    }

    /// <summary>The engine's own account must agree: numbers that a kill cut short are explained, and nothing else is missing.</summary>
    private async Task CheckLedgerAsync(SqliteStore store, DurabilityFindings findings, CancellationToken cancellationToken)
    {
        await store.Ledger.EndAbandonedRunsAsync(cancellationToken);
        var report = await new LedgerCheck(store, () => [], time).RunAsync(since: 0, isFull: true, cancellationToken);
        foreach (var difference in report.Differences)
        {
            findings.Add(FindingKind.Unaccounted, "", $"ledger: {difference.Text}");
        }
    }
}
