using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// Kills the engine while it works and proves that nothing it acknowledged is lost: numbered messages over several
/// connections, the engine ended without warning at random moments and started again, whatever was not acknowledged
/// sent again, and at the end every message accounted for in the store itself. Meanwhile the engine sends deliveries to
/// the sandbox, which misbehaves as it is told, and each must arrive, in order, and be settled. Several engines are
/// checked the same way, with their database killed as well.
/// </summary>
/// <param name="options">How hard.</param>
/// <param name="makeEngine">An engine to check, over its folder.</param>
/// <param name="time">The clock.</param>
internal sealed class DurabilityCheck(DurabilityOptions options, Func<WorkFolder, IEngineUnderTest> makeEngine, TimeProvider time)
{
    private static readonly TimeSpan _askInterval = TimeSpan.FromMilliseconds(50);

    /// <param name="answered">Called after each message that was answered.</param>
    /// <param name="cancellationToken">Ends the engine and keeps the folder.</param>
    public async Task<DurabilityReport> RunAsync(Action answered, CancellationToken cancellationToken)
    {
        var random = new Random(options.Seed);
        var ids = new IdSource(time, new Random(options.Seed));
        var messages = new NumberedMessages(options.Messages, options.Seed, time.GetUtcNow());
        var ledger = new MessageLedger(options.Messages);
        var findings = new DurabilityFindings();
        var outbound = new OutboundLedger();
        await using var receiver = AthenaServer.Start(
            new AthenaServerOptions { Faults = options.Faults with { Seed = options.Seed, Late = WorkFolder.OutboundReplyTimeout * 2 }, RememberedMax = int.MaxValue }, time);
        var root = WorkFolder.MakeRoot(options.Folder);
        SendingFigures figures;
        StoredFigures stored;
        OutboundFigures sent;
        await using (var database = options.Nodes > 0 ? await DatabaseUnderTest.StartAsync(root, options.Kinds.Contains(KillKind.Primary), options.Nodes) : null)
        {
            IReadOnlyList<WorkFolder> folders = database is null
                ? [WorkFolder.Create(root, options.Mappings, receiver.Address.Port)]
                : WorkFolder.CreateNodes(root, options.Mappings, receiver.Address.Port, database.Connection, options.Nodes);
            // A part of the deliveries comes when an engine is about to be frozen: one that has nothing to send disturbs nobody.
            var freezes = options.Nodes > 0 ? Enumerable.Range(0, options.Kills).Count(kill => options.KindOf(kill) == KillKind.Freeze) : 0;
            var later = options.Deliveries / (freezes + 1);
            await QueueAsync(folders[0], outbound, options.Deliveries - (freezes * later), ids, cancellationToken);

            // At the end it is not asked to stop: what it acknowledged must be on disk already.
            await using (var engine = database is null ? makeEngine(folders[0]) : new NodesUnderTest([.. folders.Select(makeEngine)], database, options, () => FindSenderAsync(folders, outbound, later, ids, cancellationToken), random, time))
            {
                var run = new KillRun(options, engine, [.. folders.Select(folder => folder.Port)], messages, ledger, findings, time);
                figures = await run.RunAsync(new KillPlan(options.Messages, options.Kills, options.Connections, random), answered, cancellationToken);
                await WaitForDeliveriesAsync(folders[0], receiver, cancellationToken);
            }

            foreach (var folder in folders)
            {
                await EndRunsAsync(folder, cancellationToken);
            }

            await using var store = await folders[0].OpenStoreAsync(time, cancellationToken);
            stored = await new StoreAccount(store, messages, ledger, findings).TakeAsync(cancellationToken);
            sent = await outbound.CompareAsync(store, receiver.Arrivals, findings, cancellationToken);
            ledger.Compare(findings);
            if (findings.Count == 0)
            {
                await CheckLedgerAsync(store, findings, cancellationToken);
            }
        }

        var isKept = options.Folder is not null || findings.Count > 0;
        if (!isKept)
        {
            Directory.Delete(root, recursive: true);
        }

        return new DurabilityReport(options, figures, stored, sent, receiver.Account.Faults, findings, isKept ? root : null);
    }

    /// <summary>What the engine does at its next start: numbers that its end cut short are explained.</summary>
    private async Task EndRunsAsync(WorkFolder folder, CancellationToken cancellationToken)
    {
        await using var store = await folder.OpenStoreAsync(time, cancellationToken);
        await store.Ledger.EndAbandonedRunsAsync(cancellationToken);
    }

    /// <summary>The engines' own account must agree: nothing is missing that is not explained.</summary>
    private async Task CheckLedgerAsync(IEngineStore store, DurabilityFindings findings, CancellationToken cancellationToken)
    {
        var report = await new LedgerCheck(store, () => [], time).RunAsync(since: 0, isFull: true, cancellationToken);
        foreach (var difference in report.Differences)
        {
            findings.Add(FindingKind.Unaccounted, "", $"ledger: {difference.Text}");
        }
    }

    private async Task QueueAsync(WorkFolder folder, OutboundLedger outbound, int deliveries, IdSource ids, CancellationToken cancellationToken)
    {
        await using var store = await folder.OpenStoreAsync(time, cancellationToken);
        await outbound.QueueAsync(store, deliveries, ids, cancellationToken);
    }

    /// <summary>Queues more deliveries, beside the engines that run, and asks the store whose the destination is.</summary>
    private async Task<int?> FindSenderAsync(IReadOnlyList<WorkFolder> folders, OutboundLedger outbound, int deliveries, IdSource ids, CancellationToken cancellationToken)
    {
        await using var store = await folders[0].OpenStoreAsync(time, cancellationToken);
        await outbound.QueueAsync(store, deliveries, ids, cancellationToken);
        var leases = (await store.ReadAsync(reader => NodesStatus.Read(reader, isShared: true), cancellationToken)).Leases;
        var owner = leases.FirstOrDefault(lease => lease.Name == DestinationSender.LeaseOf(OutboundLedger.Destination))?.Owner;
        return Enumerable.Range(0, folders.Count).Where(node => WorkFolder.NameOf(node) == owner).Select(node => (int?)node).FirstOrDefault();
    }

    /// <summary>Until all have arrived and the engine says that none waits any more; what does not come in time is a finding later.</summary>
    private async Task WaitForDeliveriesAsync(WorkFolder folder, AthenaServer receiver, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(_ => limit.Cancel(), null, options.DeliveryTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await receiver.WaitForKeptAsync(options.Deliveries, limit.Token);
            while (options.Deliveries > 0 && await WaitingAsync(folder, limit.Token) > 0)
            {
                await Task.Delay(_askInterval, time, limit.Token);
            }
        }
        catch (Exception failure) when (failure is ControlException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The accounts will say what is missing.
        }
    }

    private static async Task<long> WaitingAsync(WorkFolder folder, CancellationToken cancellationToken)
    {
        await using var control = await ControlClient.TryConnectAsync(folder.Data, cancellationToken);
        return control is not null && await control.AskAsync(new StatusRequest { Actor = "verify-durability" }, cancellationToken) is StatusAnswer status
            ? status.Destinations.Sum(destination => destination.Waiting)
            : 0;
    }
}
